"""Reading results: of one officer, for pages, the chain and the conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import CharField, DecimalField, QuerySet, Value
from django.utils.translation import gettext as _

from warrant.apps.examinations.models import ExaminationRecord
from warrant.apps.examinations.selectors.claims import claim_state, waiting_claims
from warrant.apps.foundation import clock
from warrant.apps.officers.models import COUNTING, Officer
from warrant.apps.officers.selectors.corrected import parted, past_line
from warrant.apps.officers.selectors.register import is_own
from warrant.apps.officers.types import ChainLink, Panel
from warrant.apps.regulations.selectors import in_force
from warrant.apps.regulations.selectors.versions import own_jurisdiction
from warrant.apps.training.selectors import can_record, courses_of
from warrant.core.access import Actor, Permission, is_permitted
from warrant.core.eligibility import Ruleset
from warrant.core.ports import PaperSection
from warrant.core.qualification.examination import PAPERS, counts_until
from warrant.core.regulation import RegulationKind

HOURS_ASKED = 60
"""What the link of the chain counts against; the rule itself stands in core.eligibility."""


DAYS_OF_WARNING = 90
PAPER_CHECKS = frozenset(f"{paper}-paper" for paper in PAPERS)
"""The conditions that say how long a pass counts."""


def paper_name(paper: str) -> str:
    """Return the name of a paper in the language of the request."""
    return _(PAPERS[paper])


def _results(officer: Officer) -> QuerySet[ExaminationRecord]:
    """Return the results that count, latest first."""
    return officer.examinations.filter(COUNTING).order_by("-sat_on", "-id")


def examinations_of(officer: Officer) -> list[ExaminationRecord]:
    """Return the results, latest first; the caller has checked that the viewer may see them."""
    return list(_results(officer).select_related("proof", "recorded_by"))


def passed_year(examinations: Sequence[ExaminationRecord]) -> int:
    """Return the year of the last examination passed; 0 without one."""
    return max((row.sat_on.year for row in examinations if row.is_passed), default=0)


def years_of_validity(on: date) -> dict[str, int]:
    """Return for how many years a pass of each paper counts by the conditions of a day; a paper without limit is missing."""
    rules: Ruleset = in_force(RegulationKind.ELIGIBILITY, own_jurisdiction(), on).document
    return {
        line.check_name.removesuffix("-paper"): line.parameters["years"]
        for line in rules.lines
        if line.check_name in PAPER_CHECKS and line.counts_on(on)
    }


@dataclass(frozen=True)
class Shown:
    """One result as the officer's page shows it: how often the paper was sat by then, how long the pass counts."""

    row: ExaminationRecord
    paper: str
    attempt: int
    counts_until: date | None
    warning: Mapping[str, str]


def _shown(results: Sequence[ExaminationRecord], on: date) -> list[Shown]:
    """Return the results, latest first as they came."""
    years = years_of_validity(on)
    found = []
    for place, row in enumerate(results):
        until = counts_until(row.sat_on, years[row.paper]) if row.is_passed and row.paper in years else None
        warning: Mapping[str, str] = {}
        if until is not None and until < on:
            warning = {"word": _("已过有效期"), "tone": "ended"}
        elif until is not None and until < on + timedelta(days=DAYS_OF_WARNING):
            warning = {"word": _("即将到期"), "tone": "attention"}
        attempt = sum(1 for other in results[place:] if other.paper == row.paper)
        found.append(Shown(row, paper_name(row.paper), attempt, until, warning))
    return found


def officer_panel(viewer: Actor, officer: Officer) -> Panel | None:
    """Return the box on the officer's page: results with their proofs."""
    if not (is_own(viewer, officer) or is_permitted(viewer, Permission.OFFICER_VIEW, officer.place)):
        return None
    rows = officer.examinations.order_by("-sat_on", "-id").select_related("proof", "recorded_by")
    results, past = parted(list(rows))
    return Panel(
        title=_("考试"),
        template="examinations/panel.jinja",
        context={
            "examinations": _shown(results, clock.today()),
            "waiting": [
                (row, paper_name(row.paper), claim_state(row))
                for row in waiting_claims(officer)
                if row.result_id is None
            ],
            "can_record": can_record(viewer, officer),
            "past": [
                past_line(old, f"{paper_name(old.row.paper)} {old.row.score} {old.row.sat_on}")
                for old in past
            ],
        },
        order=41,
        count=len(results),
        anchor="examinations",
    )


def record_sheet_sections(officer: Officer, on: date) -> list[tuple[int, PaperSection]]:
    """Return the results of the record sheet, as far as they lie on or before the day."""
    results = [
        (
            row.sat_on.isoformat(),
            paper_name(row.paper),
            row.organiser,
            f"{row.score} / {row.pass_mark}",
            _("合格") if row.is_passed else _("不合格"),
        )
        for row in examinations_of(officer)
        if row.sat_on <= on
    ]
    heads = (_("考试日期"), _("科目"), _("组织单位"), _("成绩 / 合格线"), _("结果"))
    return [(40, PaperSection(_("考试"), heads, (3, 5, 6, 4, 2), results))]


class _Achieved(NamedTuple):
    """A course (``paper`` is empty) or a result, as far as the chain needs it."""

    paper: str
    hours: int
    score: Decimal
    pass_mark: Decimal
    on: date
    organiser: str
    recorded_at: datetime
    person: str
    pk: int


_RECORDED = ("organiser", "recorded_at", "recorded_by__display_name", "pk")
_NO_MARK = Value(Decimal(0), output_field=DecimalField(max_digits=5, decimal_places=1))


def _achieved_by(officer: Officer) -> list[_Achieved]:
    """Return courses and results, latest first, in one query: many pages show the chain."""
    courses = courses_of(officer).order_by()
    results = _results(officer).order_by()
    rows = courses.values_list(
        Value("", output_field=CharField()), "hours", _NO_MARK, _NO_MARK, "finished_on", *_RECORDED
    ).union(
        results.values_list("paper", Value(0), "score", "pass_mark", "sat_on", *_RECORDED),
        all=True,
    )
    return sorted((_Achieved(*row) for row in rows), key=lambda row: (row.on, row.pk), reverse=True)


def chain_links(officer: Officer) -> list[ChainLink]:
    """Return the link "qualified": whole once the hours and both papers are there."""
    achieved = _achieved_by(officer)
    trainings = [row for row in achieved if not row.paper]
    examinations = [row for row in achieved if row.paper]
    hours = sum(row.hours for row in trainings)
    passed = {row.paper: row for row in reversed(examinations) if row.score >= row.pass_mark}
    title = _("培训考试")
    if hours >= HOURS_ASKED and len(passed) == len(PAPERS):
        last = max([*passed.values(), *trainings], key=lambda row: row.recorded_at)
        day = max(row.on for row in (*passed.values(), *trainings))
        return [ChainLink(title, "whole", at=day, unit=last.organiser, person=last.person, order=20)]
    if not achieved:
        return [ChainLink(title, "pending", order=20)]
    lacking = [paper_name(paper) for paper in PAPERS if paper not in passed]
    parts = [_("%(hours)s/60 学时") % {"hours": hours}] if hours < HOURS_ASKED else []
    parts += [_("%(paper)s未通过") % {"paper": name} for name in lacking]
    return [ChainLink(title, "current", note="；".join(parts), order=20)]
