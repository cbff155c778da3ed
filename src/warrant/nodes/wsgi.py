"""The WSGI entry of every node: the settings module follows from the node file."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.utils.module_loading import import_string

from warrant.apps.foundation.ports import key_vault
from warrant.nodes.link import serve_links
from warrant.nodes.serving import EMBEDDED_VARIABLE, die_with_parent
from warrant.nodes.start import prepare_django
from warrant.nodes.upkeep import run_upkeep

prepare_django()
application = get_wsgi_application()

if server := os.environ.get(EMBEDDED_VARIABLE):
    die_with_parent(int(server))
    loops: dict[str, Callable[[threading.Event], None]] = {"upkeep": run_upkeep}
    if settings.WARRANT_RELAY:
        loops["relay"] = import_string(settings.WARRANT_RELAY)
    if settings.WARRANT_NODE.link_port:
        loops["link"] = partial(serve_links, application)
    if "key_vault" in settings.WARRANT_PORTS:
        # Opening takes a second; the first transaction that needs a key would hold SQLite's lock meanwhile.
        threading.Thread(target=key_vault, name="vault", daemon=True).start()
    for name, loop in loops.items():
        threading.Thread(target=loop, args=(threading.Event(),), name=name, daemon=True).start()
