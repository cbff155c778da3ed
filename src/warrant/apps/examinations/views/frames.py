"""What the pages of examinations share: the way back, and how a sitting is called."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.examinations.models import Sitting
from warrant.apps.examinations.selectors.results import paper_name
from warrant.apps.foundation import clock
from warrant.core.lifecycle import SittingState


def crumbs(sitting: Sitting | None = None) -> list[dict[str, str]]:
    """Return the way back to the list, and to one sitting."""
    found = [{"label": _("考试"), "url": reverse("sitting-list")}]
    if sitting is not None:
        found.append({"label": sitting_title(sitting), "url": reverse("sitting-detail", args=[sitting.pk])})
    return found


def sitting_title(sitting: Sitting) -> str:
    """Return what a sitting is called: its paper and its day."""
    return f"{paper_name(sitting.paper)} {sitting.sat_on}"


def lateness(sitting: Sitting) -> dict[str, str] | str:
    """Return word and tone of scores that are late; empty when they are not."""
    if sitting.is_late:
        return {"word": _("逾期登记"), "tone": "attention"}
    if sitting.state == SittingState.PLANNED and sitting.scores_due_on < clock.today():
        return {"word": _("已逾期"), "tone": "broken"}
    return ""
