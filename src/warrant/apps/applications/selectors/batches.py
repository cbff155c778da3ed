"""Many waiting cases at once: those of which nothing is to be said stand apart from those that want a look each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from warrant.apps.applications.models import Application, GroundsProof, Opinion
from warrant.apps.applications.selectors.assigning import held_by, own_ids
from warrant.apps.applications.selectors.cases import awaited_permission, decision_bar, holds_step
from warrant.apps.applications.selectors.conditions import case_of
from warrant.apps.applications.selectors.grounds import missing_proof
from warrant.apps.applications.selectors.work import waiting_for_decision
from warrant.apps.applications.types import STATE_FACES
from warrant.apps.eligibility.selectors.explaining import province_code, rules_for
from warrant.apps.eligibility.selectors.facts import facts_of_many, with_case
from warrant.apps.eligibility.selectors.wording import condition_of
from warrant.apps.officers.selectors.register import LAST_CHARACTER
from warrant.apps.regulations.types import InForce
from warrant.core.access import Actor, Permission
from warrant.core.eligibility import Outcome, RuleResult, evaluate, results_to_json
from warrant.core.lifecycle import ApplicationState
from warrant.core.lifecycle.application import STEP_PASS_ACTION

MOST_AT_ONCE = 200
"""Cases that are decided together at most."""

OVERDUE, NEAR = "overdue", "near"


@dataclass(frozen=True)
class SortedCase:
    """A chosen case. ``action`` is how its step is passed; ``reasons``, in words, are why it wants a look of its own."""

    application: Application
    action: str
    reasons: tuple[str, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Tell whether it may be decided together with others."""
        return not self.reasons


def cases_waiting(
    viewer: Actor,
    today: date,
    *,
    holder: str = "",
    step: str = "",
    kind: str = "",
    due: str = "",
    text: str = "",
) -> QuerySet[Application]:
    """Return the cases on which this very person may decide now.

    ``due`` is ``overdue``, ``near`` or nothing; ``holder`` as ``assigning.held_by`` has it.
    """
    rows = held_by(waiting_for_decision(viewer), viewer, holder)
    if step:
        rows = rows.filter(state=step)
    if kind:
        rows = rows.filter(kind=kind)
    if due == OVERDUE:
        rows = rows.filter(due_on__lt=today)
    elif due == NEAR:
        rows = rows.filter(due_on__gte=today, warn_on__lte=today)
    if text:
        number = text.upper()
        rows = rows.filter(number__gte=number, number__lt=number + LAST_CHARACTER) | rows.filter(
            officer__name=text
        )
    return rows


def first_numbers(rows: QuerySet[Application]) -> list[str]:
    """Return the numbers of the cases that are due first, as many as can be decided together."""
    ordered = rows.filter(due_on__isnull=False).order_by("due_on", "pk")
    found = list(ordered.values_list("number", flat=True)[:MOST_AT_ONCE])
    if len(found) < MOST_AT_ONCE:
        others = rows.filter(due_on__isnull=True).order_by("pk").values_list("number", flat=True)
        found += others[: MOST_AT_ONCE - len(found)]
    return found


def sort_out(viewer: Actor, numbers: Sequence[str], on: date) -> list[SortedCase]:
    """Return each of the cases in the viewer's sight, due first, with what speaks against deciding it with others.

    A fixed number of queries, however many cases.
    """
    visible = Application.objects.visible_to(viewer, Permission.APPLICATION_VIEW)
    rows = visible.filter(number__in=numbers[:MOST_AT_ONCE]).select_related(
        "officer__agency__province", "assigned_to"
    )
    rows = rows.prefetch_related(
        Prefetch("opinions", Opinion.objects.order_by("seq")),
        Prefetch("grounds_proofs", GroundsProof.objects.select_related("document").order_by("pk")),
    )
    cases = sorted(rows, key=lambda row: (row.due_on or date.max, row.pk))
    facts = facts_of_many([row.officer_id for row in cases], on)
    rules: dict[str, InForce] = {}
    found = []
    for case in cases:
        code = province_code(case.officer)
        if code not in rules:
            rules[code] = rules_for(case.officer, on)
        known = with_case(facts[case.officer_id], case_of(case), on)
        results = evaluate(rules[code].document, known, on, case.kind)
        action = STEP_PASS_ACTION.get(ApplicationState(case.state), "")
        found.append(SortedCase(case, action, tuple(_reasons(viewer, case, results, on))))
    return found


def _reasons(viewer: Actor, case: Application, results: Sequence[RuleResult], on: date) -> Iterator[str]:
    """Give what speaks against the case; where it does not wait for the viewer at all, nothing but that."""
    if awaited_permission(case) is None:
        yield _("现为“%(state)s”，不等待办理") % {"state": _(STATE_FACES[case.state].word)}
        return
    if not holds_step(viewer, case):
        yield _("本环节由其他单位办理")
        return
    bar = decision_bar(viewer, case, list(case.opinions.all()))
    if bar is not None:
        yield _(bar.message)
        return
    holder = case.assigned_to
    if holder is not None and holder.pk not in own_ids(viewer):
        yield _("由%(name)s承办") % {"name": holder.display_name}
    if case.state not in STEP_PASS_ACTION:
        yield _("复核须逐件办理")
    if case.round > 1:
        yield _("第 %(round)s 轮办理：曾被退回或重新办理") % {"round": case.round}
    if case.marked_fields:
        yield _("有标记的项目")
    if case.due_on is not None and case.due_on < on:
        yield _("已超过办理期限")
    unproven = missing_proof(case, on)
    if unproven:
        yield unproven
    for result, kept in zip(results, results_to_json(results), strict=True):
        if result.outcome is not Outcome.MET:
            condition = condition_of(kept)
            if result.outcome is Outcome.WAIVED:
                yield _("有豁免：%(title)s") % {"title": condition.title}
            else:
                yield _("%(title)s：%(found)s") % {"title": condition.title, "found": condition.found}
