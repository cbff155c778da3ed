"""SoftHSM2 tokens for tests: made once per run outside the tree, emptied for every test."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pkcs11
from pkcs11.exceptions import UserAlreadyLoggedIn

from warrant.core.crypto.secret import Secret

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
NAMES = ("ministry", "province", "other", "stranger", "unsigned", "any")
PIN = "made-up-pin"


@cache
def _tokens() -> None:
    """Initialise one token per name before the library is loaded; it finds them only then."""
    tool = shutil.which("softhsm2-util")
    assert tool, "softhsm2 is missing: run scripts/system-packages run"
    home = Path(tempfile.mkdtemp(prefix="warrant-tokens-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    (home / "tokens").mkdir()
    settings = home / "softhsm2.conf"
    settings.write_text(
        f"directories.tokendir = {home / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    os.environ["SOFTHSM2_CONF"] = str(settings)
    for name in NAMES:
        subprocess.run(
            [
                tool,
                "--init-token",
                "--free",
                "--label",
                f"test-{name}",
                "--so-pin",
                "made-up-so-pin",
                "--pin",
                PIN,
            ],
            check=True,
            capture_output=True,
        )


def empty_token(name: str) -> tuple[str, Secret]:
    """Return the URI and PIN of an empty token."""
    _tokens()
    token = pkcs11.lib(MODULE).get_token(token_label=f"test-{name}")
    try:
        opened = token.open(rw=True, user_pin=PIN)
    except UserAlreadyLoggedIn:  # the vault of the test before has not been collected yet
        opened = token.open(rw=True)
    with opened as session:
        for found in list(session.get_objects()):
            found.destroy()
    return f"pkcs11:token=test-{name}?module-path={MODULE}", Secret(PIN.encode())
