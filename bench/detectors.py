"""The standing detectors over the whole register: seconds for a first look and for a daily one that finds the same.

The limit is 60 seconds for 500,000 officers on two cores. ``python -m bench.detectors OUTPUT`` runs as a node that
holds them and *writes*: take a copy. The officers of the measured nation bring no certificates of their own on the
ministry's node, so each gets the one that the officer's row tells of, a card in hand and a line of last year's review.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from warrant.nodes.start import prepare_django

prepare_django()

from django.db import connection, models, transaction

from warrant.apps.accounts.models import Account
from warrant.apps.cardcentre.models import Card, CardBatch, CardStore
from warrant.apps.certificates.models import Certificate, StatusList
from warrant.apps.detectors.models import CaseFigures, Finding
from warrant.apps.detectors.services.looking import look_with
from warrant.apps.foundation import clock
from warrant.apps.organisations.models import Agency
from warrant.apps.reviews.models import ReviewCampaign, ReviewLine
from warrant.core.access import Level
from warrant.core.qualification.detection import Detector

_LOOSE = {
    "sqlite": "PRAGMA foreign_keys=OFF",
    "postgresql": "SET session_replication_role=replica",
}
"""No filings stand behind these certificates."""
MISSED_EVERY = 40
"""Every so-manieth certificate missed last year's review."""


def _insert(model: type[models.Model], expressions: Mapping[str, str], source: str) -> None:
    """Insert a row of ``model`` for each row of ``source``; what ``expressions`` leave out has the field's default."""
    columns: list[str] = []
    values: list[str] = []
    for field in model._meta.concrete_fields:
        if field.primary_key or field.column is None:
            continue
        columns.append(field.column)
        if field.column in expressions:
            values.append(expressions[field.column])
        elif field.null:
            values.append("NULL")
        else:
            default = field.get_default()
            shown = str(default).upper() if isinstance(default, bool) else f"'{default or 0}'"
            values.append("''" if isinstance(field, models.CharField | models.TextField) else shown)
    statement = (
        f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) SELECT {', '.join(values)} {source}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)


def prepare() -> None:
    """Give every officer the certificate, the card and the line of a review that the officer's row tells of."""
    now, today = clock.now(), clock.today()
    clerk = Account.objects.earliest("pk")
    status_list = StatusList.objects.create(name="bench", size=1 << 20)
    store, _ = CardStore.objects.get_or_create(kind="central", defaults={"name": "bench"})
    batch = CardBatch.objects.create(
        supplier="bench",
        first_serial="0",
        last_serial="9",
        count=1,
        state="usable",
        received_by=clerk,
        received_at=now,
    )
    campaign = ReviewCampaign.objects.create(
        year=today.year - 1,
        due_on=today - timedelta(days=30),
        warned_from=today - timedelta(days=90),
        regulation_digest="0" * 64,
        opened_by=clerk,
        opened_by_name="bench",
        opened_at=now,
    )
    places = ("province_unit", "city_unit", "county_unit", "agency_unit")
    at = {name: f"o.{name}" for name in places}
    _insert(
        Certificate,
        {
            **at,
            "number": "o.certificate_number",
            "officer_id": "o.id",
            "filing_request_id": "0",
            "categories": "o.categories",
            "agency_name": "a.name",
            "state": "o.certificate_state",
            "valid_from": "DATE(o.entered_at)",
            "valid_until": "COALESCE(o.certificate_valid_until, DATE(o.entered_at))",
            "status_list_id": str(status_list.pk),
            "status_index": "o.id",
            "created_at": "o.entered_at",
            "changed_at": "o.entered_at",
        },
        "FROM officer o JOIN agency a ON a.id = o.agency_id WHERE o.certificate_number <> '' AND o.certificate_state <> ''",
    )
    _insert(
        Card,
        {
            "serial": "c.number",
            "state": "'handed-over'",
            "batch_id": str(batch.pk),
            "store_id": str(store.pk),
            "certificate_id": "c.id",
            "key_suite": "'sm4'",
            "handed_over_at": "c.created_at",
            "changed_at": "c.created_at",
        },
        "FROM certificate c",
    )
    _insert(
        ReviewLine,
        {
            **{name: f"c.{name}" for name in places},
            "campaign_id": str(campaign.pk),
            "certificate_id": "c.id",
            "officer_id": "c.officer_id",
            "facts": "'{}'",
            "findings": "'[]'",
            "is_clean": "TRUE",
            "state": f"CASE WHEN c.id % {MISSED_EVERY} = 0 THEN 'open' ELSE 'passed' END",
        },
        "FROM certificate c WHERE c.state = 'active'",
    )
    province = Agency.objects.filter(level=Level.PROVINCE.value).earliest("code")
    figures = CaseFigures(
        unit=province,
        from_on=today - timedelta(days=400),
        until_on=today - timedelta(days=5),
        file_name="bench",
        file_digest="0" * 64,
        row_count=0,
        handed_in_by=clerk,
        handed_in_by_name="bench",
        handed_in_at=now,
    )
    figures.put_at(province.place)
    figures.save()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _look(words: str) -> dict[str, Any]:
    begun, spent, by_detector = time.monotonic(), time.process_time(), {}
    now = clock.now()
    for detector in Detector:
        at = time.monotonic()
        found = look_with(detector, now=now)
        by_detector[detector.value] = [
            found.holding, found.opened, found.resolved, round(time.monotonic() - at, 1),
        ]  # fmt: skip
    row = {
        "look": words,
        "findings": Finding.system.filter(is_pending=True).count(),
        "seconds": round(time.monotonic() - begun, 1),
        "core_seconds": round(time.process_time() - spent, 1),
        "by_detector": by_detector,
    }
    sys.stderr.write(f"{row}\n")
    return row


def run() -> list[dict[str, Any]]:
    """Look three times: at a register nobody looked at, at the same, and after every tenth finding was mended."""
    if not Certificate.system.exists():
        with connection.cursor() as cursor:
            cursor.execute(_LOOSE[connection.vendor])
        with transaction.atomic():
            prepare()
    figures = [_look("first"), _look("the next day")]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE officer SET post = '' WHERE id IN (SELECT officer_id FROM finding WHERE id % 10 = 0)"
        )
    return [*figures, _look("after every tenth was mended")]


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(run(), indent=1, ensure_ascii=False), encoding="utf-8")
