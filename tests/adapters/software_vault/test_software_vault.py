"""The sealed file behind the vault: keys by published arithmetic, secrecy, damage, power cuts, several writers."""

import errno
import json
import logging
import os
import subprocess
import sys
import threading
import traceback
from pathlib import Path

import pytest

from warrant.adapters.software_vault import SoftwareVault, sealed_file
from warrant.adapters.software_vault.content import VaultContent
from warrant.adapters.software_vault.sealed_file import SealedFile
from warrant.core.crypto.secret import Secret
from warrant.core.crypto.signing import SoftwareSigner
from warrant.core.errors import Conflict, InvalidInput, Unavailable, WarrantError
from warrant.core.keys.hierarchy import KeyUsage
from warrant.core.keys.vault import NODE_SIGNER

PASSPHRASE = Secret(b"correct horse battery staple")
MASTER = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
CERTIFICATE = "32000001234"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "node.vault"


@pytest.fixture
def vault(path):
    return SoftwareVault.create(path, PASSPHRASE, cost_log2=4)


def vault_holding(path, content):
    SealedFile.create(path, PASSPHRASE, content.to_secret(), cost_log2=4)
    return SoftwareVault.open(path, PASSPHRASE)


def content_with_master(key=MASTER, **more):
    keys = dict.fromkeys(KeyUsage, key)
    return VaultContent(
        transport=Secret(bytes(31) + b"\x01"), masters={("sm4", 1): keys, ("3des", 1): keys}, **more
    )


def changed_envelope(path, **changes):
    envelope = json.loads(path.read_bytes()) | changes
    envelope["digest"] = sealed_file._digest(
        {name: envelope[name] for name in ("format", "derivation", "sealed")}
    )
    path.write_text(json.dumps(envelope))


# Expected values come from the openssl command line (des-ede-ecb and sm4-ecb).
@pytest.mark.parametrize(
    ("suite", "sub_key_check_value", "card_key"),
    [
        ("3des", "5B7E30", "0cc05b9dafc4381e0e0d6912b91a0da3"),
        ("sm4", "0CDC90", "e4a12ddb886f524ed8fc2b56db7de452"),
    ],
)
def test_card_key_follows_from_master_province_and_certificate(path, suite, sub_key_check_value, card_key):
    vault = vault_holding(path, content_with_master())
    assert vault.sub_key_check_values(suite, 1, "32")[KeyUsage.MAC] == sub_key_check_value
    assert vault.card_key(suite, 1, KeyUsage.MAC, CERTIFICATE) == Secret(bytes.fromhex(card_key))


def test_everything_is_there_after_opening_again(vault, path):
    vault.create_master("sm4", 1)
    vault.create_signer("node", "sm2-sm3")
    vault.trust_package_issuer(vault.signer("node").public_key)
    drawn = vault.secret("field-1", 32)
    again = SoftwareVault.open(path, PASSPHRASE)
    assert again.check_values("sm4", 1) == vault.check_values("sm4", 1)
    assert again.signer("node").public_key == vault.signer("node").public_key
    assert again.secret("field-1", 32) == drawn
    assert again.transport_public_key() == vault.transport_public_key()
    assert again._current().issuer == vault._current().issuer


def test_province_vault_is_there_after_opening_again(tmp_path):
    ministry = vault_holding(tmp_path / "ministry", content_with_master())
    issuer = ministry.create_signer(NODE_SIGNER, "sm2-sm3")
    province = SoftwareVault.create(tmp_path / "province", PASSPHRASE, cost_log2=4)
    province.trust_package_issuer(issuer)
    province.import_sub_keys(ministry.wrap_sub_keys("sm4", 1, "32", province.transport_public_key()))
    again = SoftwareVault.open(tmp_path / "province", PASSPHRASE)
    assert (
        again.card_key("sm4", 1, KeyUsage.MAC, CERTIFICATE).reveal().hex()
        == "e4a12ddb886f524ed8fc2b56db7de452"
    )
    with pytest.raises(Conflict, match="vault-is-provincial"):
        again.create_master("sm4", 9)


def test_trusted_ministry_cannot_change_keys_under_a_known_version(tmp_path):
    signer = SoftwareSigner.generate("es256")
    first = vault_holding(tmp_path / "first", content_with_master(signers={NODE_SIGNER: signer}))
    second = vault_holding(
        tmp_path / "second", content_with_master(Secret(bytes(16)), signers={NODE_SIGNER: signer})
    )
    province = SoftwareVault.create(tmp_path / "province", PASSPHRASE, cost_log2=4)
    province.trust_package_issuer(signer.public_key)
    province.import_sub_keys(first.wrap_sub_keys("sm4", 1, "32", province.transport_public_key()))
    with pytest.raises(Conflict, match="key-version-exists"):
        province.import_sub_keys(second.wrap_sub_keys("sm4", 1, "32", province.transport_public_key()))
    assert province.sub_key_check_values("sm4", 1, "32")[KeyUsage.MAC] == "0CDC90"


class TestSecrecy:
    def test_file_is_readable_by_its_owner_only(self, vault, path):
        vault.secret("field-1", 32)
        assert path.stat().st_mode & 0o777 == 0o600

    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
    def test_file_that_others_can_touch_is_not_opened(self, vault, path, mode):
        path.chmod(mode)
        with pytest.raises(Unavailable, match="vault-permissions-too-open"):
            SoftwareVault.open(path, PASSPHRASE)

    def test_no_key_stands_in_the_file(self, path):
        content = content_with_master(secrets={"field-1": Secret(b"0123456789abcdef")})
        vault_holding(path, content)
        text = path.read_bytes()
        for secret in (MASTER.reveal(), b"0123456789abcdef", PASSPHRASE.reveal()):
            assert secret not in text
            assert secret.hex().encode() not in text.lower()

    def test_no_key_is_printed_by_an_error_a_log_or_a_repr(self, path, caplog):
        caplog.set_level(logging.DEBUG)
        signer = SoftwareSigner.from_private("es256", Secret(MASTER.reveal() * 2))
        content = content_with_master(signers={"node": signer}, secrets={"field-1": MASTER})
        vault = vault_holding(path, content)
        shown = [repr(vault), repr(content), repr(vars(vault)), repr(vault.signer("node")), repr(signer)]
        for fail in (
            lambda: vault.create_master("sm4", 1),
            lambda: vault.set_secret("field-1", Secret(bytes(16))),
            lambda: vault.secret("field-1", 32),
            lambda: vault.card_key("sm4", 1, KeyUsage.MAC, "x"),
            lambda: vault.wrap_sub_keys("sm4", 1, "32", b"x"),
            lambda: vault.import_sub_keys(b"x"),
            lambda: SoftwareVault.open(path, Secret(b"not the passphrase")),
            lambda: vault_holding(path.with_name("other"), _Foreign(content)),
        ):
            with pytest.raises(WarrantError) as caught:
                fail()
            chain = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
            shown += ["".join(chain.format(chain=True)), repr(caught.value), repr(caught.value.fields)]
        printed = "\n".join([*shown, caplog.text]).lower()
        for secret in (MASTER.reveal(), PASSPHRASE.reveal()):
            assert secret.hex() not in printed
            assert repr(secret).lower()[2:-1] not in printed


class _Foreign:
    """Content of a later version: readable JSON of another format, holding the same keys."""

    def __init__(self, content):
        self._content = content

    def to_secret(self):
        return Secret(self._content.to_secret().reveal().replace(b"warrant-vault-content-1", b"x"))


class TestOpening:
    def test_wrong_passphrase_is_told_apart_from_damage(self, vault, path):
        with pytest.raises(InvalidInput, match="vault-passphrase-wrong"):
            SoftwareVault.open(path, Secret(b"correct horse battery stable"))

    def test_missing_file_is_said(self, path):
        with pytest.raises(Unavailable, match="vault-missing"):
            SoftwareVault.open(path, PASSPHRASE)

    def test_directory_is_no_vault(self, tmp_path):
        with pytest.raises(Unavailable, match="vault-unreadable"):
            SoftwareVault.open(tmp_path, PASSPHRASE)

    @pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
    def test_truncated_file_is_damaged(self, vault, path, share):
        text = path.read_bytes()
        path.write_bytes(text[: int(len(text) * share)])
        with pytest.raises(Unavailable, match="vault-damaged"):
            SoftwareVault.open(path, PASSPHRASE)

    def test_file_with_a_wrong_byte_is_damaged(self, vault, path):
        text = path.read_bytes()
        middle = len(text) // 2
        path.write_bytes(
            text[:middle] + (b"A" if text[middle : middle + 1] != b"A" else b"B") + text[middle + 1 :]
        )
        with pytest.raises(Unavailable, match="vault-damaged"):
            SoftwareVault.open(path, PASSPHRASE)

    def test_forged_content_does_not_open(self, vault, path):
        changed_envelope(path, sealed="AQ==")
        with pytest.raises(InvalidInput, match="vault-passphrase-wrong"):
            SoftwareVault.open(path, PASSPHRASE)

    @pytest.mark.parametrize("cost_log2", [0, 21, 60, "4", True])
    def test_absurd_cost_is_not_computed(self, vault, path, cost_log2):
        changed_envelope(path, derivation={"name": "scrypt", "cost_log2": cost_log2, "salt": "AAAA"})
        with pytest.raises(Unavailable, match="vault-damaged"):
            SoftwareVault.open(path, PASSPHRASE)

    def test_existing_vault_is_never_overwritten(self, vault, path):
        before = path.read_bytes()
        with pytest.raises(Conflict, match="vault-exists"):
            SoftwareVault.create(path, PASSPHRASE, cost_log2=4)
        assert path.read_bytes() == before

    def test_short_passphrase_is_refused(self, path):
        with pytest.raises(InvalidInput, match="vault-passphrase-short"):
            SoftwareVault.create(path, Secret(b"1234567"))
        assert not path.exists()

    def test_missing_directory_is_said(self, tmp_path):
        with pytest.raises(Unavailable, match="vault-not-written"):
            SoftwareVault.create(tmp_path / "nowhere" / "node.vault", PASSPHRASE, cost_log2=4)

    def test_new_passphrase_replaces_the_old(self, vault, path):
        drawn = vault.secret("field-1", 32)
        vault.change_passphrase(Secret(b"another passphrase"), cost_log2=4)
        with pytest.raises(InvalidInput, match="vault-passphrase-wrong"):
            SoftwareVault.open(path, PASSPHRASE)
        assert SoftwareVault.open(path, Secret(b"another passphrase")).secret("field-1", 32) == drawn
        vault.secret("field-2", 32)
        assert SoftwareVault.open(path, Secret(b"another passphrase")).secret("field-2", 32)


class TestWriting:
    @pytest.mark.parametrize("step", ["fsync", "replace"])
    def test_failed_write_leaves_the_old_vault(self, vault, path, step, monkeypatch):
        vault.create_master("sm4", 1)
        before = path.read_bytes()

        def fail(*_arguments):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        with monkeypatch.context() as patch:
            patch.setattr(os, step, fail)
            with pytest.raises(Unavailable, match="vault-not-written"):
                vault.create_master("sm4", 2)
        assert path.read_bytes() == before
        assert vault.versions("sm4") == (1,)
        assert sorted(entry.name for entry in path.parent.iterdir()) == ["node.vault", "node.vault.lock"]

    def test_reading_does_not_write(self, vault, path):
        vault.secret("field-1", 32)
        before = path.stat().st_mtime_ns
        vault.secret("field-1", 32)
        vault.set_secret("field-1", vault.secret("field-1", 32))
        assert path.stat().st_mtime_ns == before

    def test_change_of_another_opener_is_seen(self, vault, path):
        other = SoftwareVault.open(path, PASSPHRASE)
        other.create_master("sm4", 1)
        assert vault.check_values("sm4", 1) == other.check_values("sm4", 1)

    def test_changes_of_two_openers_do_not_overwrite_each_other(self, vault, path):
        other = SoftwareVault.open(path, PASSPHRASE)
        for index in range(3):
            vault.secret(f"ours-{index}", 16)
            other.secret(f"theirs-{index}", 16)
        assert len(SoftwareVault.open(path, PASSPHRASE)._current().secrets) == 6

    def test_threads_agree_on_a_secret_drawn_at_once(self, vault, path):
        openers = [vault, vault, SoftwareVault.open(path, PASSPHRASE), SoftwareVault.open(path, PASSPHRASE)]
        start, drawn = threading.Barrier(len(openers)), []

        def draw(opener):
            start.wait()
            drawn.append(opener.secret("field-1", 32).reveal())

        threads = [threading.Thread(target=draw, args=(opener,)) for opener in openers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(drawn) == 4
        assert len(set(drawn)) == 1

    def test_processes_agree_on_a_secret_drawn_at_once(self, vault, path):
        script = (
            "import sys; from warrant.adapters.software_vault import SoftwareVault;"
            "from warrant.core.crypto.secret import Secret; from pathlib import Path;"
            "vault = SoftwareVault.open(Path(sys.argv[1]), Secret(sys.argv[2].encode()));"
            "sys.stdin.readline(); sys.stdout.write(vault.secret('field-1', 32).reveal().hex())"
        )
        source = Path(sealed_file.__file__).parents[3]
        children = [
            subprocess.Popen(
                [sys.executable, "-c", script, str(path), PASSPHRASE.reveal().decode()],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(source)},
            )
            for _ in range(2)
        ]  # fmt: skip
        for child in children:
            child.stdin.write("\n")
            child.stdin.flush()
        drawn = [child.communicate(timeout=60)[0] for child in children]
        assert drawn == [vault.secret("field-1", 32).reveal().hex()] * 2

    def test_held_lock_ends_in_an_answer(self, vault, path, monkeypatch):
        monkeypatch.setattr(sealed_file, "LOCK_TIMEOUT_S", 0.02)
        other = SoftwareVault.open(path, PASSPHRASE)
        with other._file.locked(), pytest.raises(Unavailable, match="vault-busy"):
            vault.secret("field-1", 32)
        assert len(vault.secret("field-1", 32)) == 32

    def test_vanished_file_is_not_written_anew(self, vault, path):
        path.unlink()
        with pytest.raises(Unavailable, match="vault-missing"):
            vault.secret("field-1", 32)
        assert not path.exists()
