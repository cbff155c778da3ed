"""The sub-key package, opened by a second reading of its description: HKDF and JSON by hand, AES-GCM raw."""

import base64
import hmac
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from warrant.core.crypto.block import check_value
from warrant.core.crypto.secret import Secret
from warrant.core.crypto.signing import PublicKey, SoftwareSigner
from warrant.core.errors import InvalidInput
from warrant.core.keys.hierarchy import KeyUsage
from warrant.core.keys.package import derive_sub_keys, pack, read_header, unpack

# RFC 6979, A.2.5 and the point that belongs to it
RECIPIENT = ec.derive_private_key(
    0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721, ec.SECP256R1()
)
RECIPIENT_PUBLIC = RECIPIENT.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
KEYS = {usage: Secret(bytes([number]) * 16) for number, usage in enumerate(KeyUsage, start=1)}
SIGNER = SoftwareSigner.from_private("sm2-sm3", Secret(bytes(31) + b"\x05"))
LABEL = b"warrant sub-key package 1\x00"


def agree(ephemeral):
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), ephemeral)
    return Secret(RECIPIENT.exchange(ec.ECDH(), point))


def canonical(fields):
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()


@pytest.fixture
def package():
    return pack("3des", 2, "320000", KEYS, recipient=RECIPIENT_PUBLIC, signer=SIGNER)


def test_package_is_what_its_description_says(package):
    fields = json.loads(package)
    signature, sealed = (base64.b64decode(fields.pop(name)) for name in ("signature", "sealed"))
    PublicKey.from_text(fields["issuer"]).verify(
        signature, LABEL + canonical({**fields, "sealed": base64.b64encode(sealed).decode()})
    )
    ephemeral = base64.b64decode(fields["ephemeral"])
    extracted = hmac.digest(bytes(32), agree(ephemeral).reveal(), "sha256")
    key = hmac.digest(extracted, LABEL + ephemeral + RECIPIENT_PUBLIC + b"\x01", "sha256")
    opened = AESGCM(key).decrypt(sealed[1:13], sealed[13:], b"\x01" + canonical(fields))
    assert opened == b"".join(bytes([number]) * 16 for number in (1, 2, 3, 4, 5))
    assert fields["province_code"] == "32"


def test_package_opens_for_its_recipient(package):
    header, keys = unpack(package, RECIPIENT_PUBLIC, SIGNER.public_key, agree)
    assert keys == KEYS
    assert (header.suite, header.version, header.province_code) == ("3des", 2, "32")


def test_every_package_is_sealed_with_a_fresh_key(package):
    again = pack("3des", 2, "32", KEYS, recipient=RECIPIENT_PUBLIC, signer=SIGNER)
    assert json.loads(package)["ephemeral"] != json.loads(again)["ephemeral"]


def test_wrong_check_values_are_found_even_when_the_ministry_signed_them(monkeypatch):
    wrong = dict.fromkeys(KeyUsage, "000000")
    with monkeypatch.context() as patch:
        patch.setattr("warrant.core.keys.package.check_values_of", lambda _suite, _keys: wrong)
        package = pack("sm4", 1, "32", KEYS, recipient=RECIPIENT_PUBLIC, signer=SIGNER)
    with pytest.raises(InvalidInput, match="check-values-differ"):
        unpack(package, RECIPIENT_PUBLIC, SIGNER.public_key, agree)


def test_header_shows_what_custodians_compare(package):
    values = read_header(package).check_values
    assert values[KeyUsage.MAC] == check_value("3des", Secret(b"\x05" * 16))
    assert read_header(package).recipient == RECIPIENT_PUBLIC


def test_sub_keys_of_two_provinces_differ_in_every_usage():
    ours, theirs = derive_sub_keys("sm4", KEYS, "32"), derive_sub_keys("sm4", KEYS, "31")
    assert all(ours[usage] != theirs[usage] for usage in KeyUsage)
