"""Keeping what somebody has typed and not saved yet, so that a crash or a time-out costs nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from warrant.apps.officers.models import FormDraft
from warrant.apps.officers.selectors.drafts import draft_place
from warrant.apps.officers.selectors.sealing import field_key
from warrant.core.access import Actor
from warrant.core.crypto.sealing import seal
from warrant.core.errors import N_, InvalidInput

LARGEST_DRAFT_BYTES = 32 * 1024
KEPT_FOR = timedelta(days=30)


@transaction.atomic
def keep_draft(
    actor: Actor, form: str, subject: int, fields: Mapping[str, Sequence[str]], *, now: datetime
) -> None:
    """Keep the fields of a form as they stand; the draft before is replaced.

    Raises:
        InvalidInput: more than 32 kB.
    """
    raw = json.dumps({name: list(values) for name, values in fields.items()}, ensure_ascii=False).encode()
    if len(raw) > LARGEST_DRAFT_BYTES:
        raise InvalidInput("draft-too-large", N_("草稿超过 32 KB，没有保存；请精简后再试"))
    sealed = seal(field_key(), raw, draft_place(actor.account_id, form, subject))
    FormDraft.objects.update_or_create(
        account_id=actor.account_id,
        form=form,
        subject=subject,
        defaults={"content_sealed": sealed, "saved_at": now},
    )


@transaction.atomic
def discard_draft(actor: Actor, form: str, subject: int) -> None:
    """Forget the draft: it was saved for good, or the person does not want it."""
    FormDraft.objects.filter(account_id=actor.account_id, form=form, subject=subject).delete()


@transaction.atomic
def discard_old_drafts(*, now: datetime) -> None:
    """Forget drafts that nobody has touched for 30 days."""
    FormDraft.objects.filter(saved_at__lt=now - KEPT_FOR).delete()
