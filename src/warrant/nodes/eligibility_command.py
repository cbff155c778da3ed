"""``warrant eligibility``: the conditions of one officer on a day, for operators and other programs."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from uuid import UUID

from warrant.apps.eligibility.selectors import explanation_for
from warrant.apps.eligibility.selectors.documents import explanation_document
from warrant.apps.eligibility.selectors.wording import condition_of
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
