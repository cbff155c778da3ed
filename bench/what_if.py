"""Drafts of the conditions tried on the whole register: who would gain or lose, in seconds and seconds of a core.

The limit is 60 seconds for 500,000 officers on two cores (``bench.__main__``). ``python -m bench.what_if OUTPUT`` runs
as the ministry node that holds them (``bench.ministry_with_facts``), *writes*, so take a copy, and leaves the figures as
JSON.

Everybody in post is given a diploma, a course of 60 hours and both papers: where nobody qualifies, a draft changes
nothing, and a trial stops at each person's first missing fact.
"""

from __future__ import annotations

import copy
import json
import os
import sys
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.ministry_with_facts"
django.setup()

from django.db import connection, transaction

from warrant.apps.accounts.models import Account
from warrant.apps.eligibility.selectors.trying import Question, try_out
from warrant.apps.foundation import clock
from warrant.apps.officers.models import Document
from warrant.core.eligibility import NATIONAL
from warrant.core.regulation import canonical

DRAFTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("21 years instead of 18", "age", {"years": 21}),
    ("61 hours instead of 60", "training", {"hours": 61}),
    ("bachelor instead of college", "education", {"floor": "bachelor"}),
    ("secondary school instead of college", "education", {"floor": "secondary"}),
)
"""What the draft asks, the line that differs, and its new parameters."""


_FACTS = (
    """INSERT INTO education_record (education, degree, school, major, graduated_on, recorded_at, proof_id,
        recorded_by_id, officer_id, correction_reason)
    SELECT education, '', '长安大学', '法学', '2012-06-30', '2026-01-01 00:00:00+00:00', {proof}, {account}, id, ''
    FROM officer WHERE state = 'active' AND education <> ''""",
    """INSERT INTO training_record (course, organiser, hours, started_on, finished_on, recorded_at, officer_id, proof_id,
        recorded_by_id, correction_reason)
    SELECT '岗前培训', '交通运输厅', 60, '2026-08-03', '2026-08-14', '2026-08-15 00:00:00+00:00', id, {proof}, {account}, ''
    FROM officer WHERE state = 'active'""",
    """INSERT INTO examination_record (paper, sat_on, organiser, score, pass_mark, recorded_at, officer_id, proof_id,
        recorded_by_id, correction_reason)
    SELECT 'special-law', '2026-09-01', '交通运输厅', 82.5, 60, '2026-09-20 00:00:00+00:00', id, {proof}, {account}, ''
    FROM officer WHERE state = 'active'""",
    """INSERT INTO examination_record (paper, sat_on, organiser, score, pass_mark, recorded_at, officer_id, proof_id,
        recorded_by_id, correction_reason)
    SELECT 'general-law', '2026-09-15', '交通运输厅', 82.5, 60, '2026-09-20 00:00:00+00:00', id, {proof}, {account}, ''
    FROM officer WHERE state = 'active'""",
)


def _furnish() -> None:
    """Give everybody in post what a first issue asks for."""
    account = Account.objects.order_by("pk")[0]
    proof = Document.system.create(
        digest="f" * 64,
        media_type="application/pdf",
        size=9,
        file_name="proof.pdf",
        permission="officer.view",
        uploaded_at=clock.now(),
    )
    with connection.cursor() as cursor:
        for statement in _FACTS:
            cursor.execute(statement.format(proof=proof.pk, account=account.pk))
        cursor.execute("ANALYZE")


def _rules(rule_id: str = "", parameters: Mapping[str, Any] | None = None) -> bytes:
    """Return the nation's conditions with one changed; without the photo, which would be half a million documents."""
    content = copy.deepcopy(dict(NATIONAL))
    for line in content["lines"]:
        if line["id"] == rule_id:
            line["parameters"].update(parameters or {})
        if line["id"] == "photo":
            line["is_asked"] = False
    return canonical(content)


def run() -> list[dict[str, Any]]:
    """Try each draft, and return what it found and took."""
    on = clock.today() + timedelta(days=1)
    present = _rules()
    figures = []
    for words, rule_id, parameters in DRAFTS:
        begun, spent = time.monotonic(), sum(os.times()[:4])
        tally = try_out(Question(present, _rules(rule_id, parameters), on), lambda _done, _total: None)
        figures.append(
            {
                "draft": words,
                "people": tally.looked_at,
                "gain": tally.gain,
                "lose": tally.lose,
                "seconds": round(time.monotonic() - begun, 1),
                "core_seconds": round(sum(os.times()[:4]) - spent, 1),
            }
        )
        sys.stderr.write(f"{figures[-1]}\n")
    return figures


if __name__ == "__main__":
    with transaction.atomic():
        _furnish()
    Path(sys.argv[1]).write_text(json.dumps(run(), indent=1), encoding="utf-8")
