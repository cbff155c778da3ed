"""The figures of the unit."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.foundation.work import Glance
from warrant.apps.officers.selectors.register import officers_for_list
from warrant.core.access import Actor, Permission


def glances(actor: Actor) -> list[Glance]:
    """Return how many officers the viewer may see."""
    if not actor.has_anywhere(Permission.OFFICER_VIEW):
        return []
    return [Glance(_("执法人员"), officers_for_list(actor), reverse("officer-list"))]
