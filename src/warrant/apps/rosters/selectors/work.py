"""What waits for the viewer."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.foundation.work import Queue, WorkItem
from warrant.apps.rosters.models import RosterImport
from warrant.apps.rosters.selectors.preview import rosters_of
from warrant.core.access import Actor, Permission


def work_queues(actor: Actor) -> list[Queue]:
    """Return the rosters that the viewer previewed and has neither imported nor discarded."""
    if not actor.has_anywhere(Permission.ROSTER_IMPORT):
        return []
    waiting = rosters_of(actor).filter(uploaded_by_id=actor.account_id, state=RosterImport.State.PREVIEWED)
    fields = ("pk", "document__file_name", "good_count", "error_count", "uploaded_at")
    return [Queue(waiting.order_by("uploaded_at"), fields, _item)]


def _item(roster: RosterImport) -> WorkItem:
    return WorkItem(
        kind="roster",
        title=_("花名册待导入：%(file_name)s") % {"file_name": roster.document.file_name},
        detail=_("%(good)s 人可导入，%(error)s 行有误")
        % {"good": roster.good_count, "error": roster.error_count},
        url=reverse("roster-detail", kwargs={"pk": roster.pk}),
        waiting_since=roster.uploaded_at,
    )
