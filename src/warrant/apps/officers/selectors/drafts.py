"""Reading what somebody had typed and not saved."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from warrant.apps.officers.models import FormDraft
from warrant.apps.officers.selectors.sealing import field_key
from warrant.core.access import Actor
from warrant.core.crypto.sealing import open_sealed


@dataclass(frozen=True)
class Draft:
    """What was typed, values by field as the browser sent them, and when it was kept."""

    fields: dict[str, list[str]]
    saved_at: datetime


def draft_place(account_id: int, form: str, subject: int) -> bytes:
    """Return what a draft is sealed to: it opens at its own place only."""
    return f"draft:{account_id}:{form}:{subject}".encode()


def draft_of(actor: Actor, form: str, subject: int) -> Draft | None:
    """Return the actor's own draft of a form; nothing where there is none."""
    row = FormDraft.objects.filter(account_id=actor.account_id, form=form, subject=subject).first()
    if row is None:
        return None
    place = draft_place(actor.account_id, form, subject)
    return Draft(json.loads(open_sealed(field_key(), bytes(row.content_sealed), place)), row.saved_at)
