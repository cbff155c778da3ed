"""Who reaches the statutory age of retirement soon: found by bounds on the birth date, one for each sex."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.foundation import clock
from warrant.apps.foundation.work import Glance
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


def glances(viewer: Actor) -> list[Glance]:
    """Return how many are due to retire: among the figures of the first page, which are counted in one query."""
    if not viewer.has_anywhere(Permission.OFFICER_EDIT):
        return []
    return [Glance(_("90 日内到龄"), officers_retiring(viewer, clock.today()), reverse("officer-retiring"))]
