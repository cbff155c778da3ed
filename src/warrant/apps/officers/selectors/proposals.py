"""Reading what officers propose to correct: for the officer, and for the unit that answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.foundation import clock
from warrant.apps.foundation.work import Queue, WorkItem
from warrant.apps.officers.models import Officer, Proposal, ProposedField
from warrant.apps.officers.selectors.register import code_name, is_own
from warrant.apps.officers.types import Panel
from warrant.core.access import Actor, Permission, is_permitted
from warrant.core.errors import N_, NotFound
from warrant.core.lifecycle import ProposalState
from warrant.core.standards import codes
from warrant.core.standards.code_table import CodeTable

PROPOSED_FIELDS: Mapping[str, str] = {
    "name": N_("姓名"),
    "ethnicity": N_("民族"),
    "political_status": N_("政治面貌"),
    "education": N_("学历"),
    "degree": N_("学位"),
    "school": N_("毕业院校"),
    "major": N_("所学专业"),
    "post": N_("岗位"),
    "position": N_("职务"),
    "work_started": N_("参加工作时间"),
    "enforcement_started": N_("从事执法时间"),
    "phone": N_("联系电话"),
}
"""What officers may propose themselves. Unit, categories and ID number have ways of their own."""

_TABLES: Mapping[str, CodeTable] = {
    "ethnicity": codes.ETHNIC_GROUP,
    "political_status": codes.POLITICAL_STATUS,
    "education": codes.EDUCATION,
    "degree": codes.DEGREE,
}

ANSWERS_SHOWN = timedelta(days=14)
"""How long an answer stands among the officer's work."""

STATE_FACES = {
    ProposalState.OPEN: (N_("待单位答复"), "waiting"),
    ProposalState.ANSWERED: (N_("已答复"), "valid"),
    ProposalState.WITHDRAWN: (N_("已撤回"), "ended"),
}


def state_face(proposal: Proposal) -> dict[str, str]:
    """Return how the state is called and coloured."""
    word, tone = STATE_FACES[ProposalState(proposal.state)]
    return {"word": _(word), "tone": tone}


def proposed_values(officer: Officer) -> dict[str, str]:
    """Return what the record says now in the fields that may be proposed, as the form holds it: codes where there are."""
    values = {field: str(getattr(officer, field, "") or "") for field in PROPOSED_FIELDS}
    for field, column, precision in (
        ("work_started", officer.work_started_on, officer.work_started_precision),
        ("enforcement_started", officer.enforcement_started_on, officer.enforcement_started_precision),
    ):
        length = {"year": 4, "month": 7}.get(precision, 10)
        values[field] = column.isoformat()[:length] if column else ""
    return values


def shown(field: str, text: str) -> str:
    """Return a proposed text in words: the name of a code, the text itself otherwise."""
    table = _TABLES.get(field)
    return (code_name(table, text) or text) if table else text


def proposal_for(viewer: Actor, pk: int) -> Proposal:
    """Return a proposal of the viewer's units, or the viewer's own.

    Raises:
        NotFound: there is none, or it lies out of scope.
    """
    rows = Proposal.objects.visible_to(viewer, Permission.OFFICER_VIEW).filter(pk=pk)
    if viewer.officer_uid and viewer.has_anywhere(Permission.OWN_RECORD):
        rows |= Proposal.system.filter(pk=pk, officer__uid=viewer.officer_uid)
    found = rows.select_related("officer__agency", "proof", "proposed_by", "answered_by").first()
    if found is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return found


def open_proposal_of(officer: Officer) -> Proposal | None:
    """Return the officer's proposal that waits for an answer, if there is one."""
    return Proposal.system.filter(officer=officer, state=ProposalState.OPEN.value).first()


def proposals_waiting(viewer: Actor) -> QuerySet[Proposal]:
    """Return the proposals that the viewer may answer."""
    rows = Proposal.objects.visible_to(viewer, Permission.OFFICER_EDIT).filter(state=ProposalState.OPEN.value)
    if viewer.officer_uid:
        rows = rows.exclude(officer__uid=viewer.officer_uid)
    return rows.select_related("officer__agency")


def work_queues(viewer: Actor) -> list[Queue]:
    """Return the proposals that wait for an answer of this person, oldest first; to officers, what was answered lately."""
    if viewer.officer_uid and viewer.has_anywhere(Permission.OWN_RECORD):
        since = clock.now() - ANSWERS_SHOWN
        answered = Proposal.system.filter(officer__uid=viewer.officer_uid, answered_at__gte=since)
        return [Queue(answered.order_by("answered_at"), ("pk", "reason", "answered_at"), _answered_item)]
    if not viewer.has_anywhere(Permission.OFFICER_EDIT):
        return []
    fields = ("pk", "proposed_at", "officer__name", "officer__agency__name")
    return [Queue(proposals_waiting(viewer).order_by("proposed_at"), fields, _waiting_item)]


def _waiting_item(row: Proposal) -> WorkItem:
    return WorkItem(
        kind="proposal",
        title=_("%(name)s申请更正本人档案") % {"name": row.officer.name},
        detail=row.officer.agency.name,
        url=reverse("proposal-detail", args=[row.pk]),
        waiting_since=row.proposed_at,
    )


def _answered_item(row: Any) -> WorkItem:
    return WorkItem(
        kind="proposal",
        title=_("单位已答复您的更正申请"),
        detail=row.reason,
        url=reverse("proposal-detail", args=[row.pk]),
        waiting_since=row.answered_at,
        tone="valid",
    )


def fields_of(proposal: Proposal) -> list[dict[str, Any]]:
    """Return the fields of a proposal in the order of the form, in words, with the answers."""
    order = list(PROPOSED_FIELDS)
    rows = sorted(proposal.fields.all(), key=lambda row: order.index(row.field))
    current = proposed_values(proposal.officer)
    words = {
        ProposedField.Answer.ACCEPTED: {"word": _("已采纳"), "tone": "valid"},
        ProposedField.Answer.REFUSED: {"word": _("未采纳"), "tone": "broken"},
    }
    return [
        {
            "field": row.field,
            "label": _(PROPOSED_FIELDS[row.field]),
            "before": shown(row.field, row.before),
            "after": shown(row.field, row.after),
            "now": shown(row.field, current[row.field]) if current[row.field] != row.before else "",
            "answer": words.get(ProposedField.Answer(row.answer)),
            "reason": row.answer_reason,
        }
        for row in rows
    ]


def officer_panel(viewer: Actor, officer: Officer) -> Panel | None:
    """Return the box of the officer's proposals, on the own page and on that of the unit."""
    if not (is_own(viewer, officer) or is_permitted(viewer, Permission.OFFICER_EDIT, officer.place)):
        return None
    rows = list(Proposal.system.filter(officer=officer).order_by("-pk")[:10])
    if not rows:
        return None
    return Panel(
        title=_("更正申请"),
        template="officers/proposal_panel.jinja",
        context={"proposals": [(row, state_face(row)) for row in rows]},
        order=35,
        count=len(rows),
        anchor="proposals",
    )
