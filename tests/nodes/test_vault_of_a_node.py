"""Which vault a node opens stands in its file."""

from __future__ import annotations

import pytest
from tests.support.tokens import empty_token

from warrant.adapters.pkcs11_vault import Pkcs11Vault
from warrant.adapters.software_vault import SoftwareVault
from warrant.core.crypto.secret import Secret
from warrant.nodes.config import load_config
from warrant.nodes.factories import open_vault
from warrant.nodes.preparation import NodePlan, prepare_nodes


@pytest.fixture
def plans(tmp_path):
    uri, pin = empty_token("ministry")
    secret = tmp_path / "ministry" / "secrets" / "vault-passphrase"
    secret.parent.mkdir(parents=True)
    secret.touch(mode=0o600)
    secret.write_bytes(pin.reveal())
    return [
        NodePlan("ministry", "ministry", "部", tmp_path / "ministry", 8001, vault=uri),
        NodePlan("province", "320000", "省", tmp_path / "province", 8002),
        NodePlan("public", "public", "公众", tmp_path / "public", 8003),
    ]


def test_node_with_a_token_and_node_with_a_file_know_each_other(plans):
    prepare_nodes(plans)
    prepare_nodes(plans)  # again: the token is opened, not made anew
    ministry, province = (load_config(plan.node_file) for plan in plans[:2])
    token = open_vault(ministry.home, ministry.vault, Secret(ministry.passphrase.encode()))
    file = open_vault(province.home, province.vault, Secret(province.passphrase.encode()))
    assert isinstance(token, Pkcs11Vault)
    assert isinstance(file, SoftwareVault)
    assert province.vault == ""
    assert province.peers["ministry"].package_key == token.signer("node").public_key.as_text()
    token.create_master("3des", 1)
    file.import_sub_keys(token.wrap_sub_keys("3des", 1, "32", file.transport_public_key()))
    assert file.sub_key_check_values("3des", 1, "32") == token.sub_key_check_values("3des", 1, "32")
