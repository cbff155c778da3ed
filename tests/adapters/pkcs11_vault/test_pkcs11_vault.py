"""Nothing that the token keeps for itself can be read out of it, not even by who knows the PIN."""

from __future__ import annotations

import pkcs11
import pytest
from pkcs11 import Attribute, Mechanism, ObjectClass
from pkcs11.exceptions import AttributeSensitive, PKCS11Error
from tests.support.tokens import MODULE, empty_token

from warrant.adapters.pkcs11_vault import Pkcs11Vault
from warrant.adapters.pkcs11_vault.token import TokenAddress
from warrant.adapters.software_vault import SoftwareVault
from warrant.core.crypto.secret import Secret
from warrant.core.errors import InvalidInput, Unavailable
from warrant.core.keys.hierarchy import KeyUsage
from warrant.core.keys.vault import NODE_SIGNER

CERTIFICATE = "32000001234"


def token_vault(directory, name):
    uri, pin = empty_token(name)
    return Pkcs11Vault.create(uri, pin, directory / f"{name}.lock")


@pytest.fixture
def ministry(tmp_path):
    vault = token_vault(tmp_path, "ministry")
    vault.create_signer(NODE_SIGNER, "es256")
    vault.create_master("3des", 1)
    return vault


@pytest.fixture
def province(tmp_path, ministry):
    vault = token_vault(tmp_path, "province")
    vault.trust_package_issuer(ministry.signer(NODE_SIGNER).public_key)
    vault.import_sub_keys(ministry.wrap_sub_keys("3des", 1, "32", vault.transport_public_key()))
    return vault


def objects(name, object_class):
    # The vault is open, so this process is logged in already: whoever runs as the node can ask this much.
    session = pkcs11.lib(MODULE).get_token(token_label=f"test-{name}").open(rw=True)
    return session, list(session.get_objects({Attribute.CLASS: object_class}))


@pytest.mark.parametrize("name", ["ministry", "province"])
def test_no_master_key_or_sub_key_can_be_read_or_wrapped(ministry, province, name):
    session, held = objects(name, ObjectClass.SECRET_KEY)
    keys = [key for key in held if key[Attribute.LABEL].startswith(("warrant/master/", "warrant/sub/"))]
    assert len(keys) == 5
    wrapping = session.generate_key(pkcs11.KeyType.AES, 256, template={Attribute.WRAP: True})
    for key in keys:
        with pytest.raises(AttributeSensitive):
            key[Attribute.VALUE]
        with pytest.raises(PKCS11Error):
            wrapping.wrap_key(key, mechanism=Mechanism.AES_KEY_WRAP)
        with pytest.raises(PKCS11Error):
            key[Attribute.EXTRACTABLE] = True


def test_no_private_key_can_be_read(ministry):
    _, held = objects("ministry", ObjectClass.PRIVATE_KEY)
    assert {key[Attribute.LABEL] for key in held} == {"warrant/signer/node", "warrant/transport"}
    for key in held:
        with pytest.raises(AttributeSensitive):
            key[Attribute.VALUE]


def test_derived_keys_leave_nothing_in_the_token(ministry):
    _, before = objects("ministry", ObjectClass.SECRET_KEY)
    for usage in KeyUsage:
        ministry.card_key("3des", 1, usage, CERTIFICATE)
    _, after = objects("ministry", ObjectClass.SECRET_KEY)
    assert len(after) == len(before)


def test_token_hands_its_sub_keys_to_a_province_with_a_sealed_file(ministry, tmp_path):
    province = SoftwareVault.create(tmp_path / "vault", Secret(b"made-up passphrase"), cost_log2=4)
    province.trust_package_issuer(ministry.signer(NODE_SIGNER).public_key)
    province.import_sub_keys(ministry.wrap_sub_keys("3des", 1, "32", province.transport_public_key()))
    for usage in KeyUsage:
        assert province.card_key("3des", 1, usage, CERTIFICATE) == ministry.card_key(
            "3des", 1, usage, CERTIFICATE
        )


def test_half_a_key_set_does_not_count_and_is_drawn_anew(ministry):
    _, held = objects("ministry", ObjectClass.SECRET_KEY)
    next(key for key in held if key[Attribute.LABEL] == "warrant/master/3des/1/mac").destroy()
    assert ministry.versions("3des") == ()
    assert set(ministry.create_master("3des", 1)) == set(KeyUsage)
    assert ministry.versions("3des") == (1,)


def test_vault_is_opened_again_with_what_it_held(ministry, tmp_path):
    uri = f"pkcs11:token=test-ministry?module-path={MODULE}"
    again = Pkcs11Vault.open(uri, Secret(b"made-up-pin"), tmp_path / "lock")
    assert again.check_values("3des", 1) == ministry.check_values("3des", 1)


def test_token_that_is_not_there_is_unavailable(tmp_path):
    empty_token("ministry")
    uri = f"pkcs11:token=nowhere?module-path={MODULE}"
    with pytest.raises(Unavailable, match="vault-token-failed"):
        Pkcs11Vault.open(uri, Secret(b"made-up-pin"), tmp_path / "lock")


def test_token_without_a_vault_is_missing_one(tmp_path):
    uri, pin = empty_token("any")
    with pytest.raises(Unavailable, match="vault-missing"):
        Pkcs11Vault.open(uri, pin, tmp_path / "lock")


def test_address_is_read_as_rfc_7512_writes_it():
    assert TokenAddress.parse(
        "pkcs11:token=%E9%83%A8%20HSM;type=private?module-path=/opt/lib.so"
    ) == TokenAddress("部 HSM", "/opt/lib.so")


@pytest.mark.parametrize("uri", ["", "softhsm", "pkcs11:", "pkcs11:token=a", "file:token=a?module-path=/x", "pkcs11:token=?module-path=/x"])  # fmt: skip
def test_address_that_names_no_token_is_refused(uri):
    with pytest.raises(InvalidInput, match="vault-address-invalid"):
        TokenAddress.parse(uri)
