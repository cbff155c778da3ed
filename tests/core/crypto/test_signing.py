"""Signatures: published vectors, foreign implementations, and everything that must be refused."""

import gmalg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warrant.core.crypto import sm2
from warrant.core.crypto.secret import Secret
from warrant.core.crypto.signing import SUITES, PublicKey, SoftwareSigner
from warrant.core.errors import InvalidInput, Unavailable

# GB/T 32918.5-2017, annex A.2
SM2_PRIVATE = bytes.fromhex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8")
SM2_PUBLIC = bytes.fromhex(
    "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
SM2_SIGNATURE = bytes.fromhex(
    "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
    "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
)
# RFC 8032, 7.1, test 2
ED25519_SEED = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
ED25519_PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
ED25519_SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)
# RFC 6979, A.2.5: P-256, SHA-256, message "sample"
P256_PRIVATE = bytes.fromhex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721")
P256_PUBLIC = bytes.fromhex(
    "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
)
P256_SIGNATURE = bytes.fromhex(
    "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
    "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
)
PUBLISHED = {
    "sm2-sm3": (SM2_PRIVATE, SM2_PUBLIC, b"message digest", SM2_SIGNATURE),
    "ed25519": (ED25519_SEED, ED25519_PUBLIC, b"\x72", ED25519_SIGNATURE),
    "es256": (P256_PRIVATE, P256_PUBLIC, b"sample", P256_SIGNATURE),
}
published = pytest.mark.parametrize("suite", SUITES)


@published
def test_published_signature_verifies(suite):
    _, public, message, signature = PUBLISHED[suite]
    PublicKey(suite, public).verify(signature, message)


@published
def test_published_private_key_gives_the_published_public_key(suite):
    private, public, _, _ = PUBLISHED[suite]
    assert SoftwareSigner.from_private(suite, Secret(private)).public_key == PublicKey(suite, public)


def test_ed25519_signs_exactly_as_published():
    assert SoftwareSigner.from_private("ed25519", Secret(ED25519_SEED)).sign(b"\x72") == ED25519_SIGNATURE


@published
def test_own_signature_verifies_and_is_64_bytes(suite):
    signer = SoftwareSigner.generate(suite)
    signature = signer.sign("执法证".encode())
    signer.public_key.verify(signature, "执法证".encode())
    assert len(signature) == 64


@published
@pytest.mark.parametrize("position", [0, 31, 32, 63])
def test_signature_with_one_wrong_bit_is_refused(suite, position):
    _, public, message, signature = PUBLISHED[suite]
    wrong = bytearray(signature)
    wrong[position] ^= 0x01
    with pytest.raises(InvalidInput, match="signature-invalid"):
        PublicKey(suite, public).verify(bytes(wrong), message)


@published
def test_signature_over_another_message_is_refused(suite):
    _, public, message, signature = PUBLISHED[suite]
    with pytest.raises(InvalidInput, match="signature-invalid"):
        PublicKey(suite, public).verify(signature, message + b"\x00")


@published
@given(signature=st.binary(max_size=80))
def test_arbitrary_bytes_are_no_signature(suite, signature):
    _, public, message, _ = PUBLISHED[suite]
    with pytest.raises(InvalidInput, match="signature-invalid"):
        PublicKey(suite, public).verify(signature, message)


@published
def test_public_key_survives_its_text_form(suite):
    key = PublicKey(suite, PUBLISHED[suite][1])
    assert PublicKey.from_text(key.as_text()) == key


def test_text_form_is_suite_and_base64url():
    assert (
        PublicKey("ed25519", ED25519_PUBLIC).as_text()
        == "ed25519:PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw"
    )


def test_key_id_is_eight_bytes_and_depends_on_the_suite():
    assert PublicKey("es256", P256_PUBLIC).key_id.hex() == "ebba5cb5917547fa"


@pytest.mark.parametrize(
    "text",
    ["", "ed25519", "ed25519:", "ed25519:AAAA", "ed25519:PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw",
     "ed25519:PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw=", "ed25519:PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgx",
     "ed25519:公", "rsa:AAAA"],
)  # fmt: skip
def test_damaged_or_second_spelling_of_a_public_key_is_refused(text):
    with pytest.raises(InvalidInput):
        PublicKey.from_text(text)


@pytest.mark.parametrize("suite", ["es256", "sm2-sm3"])
def test_point_off_the_curve_is_refused(suite):
    public = bytearray(PUBLISHED[suite][1])
    public[-1] ^= 1
    with pytest.raises(InvalidInput, match="public-key-invalid"):
        PublicKey(suite, bytes(public))


@pytest.mark.parametrize("suite", ["es256", "sm2-sm3"])
@pytest.mark.parametrize("private", [bytes(32), b"\xff" * 32, b"\x01" * 31])
def test_private_key_out_of_range_is_refused(suite, private):
    with pytest.raises(InvalidInput, match="private-key-invalid"):
        SoftwareSigner.from_private(suite, Secret(private))


def test_unknown_suite_is_refused():
    with pytest.raises(InvalidInput, match="signature-suite-unknown"):
        SoftwareSigner.generate("rsa")


def test_sm2_signature_is_accepted_by_another_implementation():
    signature = SoftwareSigner.from_private("sm2-sm3", Secret(SM2_PRIVATE)).sign(b"warrant")
    other = gmalg.SM2(uid=sm2.IDENTITY, pk=SM2_PUBLIC)
    assert other.verify(b"warrant", signature[:32], signature[32:])


def test_sm2_signature_of_another_implementation_is_accepted():
    r, s = gmalg.SM2(sk=SM2_PRIVATE, uid=sm2.IDENTITY, pk=SM2_PUBLIC).sign(b"warrant")
    PublicKey("sm2-sm3", SM2_PUBLIC).verify(r.rjust(32, b"\0") + s.rjust(32, b"\0"), b"warrant")


def test_missing_openssl_is_said_clearly():
    with pytest.raises(Unavailable, match="sm2-library-missing"):
        sm2._library("libcrypto-that-is-not-there.so.9")


@published
def test_signer_does_not_show_its_private_key(suite):
    private, _, _, _ = PUBLISHED[suite]
    shown = repr(SoftwareSigner.from_private(suite, Secret(private)))
    assert private.hex() not in shown
    assert repr(private) not in shown
