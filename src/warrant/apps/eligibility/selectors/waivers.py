"""Reading waivers: as facts, as a list, one of them, and what waits for the province."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from warrant.apps.eligibility.models import Waiver
from warrant.apps.eligibility.selectors.sources import local_day
from warrant.apps.eligibility.types import FactSource, Row, Who
from warrant.apps.foundation.work import Queue, WorkItem
from warrant.apps.officers.selectors.uses import counted
from warrant.core.access import Actor, Permission, is_permitted
from warrant.core.eligibility import Fact, Source, WaiverFact
from warrant.core.errors import N_
from warrant.core.lifecycle import WaiverState

STATE_FACES: Mapping[str, tuple[str, str]] = {
    WaiverState.ASKED.value: (N_("待决定"), "waiting"),
    WaiverState.GRANTED.value: (N_("已同意"), "valid"),
    WaiverState.REFUSED.value: (N_("不同意"), "broken"),
}


def _granted(who: Who, on: date, is_past: bool) -> QuerySet[Any]:
    return Waiver.system.filter(
        who.of("officer_id"), state=WaiverState.GRANTED.value, from_on__lte=on, until_on__gte=on
    )


def _read(rows: Sequence[Row], on: date, facts: dict[str, Fact]) -> None:
    if not rows:
        facts["waivers"] = Fact((), Source.WAIVER, on)
        return
    found = tuple(
        WaiverFact(
            row["rule_id"],
            int(row["id"]),
            date.fromisoformat(row["from_on"]),
            date.fromisoformat(row["until_on"]),
        )
        for row in sorted(rows, key=lambda row: int(row["id"]))
    )
    last = max(local_day(row["decided_at"]) for row in rows)
    facts["waivers"] = Fact(found, Source.WAIVER, min(last, on))


WAIVERS = FactSource(
    ("waivers",), _granted, "officer_id", ("id", "rule_id", "from_on", "until_on", "decided_at"), _read
)


def title_of(waiver: Waiver) -> str:
    """Return the condition's title in the language of the request."""
    language = "en" if (translation.get_language() or "").startswith("en") else "zh"
    return str(waiver.title.get(language) or waiver.title.get("zh") or waiver.rule_id)


def waivers_for_list(viewer: Actor) -> QuerySet[Waiver]:
    """Return the waivers in the viewer's scope."""
    rows = Waiver.objects.visible_to(viewer, Permission.APPLICATION_VIEW)
    return rows.select_related("officer__agency")


def waiver_for(viewer: Actor, pk: int) -> Waiver:
    """Return one waiver in the viewer's scope.

    Raises:
        NotFound: there is none, or it lies out of scope.
    """
    found: Waiver = Waiver.objects.get_visible(viewer, Permission.APPLICATION_VIEW, pk=pk)
    return found


def can_decide(viewer: Actor, waiver: Waiver) -> bool:
    """Tell whether the viewer may grant or refuse: at the place, and not the person who asked."""
    return (
        waiver.state == WaiverState.ASKED
        and waiver.asked_by_id != viewer.account_id
        and is_permitted(viewer, Permission.WAIVER_GRANT, waiver.place)
    )


def _item(waiver: Waiver) -> WorkItem:
    return WorkItem(
        kind="waiver",
        title=_("决定条件豁免：%(name)s") % {"name": waiver.officer.name},
        detail=title_of(waiver),
        url=reverse("waiver-detail", args=[waiver.pk]),
        waiting_since=waiver.asked_at,
        action=_("办理"),
    )


def work_queues(viewer: Actor) -> list[Queue]:
    """Return the waivers that wait for the viewer's decision."""
    if not viewer.has_anywhere(Permission.WAIVER_GRANT):
        return []
    rows = Waiver.objects.visible_to(viewer, Permission.WAIVER_GRANT)
    waiting = rows.filter(state=WaiverState.ASKED.value).exclude(asked_by_id=viewer.account_id)
    fields = ("pk", "rule_id", "title", "asked_at", "officer__name")
    return [Queue(waiting.order_by("asked_at", "pk"), fields, _item)]


def officer_uses(pks: Collection[int]) -> list[QuerySet[Any, Any]]:
    """Ask how many waivers each of the officers has."""
    return [counted(Waiver.system.filter(officer_id__in=pks), N_("有 %(count)s 项条件豁免"))]
