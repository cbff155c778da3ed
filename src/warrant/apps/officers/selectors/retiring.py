"""Who reaches the statutory age of retirement soon: found by bounds on the birth date, one for each sex."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from warrant.apps.foundation import clock
from warrant.apps.foundation.paging import count_texts
from warrant.apps.foundation.work import WorkItem
from warrant.apps.officers.models import Officer
from warrant.core.access import Actor, Permission
from warrant.core.lifecycle import OfficerState
from warrant.core.standards.retirement import GROUP_OF_SEX, statutory_on

NOTICE = timedelta(days=90)
_OLDEST_YEARS = 80


def last_birth_on(sex: str, by: date) -> date:
    """Return the latest birth date of those of ``sex`` who reach the statutory age by ``by``.

    The age of retirement never comes sooner for the younger, so halving finds it.
    """
    low, high = by - timedelta(days=_OLDEST_YEARS * 366), by - timedelta(days=40 * 365)
    while low < high:
        middle = low + (high - low + timedelta(days=1)) // 2
        if statutory_on(middle, sex) <= by:
            low = middle
        else:
            high = middle - timedelta(days=1)
    return low


def officers_retiring(viewer: Actor, on: date) -> QuerySet[Officer]:
    """Return those in post whom the viewer registers and who reach the age within 90 days of ``on``, or have."""
    due = Q(pk__in=[])
    for sex in GROUP_OF_SEX:
        due |= Q(sex=sex, birth_on__lte=last_birth_on(sex, on + NOTICE))
    rows = Officer.objects.visible_to(viewer, Permission.OFFICER_EDIT)
    return rows.filter(due, state=OfficerState.ACTIVE.value)


def work_items(viewer: Actor, limit: int) -> list[WorkItem]:
    """Return one item for all who are due to retire."""
    if limit < 1 or not viewer.has_anywhere(Permission.OFFICER_EDIT):
        return []
    today = clock.today()
    (count,) = count_texts([officers_retiring(viewer, today)])
    if count == "0":
        return []
    return [
        WorkItem(
            kind="retiring",
            title=_("%(count)s 人已到或 90 日内将到法定退休年龄") % {"count": count},
            detail=_("逐人核对，到龄的办理离职登记"),
            url=reverse("officer-retiring"),
            waiting_since=timezone.make_aware(datetime.combine(today, time.min)),
        )
    ]
