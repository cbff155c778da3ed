"""What time alone makes due: lists and keys that grow old, certificates that expire."""

from __future__ import annotations

import threading

import structlog
from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils.module_loading import import_string

from warrant.apps.foundation import clock
from warrant.core.errors import WarrantError

log = structlog.get_logger(__name__)

PAUSE_SECONDS = 30.0


def keep_up() -> None:
    """Call every service in ``WARRANT_UPKEEP`` (``service(*, now)``) once; the failure of one stops no other."""
    for path in settings.WARRANT_UPKEEP:
        try:
            import_string(path)(now=clock.now())
        except (WarrantError, DatabaseError):
            log.exception("upkeep-failed", service=path)


def run_upkeep(stop: threading.Event) -> None:
    """Keep up every ``PAUSE_SECONDS`` until ``stop`` is set. A missed round is made up for by the next."""
    while True:
        close_old_connections()
        keep_up()
        close_old_connections()
        if stop.wait(PAUSE_SECONDS):
            return
