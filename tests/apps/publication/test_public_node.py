"""The public site as it is deployed: a process without accounts, sessions or register."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_SCRIPT = """
import django
django.setup()
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.test import Client
call_command("migrate", verbosity=0)
print("apps", *sorted(app.label for app in apps.get_app_configs()))
print("tables", *sorted(connection.introspection.table_names()))
client = Client()
for path in ("/", "/c/32000000023", "/Q/AAAA", "/nothing", "/healthz", "/.well-known/warrant/keys"):
    print("answer", path, client.get(path).status_code)
"""


def test_the_public_site_runs_without_accounts_and_register(tmp_path: Path) -> None:
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    for name in ("secret-key", "vault-passphrase"):
        (secrets / name).touch(mode=0o600)
        (secrets / name).write_text("made up", encoding="utf-8")
    node_file = tmp_path / "node.toml"
    node_file.write_text(
        'kind = "public"\ncode = "public"\nname = "公众核验"\nport = 8003\n'
        'public_url = "http://127.0.0.1:8003"\ndevelopment = true\n',
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT],
        env={
            **os.environ,
            "WARRANT_NODE_FILE": str(node_file),
            "DJANGO_SETTINGS_MODULE": "warrant.nodes.public",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split()[1:] == [
        "contenttypes", "exchange", "foundation", "messages", "publication", "staticfiles",
    ]  # fmt: skip
    tables = set(lines[1].split()[1:])
    assert not tables & {"account", "officer", "application", "certificate", "django_session"}
    assert {"public_record", "published_status_list", "key_directory"} <= tables
    assert lines[2:] == [
        "answer / 200",
        "answer /c/32000000023 404",
        "answer /Q/AAAA 200",
        "answer /nothing 404",
        "answer /healthz 200",
        "answer /.well-known/warrant/keys 404",
    ]
