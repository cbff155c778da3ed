"""Writing the audit ledger: called by services inside their own transaction, by nobody else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from warrant.apps.audit.models import AuditRow
from warrant.apps.foundation.log import append_entry
from warrant.core.access import Actor
from warrant.core.standards.id_number import without_id_numbers

STREAM = "audit"


def record(
    actor: Actor | None,
    action: str,
    subject: str,
    summary: str,
    *,
    now: datetime,
    detail: Mapping[str, object] | None = None,
) -> AuditRow:
    """Append one audit entry in the running transaction.

    ``actor`` is ``None`` for what the system itself did; ``subject`` is ``kind:id``; ``summary`` is one line for
    people; ``detail`` must be JSON. No secret and no whole ID number belongs in any of them; what people typed and reads
    like one is masked here.
    """
    name = actor.name if actor else "system"

    def body(seq: int, version: int) -> bytes:
        text = json.dumps(
            {
                "seq": seq,
                "at": now.astimezone(UTC).isoformat(timespec="microseconds"),
                "account": actor.account_id if actor else None,
                "name": name,
                "action": action,
                "subject": subject,
                "version": version,
                "summary": summary,
                "detail": dict(detail or {}),
            },
            ensure_ascii=False,
            sort_keys=True,
            default=str,
        )
        return without_id_numbers(text).encode()

    entry = append_entry(STREAM, action, subject, body, now=now)
    return AuditRow.objects.create(
        entry=entry,
        at=now,
        account_id=actor.account_id if actor else None,
        account_name=name,
        action=action,
        subject=subject,
        summary=without_id_numbers(summary)[:300],
    )
