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

globals().update(province_settings(NODE))
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]
