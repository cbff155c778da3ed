"""Keeping the content that a decision was taken under."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from warrant.apps.regulations.models import RegulationSnapshot
from warrant.apps.regulations.selectors.current import is_snapshot_known, remember_snapshot
from warrant.apps.regulations.types import InForce


def keep_snapshot(used: InForce) -> str:
    """Keep the resolved content for ever and return its digest; what is kept already stays as it is.

    Call it in the transaction of the decision that was taken under it.
    """
    if not is_snapshot_known(used):
        RegulationSnapshot.objects.get_or_create(
            kind=used.kind.value, digest=used.digest, defaults={"content": used.content}
        )
        transaction.on_commit(partial(remember_snapshot, used))
    return used.digest
