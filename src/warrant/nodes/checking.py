"""Settings of the test suite and of the type checker: a province with every app, on the database asked for."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from warrant.nodes.config import NodeConfig
from warrant.nodes.wiring import province_settings

_HOME = Path(tempfile.gettempdir()) / f"warrant-checking-{os.getpid()}"

NODE = NodeConfig(
    kind="province",
    code="320000",
    name="江苏省交通运输厅",
    home=_HOME,
    database_url=os.environ.get("WARRANT_TEST_DATABASE", "sqlite:///:memory:"),
    host="127.0.0.1",
    port=8002,
    public_url="http://127.0.0.1:8003",
    secret_key="for-tests-only-not-a-secret",  # noqa: S106 - never used by a node
    passphrase="for-tests-only",  # noqa: S106 - never used by a node
    is_development=True,
)

_SETTINGS = province_settings(NODE)
globals().update(_SETTINGS)
# Named once more so that the type checker knows them.
WARRANT_NODE: NodeConfig = NODE
WARRANT_PORTS: dict[str, str] = _SETTINGS["WARRANT_PORTS"]
WARRANT_INBOX: dict[str, str] = _SETTINGS["WARRANT_INBOX"]
WARRANT_CAPABILITIES: frozenset[str] = _SETTINGS["WARRANT_CAPABILITIES"]
WARRANT_NAVIGATION: str = _SETTINGS["WARRANT_NAVIGATION"]
WARRANT_WORK_PROVIDERS: list[str] = _SETTINGS["WARRANT_WORK_PROVIDERS"]
WARRANT_GLANCE_PROVIDERS: list[str] = _SETTINGS["WARRANT_GLANCE_PROVIDERS"]
WARRANT_SESSION_ABSOLUTE_SECONDS: int = _SETTINGS["WARRANT_SESSION_ABSOLUTE_SECONDS"]
WARRANT_DOCUMENT_ROOT: str = _SETTINGS["WARRANT_DOCUMENT_ROOT"]
WARRANT_CARD_BOX: str = _SETTINGS["WARRANT_CARD_BOX"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]
