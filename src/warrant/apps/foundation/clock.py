"""The edge's clock. Services take ``now``; only views, commands and loops call this."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone


def now() -> datetime:
    """Return this instant, in UTC."""
    return timezone.now()


def today() -> date:
    """Return today's date in the node's time zone."""
    return timezone.localdate()
