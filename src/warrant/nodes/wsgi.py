"""The WSGI entry of every node: the settings module follows from the node file."""

from __future__ import annotations

import os
import threading

from django.core.wsgi import get_wsgi_application
from django.utils.module_loading import import_string

from warrant.nodes.serving import EMBEDDED_VARIABLE, die_with_parent
from warrant.nodes.start import prepare_django

node = prepare_django()
application = get_wsgi_application()

if os.environ.get(EMBEDDED_VARIABLE):
    die_with_parent()
    if node.kind != "ministry":
        run_relay = import_string("warrant.apps.exchange.relay.run_relay")
        threading.Thread(target=run_relay, args=(threading.Event(),), name="relay", daemon=True).start()
