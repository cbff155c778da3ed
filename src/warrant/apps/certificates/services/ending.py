"""What other apps do when certificates end, in the running transaction.

Lock order: the officer, then the application, then the certificate (all locked already), then the card.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from warrant.apps.certificates.models import Certificate
from warrant.core.access import Actor
from warrant.core.lifecycle import CERTIFICATE


class EndFollower(Protocol):
    """Ends what hangs on certificates. Named in ``settings.WARRANT_CERTIFICATE_FOLLOWERS``."""

    def __call__(self, certificates: Sequence[Certificate], actor: Actor | None, *, now: datetime) -> None:
        """End it for all of them; without an actor a rule or the calendar ended them."""


def follow_end(certificates: Sequence[Certificate], actor: Actor | None, *, now: datetime) -> None:
    """Let every app above end what hangs on those of ``certificates`` that have just come to their end."""
    ended = [certificate for certificate in certificates if certificate.state in CERTIFICATE.final]
    if not ended:
        return
    for path in getattr(settings, "WARRANT_CERTIFICATE_FOLLOWERS", ()):
        follower: EndFollower = import_string(path)
        follower(ended, actor, now=now)
