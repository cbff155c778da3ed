"""Drafts of the conditions tried on the whole register: who would gain or lose, in seconds and seconds of one core.

The limit is 60 seconds for 500,000 officers on two cores (``bench.__main__``). ``python -m bench.what_if OUTPUT`` runs as the ministry node
that holds them, with the tables of a province to read facts from, and writes the figures as JSON; it only reads.
"""

from __future__ import annotations

import copy
import json
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from warrant.nodes.start import prepare_django

prepare_django()

from django.conf import settings

from warrant.apps.eligibility.selectors.trying import make_trial, try_out
from warrant.apps.foundation import clock
from warrant.core.eligibility import NATIONAL, Ruleset, parse
from warrant.nodes.wiring import PROVINCE_ELIGIBILITY_FACTS

DRAFTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("21 years instead of 18", "age", {"years": 21}),
    ("61 hours instead of 60", "training", {"hours": 61}),
    ("bachelor instead of college", "education", {"floor": "bachelor"}),
    ("200 hours a year instead of 60", "in-service-hours", {"hours": 200}),
)
"""What the draft asks, the line that differs, and its new parameters."""


def _draft(rule_id: str, parameters: dict[str, Any]) -> Ruleset:
    content = copy.deepcopy(dict(NATIONAL))
    for line in content["lines"]:
        if line["id"] == rule_id:
            line["parameters"].update(parameters)
    return parse(content)


def run() -> list[dict[str, Any]]:
    """Try each draft, and return what it found and took."""
    settings.WARRANT_ELIGIBILITY_FACTS = PROVINCE_ELIGIBILITY_FACTS
    on = clock.today() + timedelta(days=1)
    present = parse(NATIONAL)
    figures = []
    for words, rule_id, parameters in DRAFTS:
        begun, spent = time.monotonic(), time.process_time()
        tally = try_out(make_trial(present, _draft(rule_id, parameters), on, ""), lambda _done, _total: None)
        figures.append(
            {
                "draft": words,
                "people": tally.looked_at,
                "gain": tally.gain,
                "lose": tally.lose,
                "seconds": round(time.monotonic() - begun, 1),
                "core_seconds": round(time.process_time() - spent, 1),
            }
        )
        sys.stderr.write(f"{figures[-1]}\n")
    return figures


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(run(), indent=1), encoding="utf-8")
