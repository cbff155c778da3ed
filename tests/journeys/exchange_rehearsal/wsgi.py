"""A real node whose process also does made-up business."""

from __future__ import annotations

import importlib
import threading

from django.conf import settings

from warrant.nodes.start import prepare_django

# Models can be imported once Django is set up, and the node's own entry starts the relay: hence this order.
prepare_django()
business = importlib.import_module("tests.journeys.exchange_rehearsal.business")
settings.WARRANT_INBOX = {**settings.WARRANT_INBOX, business.KIND: [f"{business.__name__}.take_effect"]}
application = importlib.import_module("warrant.nodes.wsgi").application
peer = "320000" if settings.WARRANT_NODE.kind == "ministry" else "ministry"
threading.Thread(target=business.write_until_told, args=(peer,), name="writer", daemon=True).start()
