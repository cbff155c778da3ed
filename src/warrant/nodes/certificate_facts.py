"""What certificates tell the conditions: those that a person holds or held, and how each stood on the day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from warrant.apps.certificates.models import Certificate, CertificateEntry
from warrant.apps.eligibility.selectors.sources import local_day
from warrant.apps.eligibility.types import FactSource, Row, Who
from warrant.apps.officers.selectors.history import end_of
from warrant.core.eligibility import CertificateFact, Fact, Source
from warrant.core.lifecycle import CERTIFICATE, CertificateState


def _held(who: Who, on: date, is_past: bool) -> QuerySet[Any]:
    rows = Certificate.system.filter(who.of("officer_id"), created_at__lt=end_of(on))
    if not is_past:
        return rows.annotate(stood=F("state"), since=F("changed_at"))
    entries = CertificateEntry.objects.filter(certificate=OuterRef("pk"))
    then = entries.filter(happened_at__lt=end_of(on)).order_by("-happened_at", "-pk")
    later = entries.filter(happened_at__gte=end_of(on)).order_by("happened_at", "pk")
    return rows.annotate(
        stood=Coalesce(
            Subquery(then.values("to_state")[:1]), Subquery(later.values("from_state")[:1]), F("state")
        ),
        since=Coalesce(Subquery(then.values("happened_at")[:1]), F("created_at")),
    )


def _read(rows: Sequence[Row], on: date, facts: dict[str, Fact]) -> None:
    if not rows:
        facts["certificates"] = Fact((), Source.CERTIFICATE, on)
        return
    found = []
    for row in sorted(rows, key=lambda row: int(row["id"]), reverse=True):
        state = CertificateState(row["stood"])
        ended_on = local_day(row["since"]) if state in CERTIFICATE.final else None
        found.append(
            CertificateFact(row["number"], state.value, date.fromisoformat(row["valid_until"]), ended_on)
        )
    last = max(local_day(row["since"]) for row in rows)
    facts["certificates"] = Fact(tuple(found), Source.CERTIFICATE, min(last, on))


CERTIFICATES = FactSource(
    ("certificates",), _held, "officer_id", ("id", "number", "stood", "since", "valid_until"), _read
)
