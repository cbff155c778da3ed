"""Whom the samples need: the made-up people who act, the officers they act for, and papers for them to sign."""

from __future__ import annotations

import io
from collections.abc import Sequence

from reportlab.pdfgen.canvas import Canvas

from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.officers.models import Officer
from warrant.apps.training.types import Proof
from warrant.core.access import Actor, Permission
from warrant.core.lifecycle import OfficerState


def actor_of(username: str) -> Actor:
    """Return somebody of the demonstration, ready to act."""
    return actor_for(Account.objects.get(username=username))


def officers_of(actor: Actor, most: int, but: Sequence[Officer] = ()) -> list[Officer]:
    """Return officers in post in the actor's reach, by name; ``but`` leaves some out."""
    rows = Officer.objects.visible_to(actor, Permission.TRAINING_RECORD)
    rows = rows.filter(state=OfficerState.ACTIVE.value).exclude(pk__in=[one.pk for one in but])
    return list(rows.order_by("sort_key", "pk")[:most])


def paper(title: str) -> Proof:
    """Return a PDF that says no more than its title."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.drawString(72, 720, title)
    canvas.save()
    return Proof(buffer.getvalue(), f"{title}.pdf")
