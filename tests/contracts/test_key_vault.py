"""What every key vault does, whatever keeps its keys. A new adapter adds one line to ``VAULTS``."""

import json
import logging
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.tokens import empty_token

from warrant.adapters.pkcs11_vault import Pkcs11Vault
from warrant.adapters.software_vault import SoftwareVault
from warrant.core.crypto.block import check_value
from warrant.core.crypto.secret import Secret
from warrant.core.crypto.signing import SUITES as SIGNATURE_SUITES
from warrant.core.crypto.signing import PublicKey, SoftwareSigner
from warrant.core.errors import Conflict, InvalidInput, NotFound
from warrant.core.keys.hierarchy import KeyUsage
from warrant.core.keys.package import read_header
from warrant.core.keys.parts import put_together
from warrant.core.keys.vault import NODE_SIGNER, KeyVault

JIANGSU, SHANGHAI = "32", "31"
JIANGSU_CERTIFICATE = "32000001234"
SHANGHAI_CERTIFICATE = "31000001234"


def software_vault(directory: Path, name: str) -> KeyVault:
    return SoftwareVault.create(directory / f"{name}.vault", Secret(b"correct horse"), cost_log2=4)


def pkcs11_vault(directory: Path, name: str) -> KeyVault:
    uri, pin = empty_token(name)
    return Pkcs11Vault.create(uri, pin, directory / f"{name}.lock")


VAULTS: dict[str, Callable[[Path, str], KeyVault]] = {"software": software_vault, "pkcs11": pkcs11_vault}


@pytest.fixture(params=VAULTS)
def new_vault(request, tmp_path):
    """Make an empty vault by name."""
    return lambda name: VAULTS[request.param](tmp_path, name)


def main_suite(vault):
    """The suite that a test uses where any will do."""
    return vault.suites()[0]


def refuses(vault, suite):
    """Whether the vault has no such suite, and says so."""
    if suite in vault.suites():
        return False
    with pytest.raises(InvalidInput, match="cipher-suite-not-in-vault"):
        vault.create_master(suite, 9)
    return True


@pytest.fixture
def main(ministry):
    return main_suite(ministry)


@pytest.fixture
def ministry(new_vault):
    vault = new_vault("ministry")
    vault.create_signer(NODE_SIGNER, "es256")
    vault.create_master(main_suite(vault), 1)
    return vault


@pytest.fixture
def province(new_vault, ministry):
    vault = new_vault("province")
    vault.trust_package_issuer(ministry.signer(NODE_SIGNER).public_key)
    return vault


def hand_over(ministry, province, *, suite=None, version=1, code=JIANGSU):
    suite = suite or main_suite(ministry)
    return province.import_sub_keys(
        ministry.wrap_sub_keys(suite, version, code, province.transport_public_key())
    )


def altered(package, **changes):
    return json.dumps({**json.loads(package), **changes}, sort_keys=True, separators=(",", ":")).encode()


class TestMasterControlKeys:
    def test_every_usage_has_its_own_key(self, ministry, main):
        values = ministry.check_values(main, 1)
        assert set(values) == set(KeyUsage)
        assert len(set(values.values())) == 5

    def test_created_keys_have_the_check_values_that_were_shown(self, new_vault):
        vault = new_vault("ministry")
        assert vault.create_master("3des", 7) == vault.check_values("3des", 7)

    def test_version_is_never_drawn_twice(self, ministry, main):
        before = ministry.check_values(main, 1)
        with pytest.raises(Conflict, match="key-version-exists"):
            ministry.create_master(main, 1)
        assert ministry.check_values(main, 1) == before

    def test_versions_and_suites_live_side_by_side(self, ministry, main):
        before = ministry.check_values(main, 1)
        ministry.create_master(main, 3)
        ministry.create_master(main, 2)
        for other in ministry.suites()[1:]:
            ministry.create_master(other, 1)
            assert ministry.versions(other) == (1,)
        assert ministry.versions(main) == (1, 2, 3)
        assert ministry.check_values(main, 1) == before
        assert ministry.check_values(main, 2) != before

    def test_unknown_version_is_not_found(self, ministry, main):
        with pytest.raises(NotFound, match="key-version-unknown"):
            ministry.check_values(main, 2)

    @pytest.mark.parametrize(("suite", "version"), [("aes", 1), ("3des", 0), ("3des", 256)])
    def test_key_set_that_a_card_cannot_name_is_refused(self, ministry, suite, version):
        with pytest.raises(InvalidInput):
            ministry.create_master(suite, version)

    @pytest.mark.parametrize("suite", ["sm4", "3des"])
    def test_each_card_usage_and_version_has_its_own_key(self, new_vault, suite):
        vault = new_vault("ministry")
        if refuses(vault, suite):
            return
        vault.create_master(suite, 1)
        vault.create_master(suite, 2)
        keys = [
            vault.card_key(suite, version, usage, number).reveal()
            for version in (1, 2)
            for usage in KeyUsage
            for number in (JIANGSU_CERTIFICATE, "32000001242", SHANGHAI_CERTIFICATE)
        ]
        assert len(set(keys)) == 30
        assert {len(key) for key in keys} == {16}


class TestHandOverToAProvince:
    @pytest.mark.parametrize("suite", ["sm4", "3des"])
    def test_both_sides_then_make_the_same_card_keys(self, ministry, province, suite):
        if refuses(ministry, suite):
            return
        ministry.create_master(suite, 5)
        hand_over(ministry, province, suite=suite, version=5)
        for usage in KeyUsage:
            ours = province.card_key(suite, 5, usage, JIANGSU_CERTIFICATE)
            theirs = ministry.card_key(suite, 5, usage, JIANGSU_CERTIFICATE)
            assert check_value(suite, ours) == check_value(suite, theirs)

    def test_both_sides_show_the_same_check_values(self, ministry, province, main):
        received = hand_over(ministry, province)
        assert received[:3] == (main, 1, "32")
        assert received.check_values == ministry.sub_key_check_values(main, 1, JIANGSU)
        assert received.check_values == province.sub_key_check_values(main, 1, "320000")

    def test_package_names_its_content_in_clear(self, ministry, province, main):
        header = read_header(ministry.wrap_sub_keys(main, 1, JIANGSU, province.transport_public_key()))
        assert (header.suite, header.version, header.province_code) == (main, 1, "32")
        assert header.check_values == ministry.sub_key_check_values(main, 1, JIANGSU)
        assert header.issuer == ministry.signer(NODE_SIGNER).public_key

    def test_new_version_leaves_the_old_one_usable(self, ministry, province, main):
        hand_over(ministry, province)
        before = province.card_key(main, 1, KeyUsage.MAC, JIANGSU_CERTIFICATE)
        ministry.create_master(main, 2)
        hand_over(ministry, province, version=2)
        assert province.versions(main) == (1, 2)
        assert province.card_key(main, 1, KeyUsage.MAC, JIANGSU_CERTIFICATE) == before

    def test_same_package_twice_changes_nothing(self, ministry, province, main):
        package = ministry.wrap_sub_keys(main, 1, JIANGSU, province.transport_public_key())
        assert province.import_sub_keys(package) == province.import_sub_keys(package)

    def test_province_never_makes_another_provinces_card_key(self, ministry, province, main):
        hand_over(ministry, province)
        with pytest.raises(NotFound, match="province-keys-not-held"):
            province.card_key(main, 1, KeyUsage.AUTHENTICITY, SHANGHAI_CERTIFICATE)
        with pytest.raises(NotFound, match="province-keys-not-held"):
            province.sub_key_check_values(main, 1, SHANGHAI)

    def test_province_never_takes_another_provinces_sub_keys(self, ministry, province, main):
        hand_over(ministry, province)
        ministry.create_master(main, 2)
        with pytest.raises(Conflict, match="vault-of-another-province"):
            hand_over(ministry, province, version=2, code=SHANGHAI)
        assert province.versions(main) == (1,)

    def test_province_has_no_master_control_keys(self, ministry, province, main):
        hand_over(ministry, province)
        with pytest.raises(NotFound, match="key-version-unknown"):
            province.check_values(main, 1)
        with pytest.raises(NotFound, match="key-version-unknown"):
            province.wrap_sub_keys(main, 1, JIANGSU, province.transport_public_key())
        with pytest.raises(Conflict, match="vault-is-provincial"):
            province.create_master(main, 2)

    def test_ministry_takes_no_sub_keys(self, ministry):
        ministry.trust_package_issuer(ministry.signer(NODE_SIGNER).public_key)
        with pytest.raises(Conflict, match="vault-is-ministerial"):
            hand_over(ministry, ministry)

    def test_empty_vault_makes_no_card_key(self, province, main):
        with pytest.raises(NotFound, match="key-version-unknown"):
            province.card_key(main, 1, KeyUsage.MAC, JIANGSU_CERTIFICATE)

    @pytest.mark.parametrize("number", ["", "32", "3200000123", "320000012345", "3200000123X", "02000001234"])
    def test_card_key_needs_a_whole_certificate_number(self, ministry, number, main):
        with pytest.raises(InvalidInput):
            ministry.card_key(main, 1, KeyUsage.MAC, number)

    def test_another_ministry_cannot_replace_the_sub_keys(self, ministry, new_vault, province, main):
        hand_over(ministry, province)
        before = province.sub_key_check_values(main, 1, JIANGSU)
        other = new_vault("other")
        other.create_master(main, 1)
        other.create_signer(NODE_SIGNER, "es256")
        with pytest.raises(Conflict, match="package-issuer-not-trusted"):
            hand_over(other, province)
        assert province.sub_key_check_values(main, 1, JIANGSU) == before


class TestForgedPackages:
    @pytest.fixture
    def package(self, ministry, province, main):
        return ministry.wrap_sub_keys(main, 1, JIANGSU, province.transport_public_key())

    def test_without_a_trusted_issuer_nothing_is_taken(self, ministry, new_vault):
        province = new_vault("province")
        with pytest.raises(Conflict, match="package-issuer-not-trusted"):
            hand_over(ministry, province)

    def test_issuer_is_fixed_once_keys_are_held(self, ministry, province):
        hand_over(ministry, province)
        with pytest.raises(Conflict, match="package-issuer-fixed"):
            province.trust_package_issuer(SoftwareSigner.generate("es256").public_key)

    def test_package_for_another_vault_is_refused(self, package, ministry, new_vault):
        other = new_vault("other")
        other.trust_package_issuer(ministry.signer(NODE_SIGNER).public_key)
        with pytest.raises(Conflict, match="key-package-for-another-vault"):
            other.import_sub_keys(package)

    @pytest.mark.parametrize(
        "change",
        [
            {"province_code": "31"},
            {"version": 2},
            {"suite": "another"},
            {"check_values": {usage.value: "000000" for usage in KeyUsage}},
            {"sealed": "AQ=="},
            {"signature": "AA=="},
        ],
        ids=lambda change: next(iter(change)),
    )
    def test_altered_package_is_refused(self, package, province, change, main):
        if "suite" in change:
            change = {"suite": "sm4" if main == "3des" else "3des"}
        with pytest.raises(InvalidInput, match="signature-invalid"):
            province.import_sub_keys(altered(package, **change))
        assert province.versions(main) == ()

    def test_package_signed_by_somebody_else_is_refused(self, package, province):
        stranger = SoftwareSigner.generate("es256").public_key.as_text()
        with pytest.raises(Conflict, match="package-issuer-not-trusted"):
            province.import_sub_keys(altered(package, issuer=stranger))

    @pytest.mark.parametrize("damage", [
        lambda package: b"", lambda package: package[:-1], lambda package: package + b"\n",
        lambda package: b"[" * 4000, lambda package: b"x" * 5000, lambda package: b"\xff" + package,
        lambda package: b"{}", lambda package: altered(package, version="1"), lambda package: altered(package, version=True),
        lambda package: altered(package, check_values={}), lambda package: altered(package, suite="aes"),
        lambda package: altered(package, more=1), lambda package: altered(package, ephemeral="*"),
        lambda package: altered(package, province_code="320000"), lambda package: altered(package, issuer="es256:"),
    ])  # fmt: skip
    def test_damaged_package_is_one_kind_of_error(self, package, province, damage):
        with pytest.raises(InvalidInput, match=r"key-package-damaged|signature-invalid"):
            province.import_sub_keys(damage(package))

    @pytest.mark.parametrize("recipient", [b"", b"\x04" + bytes(64), bytes(65)])
    def test_nothing_is_packed_for_a_bad_transport_key(self, ministry, recipient, main):
        with pytest.raises(InvalidInput, match="transport-key-invalid"):
            ministry.wrap_sub_keys(main, 1, JIANGSU, recipient)

    def test_nothing_is_packed_without_the_nodes_signer(self, new_vault, province, main):
        unsigned = new_vault("unsigned")
        unsigned.create_master(main, 1)
        with pytest.raises(NotFound, match="signer-unknown"):
            unsigned.wrap_sub_keys(main, 1, JIANGSU, province.transport_public_key())

    def test_sub_keys_do_not_stand_in_the_package(self, package, province, ministry, main):
        province.import_sub_keys(package)
        for usage in KeyUsage:
            key = province.card_key(main, 1, usage, JIANGSU_CERTIFICATE).reveal()
            assert key not in package
            assert key.hex().encode() not in package.lower()


class TestSignersAndSecrets:
    @pytest.mark.parametrize("suite", SIGNATURE_SUITES)
    def test_signer_signs_under_its_label(self, new_vault, suite):
        vault = new_vault("any")
        if suite == "sm2-sm3" and isinstance(vault, Pkcs11Vault):
            with pytest.raises(InvalidInput, match="signature-suite-not-in-vault"):
                vault.create_signer("credential-1", suite)
            return
        public_key = vault.create_signer("credential-1", suite)
        public_key.verify(vault.signer("credential-1").sign(b"message"), b"message")
        assert vault.signer("credential-1").public_key == public_key
        assert isinstance(public_key, PublicKey)

    def test_signer_does_not_give_its_key_away(self, ministry):
        assert not hasattr(ministry.signer(NODE_SIGNER), "private")

    def test_signer_is_never_replaced(self, ministry):
        before = ministry.signer(NODE_SIGNER).public_key
        with pytest.raises(Conflict, match="signer-exists"):
            ministry.create_signer(NODE_SIGNER, "es256")
        assert ministry.signer(NODE_SIGNER).public_key == before

    def test_has_signer_tells_which_exist(self, ministry):
        assert ministry.has_signer(NODE_SIGNER)
        assert not ministry.has_signer("other")
        with pytest.raises(NotFound, match="signer-unknown"):
            ministry.signer("other")

    def test_named_secret_is_drawn_once(self, ministry):
        secret = ministry.secret("field-1", 32)
        assert len(secret) == 32
        assert ministry.secret("field-1", 32) == secret
        assert ministry.secret("field-2", 32) != secret

    def test_named_secret_keeps_its_length(self, ministry):
        ministry.secret("field-1", 32)
        with pytest.raises(Conflict, match="secret-length-differs"):
            ministry.secret("field-1", 16)

    def test_given_secret_is_kept_and_never_replaced(self, ministry):
        ministry.set_secret("index-1", Secret(b"0123456789abcdef"))
        ministry.set_secret("index-1", Secret(b"0123456789abcdef"))
        with pytest.raises(Conflict, match="secret-exists"):
            ministry.set_secret("index-1", Secret(b"another value...."))
        assert ministry.secret("index-1", 16) == Secret(b"0123456789abcdef")

    @pytest.mark.parametrize("length", [0, 15, 65])
    def test_secret_of_useless_length_is_refused(self, ministry, length):
        with pytest.raises(InvalidInput, match="secret-length-invalid"):
            ministry.secret("field-1", length)

    def test_asking_for_a_secret_draws_none(self, ministry):
        assert not ministry.has_secret("field-1")
        ministry.secret("field-1", 32)
        assert ministry.has_secret("field-1")


class TestDestruction:
    def test_destroyed_version_makes_no_keys_and_others_stay(self, ministry, main):
        ministry.create_master(main, 2)
        kept = ministry.check_values(main, 2)
        ministry.destroy_keys(main, 1)
        ministry.destroy_keys(main, 1)
        with pytest.raises(NotFound, match="key-version-unknown"):
            ministry.card_key(main, 1, KeyUsage.MAC, JIANGSU_CERTIFICATE)
        assert ministry.versions(main) == (2,)
        assert ministry.check_values(main, 2) == kept

    def test_province_destroys_its_sub_keys(self, ministry, province, main):
        hand_over(ministry, province)
        province.destroy_keys(main, 1)
        assert province.versions(main) == ()
        with pytest.raises(NotFound, match="key-version-unknown"):
            province.card_key(main, 1, KeyUsage.MAC, JIANGSU_CERTIFICATE)


class TestNoKeyIsSeen:
    def test_neither_repr_log_nor_error_shows_a_key(self, ministry, province, main, caplog):
        caplog.set_level(logging.DEBUG)
        hand_over(ministry, province)
        secret = ministry.secret("field-1", 32).reveal()
        keys = [ministry.card_key(main, 1, usage, JIANGSU_CERTIFICATE).reveal() for usage in KeyUsage]
        told = [
            repr(ministry),
            repr(province),
            repr(ministry.signer(NODE_SIGNER)),
            str(vars(ministry)),
            caplog.text,
        ]
        for act in (
            lambda: ministry.create_master(main, 1),
            lambda: ministry.set_secret("field-1", Secret(bytes(32))),
            lambda: province.card_key(main, 1, KeyUsage.MAC, SHANGHAI_CERTIFICATE),
        ):
            with pytest.raises((Conflict, NotFound)) as caught:
                act()
            told.append("".join(traceback.format_exception(caught.value)))
        for text in told:
            assert not any(key.hex() in text.lower() or repr(key) in text for key in (secret, *keys))


class TestSharedSecrets:
    def test_province_holds_what_the_ministry_wrapped(self, ministry, province):
        index, field = ministry.secret("nation-index", 32), ministry.secret("nation-field", 32)
        labels = ("nation-index", "nation-field")
        package = ministry.wrap_secrets(labels, province.transport_public_key())
        province.import_secrets(package, labels)
        province.import_secrets(package, labels)
        assert province.secret("nation-index", 32) == index
        assert province.secret("nation-field", 32) == field
        assert index.reveal().hex() not in package.decode()

    def test_only_the_named_secrets_are_taken_in(self, ministry, province):
        ministry.secret("field-key", 32)
        package = ministry.wrap_secrets(["field-key"], province.transport_public_key())
        with pytest.raises(InvalidInput, match="key-package-damaged"):
            province.import_secrets(package, ["nation-index"])
        assert not province.has_secret("field-key")

    def test_package_for_another_vault_is_refused(self, ministry, province, new_vault):
        other = new_vault("other")
        other.trust_package_issuer(ministry.signer(NODE_SIGNER).public_key)
        ministry.secret("nation-index", 32)
        package = ministry.wrap_secrets(["nation-index"], province.transport_public_key())
        with pytest.raises(Conflict, match="key-package-for-another-vault"):
            other.import_secrets(package, ["nation-index"])

    def test_package_of_a_stranger_is_refused(self, province, new_vault):
        stranger = new_vault("stranger")
        stranger.create_signer(NODE_SIGNER, "es256")
        stranger.secret("nation-index", 32)
        package = stranger.wrap_secrets(["nation-index"], province.transport_public_key())
        with pytest.raises(Conflict, match="package-issuer-not-trusted"):
            province.import_secrets(package, ["nation-index"])

    @pytest.mark.parametrize("field", ["sealed", "ephemeral", "recipient", "signature", "issuer", "format"])
    def test_altered_package_is_refused(self, ministry, province, field):
        ministry.secret("nation-index", 32)
        package = json.loads(ministry.wrap_secrets(["nation-index"], province.transport_public_key()))
        text = package[field]
        changed = altered(
            json.dumps(package).encode(), **{field: ("B" if text[0] != "B" else "C") + text[1:]}
        )
        with pytest.raises((InvalidInput, Conflict)):
            province.import_secrets(changed, ["nation-index"])
        assert not province.has_secret("nation-index")

    def test_a_secret_that_is_not_held_cannot_be_wrapped(self, ministry, province):
        with pytest.raises(NotFound, match="secret-unknown"):
            ministry.wrap_secrets(["nation-index"], province.transport_public_key())


MADE_UP_KEYS = {
    usage: Secret(bytes([16 * at + 1]) * 8 + bytes([16 * at + 6]) * 8) for at, usage in enumerate(KeyUsage)
}
"""Five keys that nobody uses."""


class TestKeysOfCustodians:
    def test_keys_put_together_make_card_keys_and_show_their_check_values(self, new_vault):
        vault = new_vault("ministry")
        suite = main_suite(vault)
        values = vault.take_in_keys(suite, 4, MADE_UP_KEYS)
        assert values == {usage: check_value(suite, key) for usage, key in MADE_UP_KEYS.items()}
        assert values == vault.check_values(suite, 4)
        assert vault.versions(suite) == (4,)
        assert len(vault.card_key(suite, 4, KeyUsage.MAC, JIANGSU_CERTIFICATE)) == 16

    def test_the_same_keys_again_change_nothing_and_other_keys_are_refused(self, new_vault):
        vault = new_vault("ministry")
        suite = main_suite(vault)
        values = vault.take_in_keys(suite, 4, MADE_UP_KEYS)
        assert vault.take_in_keys(suite, 4, MADE_UP_KEYS) == values
        others = {**MADE_UP_KEYS, KeyUsage.MAC: Secret(b"another key now.")}
        with pytest.raises(Conflict, match="key-version-exists"):
            vault.take_in_keys(suite, 4, others)
        assert vault.check_values(suite, 4) == values

    def test_a_province_restores_its_own_sub_keys_only(self, ministry, province, main):
        hand_over(ministry, province)
        with pytest.raises(Conflict, match="vault-of-another-province"):
            province.take_in_keys(main, 5, MADE_UP_KEYS, SHANGHAI)
        with pytest.raises(Conflict, match="vault-is-provincial"):
            province.take_in_keys(main, 5, MADE_UP_KEYS)
        with pytest.raises(Conflict, match="vault-is-ministerial"):
            ministry.take_in_keys(main, 5, MADE_UP_KEYS, JIANGSU)
        province.take_in_keys(main, 5, MADE_UP_KEYS, "320000")
        assert province.versions(main) == (1, 5)

    def test_any_two_of_three_shares_restore_on_an_empty_vault_with_the_same_check_values(
        self, ministry, new_vault, main
    ):
        if not ministry.shares_keys():
            with pytest.raises(Conflict, match="keys-not-extractable"):
                ministry.share_keys(main, 1, 2, 3)
            return
        shares = ministry.share_keys(main, 1, 2, 3)
        for at, pair in enumerate([shares[:2], shares[1:], (shares[2], shares[0])]):
            empty = new_vault(f"empty{at}")
            assert empty.take_in_keys(main, 1, put_together(pair, 2)) == ministry.check_values(main, 1)
            assert empty.card_key(main, 1, KeyUsage.MAC, JIANGSU_CERTIFICATE) == ministry.card_key(
                main, 1, KeyUsage.MAC, JIANGSU_CERTIFICATE
            )
        with pytest.raises(InvalidInput, match="shares-too-few"):
            put_together(shares[:1], 2)

    def test_sub_keys_are_backed_up_like_master_keys(self, ministry, province, new_vault, main):
        hand_over(ministry, province)
        if not province.shares_keys():
            return
        shares = province.share_keys(main, 1, 2, 2)
        restored = new_vault("new-province")
        values = restored.take_in_keys(main, 1, put_together(shares, 2), JIANGSU)
        assert values == province.sub_key_check_values(main, 1, JIANGSU)

    def test_unknown_version_has_no_shares(self, ministry, main):
        if ministry.shares_keys():
            with pytest.raises(NotFound, match="key-version-unknown"):
                ministry.share_keys(main, 9, 2, 3)

    def test_only_a_ceremonys_secret_is_forgotten(self, ministry):
        ministry.secret("ceremony-7", 32)
        kept = ministry.secret("field-key", 32)
        ministry.forget_secret("ceremony-7")
        ministry.forget_secret("ceremony-7")
        assert not ministry.has_secret("ceremony-7")
        with pytest.raises(Conflict, match="secret-is-kept"):
            ministry.forget_secret("field-key")
        assert ministry.secret("field-key", 32) == kept
