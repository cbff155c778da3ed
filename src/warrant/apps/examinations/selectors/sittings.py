"""Reading sittings: the list, one of them with its candidates, and what waits for whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import F, Max, Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.examinations.models import (
    Candidate,
    EnteredScore,
    Entry,
    ExaminationRecord,
    ResultClaim,
    Sitting,
)
from warrant.apps.examinations.selectors.below import sees_all
from warrant.apps.examinations.selectors.claims import claims_queue
from warrant.apps.examinations.selectors.results import examinations_of, paper_name
from warrant.apps.examinations.types import STATE_FACES
from warrant.apps.foundation import clock
from warrant.apps.foundation.ports import port
from warrant.apps.foundation.work import Queue, WorkItem, waits_from
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.uses import counted
from warrant.apps.officers.types import ListAction
from warrant.apps.organisations.models import Agency
from warrant.apps.rosters.types import Workbooks
from warrant.apps.training.selectors import courses_of
from warrant.core.access import Actor, Permission, is_permitted
from warrant.core.errors import N_
from warrant.core.lifecycle import SittingState
from warrant.core.qualification.examination import Attempt
from warrant.core.qualification.scores import ABSENT, PEOPLE_NEEDED, agreed

ENROL_CHOSEN = ListAction(
    "sit-examination", N_("安排考试"), Permission.TRAINING_RECORD, "sitting-enrol", "clipboard-pen"
)
"""What the list of officers offers for those chosen."""


def workbooks() -> Workbooks:
    """Return the reader of spreadsheet files."""
    return cast("Workbooks", port("workbooks"))


def held_sitting_for(viewer: Actor, pk: int) -> Sitting:
    """Return one sitting of a unit in the viewer's scope: units below a sitting reach no scores. Raises: NotFound."""
    found: Sitting = Sitting.objects.get_visible(viewer, Permission.OFFICER_VIEW, pk=pk)
    return found


def organisers_for(viewer: Actor) -> list[tuple[int, str]]:
    """Return the units over which the viewer holds the right itself: those that can hold an examination."""
    grants = viewer.grants_for(Permission.TRAINING_RECORD)
    units = Agency.objects.filter(pk__in={grant.unit_id for grant in grants}).order_by("code")
    return list(units.values_list("pk", "name"))


def attempts_of(officer: Officer) -> list[Attempt]:
    """Return what the officer has sat: results that count, and sittings of which the scores are not in yet."""
    found = [Attempt(row.paper, row.sat_on, row.is_passed) for row in examinations_of(officer)]
    waiting = Candidate.objects.filter(officer=officer, sitting__state=SittingState.PLANNED.value)
    found += [
        Attempt(paper, sat_on, False)
        for paper, sat_on in waiting.values_list("sitting__paper", "sitting__sat_on")
    ]
    return found


def hours_of(officer: Officer) -> int:
    """Return the class hours on the officer's record."""
    return sum(courses_of(officer).values_list("hours", flat=True))


def entries_of(sitting: Sitting) -> list[Entry]:
    """Return who has entered the scores, by seat."""
    return list(sitting.entries.order_by("seat"))


def differing(sitting: Sitting) -> set[int]:
    """Return the candidates on whose score the first two people do not agree; empty before both have entered."""
    entered: dict[int, list[str]] = {}
    rows = EnteredScore.objects.filter(entry__sitting=sitting).order_by("entry__seat")
    for key, score in rows.values_list("candidate_id", "score"):
        entered.setdefault(key, []).append(score)
    return {key for key, scores in entered.items() if len(scores) >= PEOPLE_NEEDED and agreed(scores) is None}


def score_words(score: str) -> str:
    """Return a score as people read it."""
    return _("缺考") if score == ABSENT else score


@dataclass(frozen=True)
class CandidateRow:
    """One candidate as a page shows them. ``entered``: what the viewer may see of what was entered, by seat."""

    candidate: Candidate
    differs: bool
    entered: Mapping[int, str]

    @property
    def word(self) -> dict[str, str]:
        """What became of the candidate, with its tone."""
        if self.candidate.result is not None:
            passed = self.candidate.result.is_passed
            return {"word": _("合格") if passed else _("不合格"), "tone": "valid" if passed else "broken"}
        if self.candidate.sitting.state == SittingState.RECORDED:
            return {"word": _("缺考"), "tone": "ended"}
        if self.differs:
            return {"word": _("两人登记不一致"), "tone": "attention"}
        return {"word": _("待登记"), "tone": "waiting"}


def candidate_rows(viewer: Actor, sitting: Sitting) -> list[CandidateRow]:
    """Return the candidates by number; scores are blind: before two agree, a person sees only the own ones.

    A third person sees both where they differ. From a unit below the one that holds it, one sees the own people only.
    """
    entries = {entry.pk: entry for entry in entries_of(sitting)}
    mine = {entry.pk for entry in entries.values() if entry.account_id == viewer.account_id}
    is_over = sitting.state == SittingState.RECORDED
    by_candidate: dict[int, dict[int, str]] = {}
    for entry_pk, key, score in EnteredScore.objects.filter(entry__sitting=sitting).values_list(
        "entry_id", "candidate_id", "score"
    ):
        by_candidate.setdefault(key, {})[entry_pk] = score
    candidates = sitting.candidates.select_related("officer__agency", "result", "sitting").order_by("number")
    if not sees_all(viewer, sitting):
        own = Officer.objects.visible_to(viewer, Permission.OFFICER_VIEW)
        candidates = candidates.filter(officer__in=own.values("pk"))
    found = []
    for candidate in candidates:
        given = by_candidate.get(candidate.pk, {})
        differs = len(given) >= PEOPLE_NEEDED and agreed(list(given.values())) is None
        is_third = not mine and differs and is_permitted(viewer, Permission.TRAINING_RECORD, sitting.place)
        shown = {
            entries[pk].seat: score_words(score)
            for pk, score in given.items()
            if is_over or is_third or pk in mine
        }
        found.append(CandidateRow(candidate, differs, shown))
    return found


def may_enter(viewer: Actor, sitting: Sitting) -> bool:
    """Tell whether it is the viewer's turn to enter scores."""
    if (
        sitting.state != SittingState.PLANNED
        or sitting.sat_on > clock.today()
        or not is_permitted(viewer, Permission.TRAINING_RECORD, sitting.place)
    ):
        return False
    accounts = [entry.account_id for entry in entries_of(sitting)]
    if viewer.account_id in accounts:
        return len(accounts) >= PEOPLE_NEEDED
    return len(accounts) <= PEOPLE_NEEDED


def state_of(sitting: Sitting) -> dict[str, str]:
    """Return word and tone of a sitting's state."""
    word, tone = STATE_FACES[sitting.state]
    return {"word": _(word), "tone": tone}


def _item(sitting: Sitting) -> WorkItem:
    is_late = sitting.scores_due_on < clock.today()
    return WorkItem(
        kind="sitting",
        title=_("登记考试成绩：%(paper)s") % {"paper": paper_name(sitting.paper)},
        detail=f"{sitting.sat_on} {sitting.venue}",
        url=reverse("sitting-detail", args=[sitting.pk]),
        waiting_since=waits_from(sitting.sat_on, sitting.planned_at),
        tone="broken" if is_late else "waiting",
        action=_("登记"),
    )


def work_queues(viewer: Actor) -> list[Queue]:
    """Return the sittings whose scores the viewer can enter, and the results that wait for a second person."""
    if not viewer.has_anywhere(Permission.TRAINING_RECORD):
        return []
    sat = Sitting.objects.visible_to(viewer, Permission.TRAINING_RECORD).filter(
        state=SittingState.PLANNED.value, sat_on__lte=clock.today()
    )
    seats = sat.annotate(
        taken=Max("entries__seat"), mine=Min("entries__seat", filter=Q(entries__account_id=viewer.account_id))
    )
    waiting = seats.filter(Q(mine=None) | Q(taken__gte=PEOPLE_NEEDED)).order_by("sat_on", "planned_at", "pk")
    return [
        Queue(waiting, ("pk", "paper", "sat_on", "venue", "scores_due_on", "planned_at"), _item),
        claims_queue(viewer),
    ]


def officer_uses(pks: Collection[int]) -> list[QuerySet[Any, Any]]:
    """Ask how many results, claims and places on lists of candidates each of the officers has."""
    return [
        counted(ExaminationRecord.objects.filter(officer_id__in=pks), N_("有 %(count)s 次考试成绩")),
        counted(ResultClaim._base_manager.filter(officer_id__in=pks), N_("有 %(count)s 项申报的成绩")),
        counted(Candidate._base_manager.filter(officer_id__in=pks), N_("在 %(count)s 场考试的考生名单中")),
    ]


def passed_condition() -> Q:
    """Return what makes a candidate's result a pass, for counting."""
    return Q(candidates__result__score__gte=F("candidates__result__pass_mark"))
