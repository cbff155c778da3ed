"""Reading results that one person claims and another confirms: those of one officer, the list, what waits for whom."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.examinations.models import ResultClaim
from warrant.apps.examinations.types import CLAIM_FACES
from warrant.apps.foundation.work import Queue, WorkItem
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.register import is_own
from warrant.core.access import Actor, Permission, is_permitted
from warrant.core.lifecycle import ClaimState


def claims_for(viewer: Actor) -> QuerySet[ResultClaim]:
    """Return the claims in the viewer's scope."""
    return ResultClaim.objects.visible_to(viewer, Permission.OFFICER_VIEW).select_related("officer__agency")


def claim_for(viewer: Actor, pk: int) -> ResultClaim:
    """Return one claim in the viewer's scope. Raises: NotFound."""
    found: ResultClaim = ResultClaim.objects.get_visible(viewer, Permission.OFFICER_VIEW, pk=pk)
    return found


def waiting_claims(officer: Officer) -> list[ResultClaim]:
    """Return what waits for a second person; the caller has checked that the viewer may see it."""
    return list(officer.result_claims.filter(state=ClaimState.ASKED.value).order_by("sat_on", "pk"))


def can_decide(viewer: Actor, row: ResultClaim) -> bool:
    """Tell whether the viewer may confirm or refuse a claim: neither who made it, nor the officer."""
    return (
        row.state == ClaimState.ASKED
        and row.asked_by_id != viewer.account_id
        and not is_own(viewer, row.officer)
        and is_permitted(viewer, Permission.TRAINING_RECORD, row.place)
    )


def claim_state(row: ResultClaim) -> dict[str, str]:
    """Return word and tone of a claim's state."""
    word, tone = CLAIM_FACES[row.state]
    return {"word": _(word), "tone": tone}


def _item(row: ResultClaim) -> WorkItem:
    title = _("确认更正成绩：%(name)s") if row.result_id else _("确认申报的成绩：%(name)s")
    return WorkItem(
        kind="result-claim",
        title=title % {"name": row.officer.name},
        detail=row.reason or row.organiser,
        url=reverse("result-claim", args=[row.pk]),
        waiting_since=row.asked_at,
        action=_("核对"),
    )


def claims_queue(viewer: Actor) -> Queue:
    """Return the claims that somebody else made and the viewer may decide."""
    asked = ResultClaim.objects.visible_to(viewer, Permission.TRAINING_RECORD)
    asked = asked.filter(state=ClaimState.ASKED.value).exclude(asked_by_id=viewer.account_id)
    return Queue(
        asked.order_by("asked_at", "pk"),
        ("pk", "reason", "organiser", "asked_at", "result_id", "officer__name"),
        _item,
    )
