"""``warrant eligibility``: the conditions of one officer on a day, and what a draft of them would change."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from uuid import UUID

from warrant.apps.eligibility.selectors import explanation_for
from warrant.apps.eligibility.selectors.documents import explanation_document
from warrant.apps.eligibility.selectors.reports import unit_lines
from warrant.apps.eligibility.selectors.wording import condition_of
from warrant.apps.eligibility.services.trying import draft_to_try, work_out
from warrant.apps.foundation import clock
from warrant.apps.officers.models import Officer
from warrant.core.eligibility import results_to_json
from warrant.core.errors import WarrantError


def _officer(text: str) -> Officer | None:
    try:
        uid = UUID(text)
    except ValueError:
        return None
    return Officer.system.select_related("agency").filter(uid=uid).first()


def explain(arguments: argparse.Namespace) -> int:
    """Print every condition of an officer on a day; exit status 1 if one is not met, 2 if there is nobody to explain."""
    officer = _officer(arguments.officer)
    if officer is None:
        sys.stderr.write(f"no officer of uid {arguments.officer}\n")
        return 2
    try:
        on = date.fromisoformat(arguments.on) if arguments.on else clock.today()
        explanation = explanation_for(officer, on, arguments.kind)
    except ValueError:
        sys.stderr.write(f"not a day: {arguments.on}\n")
        return 2
    except WarrantError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if arguments.json:
        document = explanation_document(officer, explanation)
        sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    else:
        for kept in results_to_json(explanation.results):
            row = condition_of(kept)
            sys.stdout.write(f"{row.outcome:8} {row.title}：{row.found}  [{row.basis}]  {row.cure}\n")
    return 0 if explanation.is_met else 1


def what_if(arguments: argparse.Namespace) -> int:
    """Work out what a draft would change, keep the report, and print it by unit; exit status 2 if it cannot be."""
    try:
        version = draft_to_try(arguments.version)
        on = date.fromisoformat(arguments.on) if arguments.on else version.valid_from
        report = work_out(version, on, arguments.kind, account_id=None, now=clock.now())
    except ValueError:
        sys.stderr.write(f"not a day: {arguments.on}\n")
        return 2
    except WarrantError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    units = unit_lines(report)
    if arguments.json:
        document = {
            "report": report.pk,
            "on": report.on.isoformat(),
            "kind": report.kind,
            "changed": report.changed_rules,
            "left_out": report.left_out,
            "looked_at": report.looked_at,
            "gain": report.gain,
            "lose": report.lose,
            "milliseconds": report.milliseconds,
            "units": [vars(unit) for unit in units],
        }
        sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
        return 0
    sys.stdout.write(
        f"{report.looked_at} people, {report.gain} gain, {report.lose} lose, {report.milliseconds / 1000:.1f} s\n"
    )
    for unit in units:
        sys.stdout.write(f"{unit.gain:8} {unit.lose:8}  of {unit.looked_at:8}  {unit.name}\n")
    return 0
