"""Sittings of units above: who reaches them from below, and when they may enrol their own people."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from warrant.apps.examinations.models import Sitting
from warrant.apps.training.selectors.classes import units_above
from warrant.core.access import Actor, Permission, is_permitted
from warrant.core.errors import N_, NotFound
from warrant.core.lifecycle import SittingState


def sittings_for(viewer: Actor) -> QuerySet[Sitting]:
    """Return the sittings in the viewer's scope and those of the units above, with ``people``, the candidates."""
    visible = Sitting.objects.visible_to(viewer, Permission.OFFICER_VIEW)
    above = units_above(viewer, Permission.OFFICER_VIEW)
    if above:
        visible = Sitting.system.filter(Q(pk__in=visible.values("pk")) | Q(organiser_id__in=above))
    return visible.select_related("organiser").annotate(people=Count("candidates"))


def sitting_for(viewer: Actor, pk: int) -> Sitting:
    """Return one sitting that :func:`sittings_for` has. Raises: NotFound."""
    found = sittings_for(viewer).filter(pk=pk).first()
    if found is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return found


def sees_all(viewer: Actor, sitting: Sitting) -> bool:
    """Tell whether the viewer sees every candidate, or only the own people on a list of a unit above."""
    return is_permitted(viewer, Permission.OFFICER_VIEW, sitting.place)


def enrols_from_below(viewer: Actor, sitting: Sitting) -> bool:
    """Tell whether the viewer's unit lies below the one that holds the sitting, and may record examinations there."""
    return not is_permitted(
        viewer, Permission.TRAINING_RECORD, sitting.place
    ) and sitting.organiser_id in units_above(viewer, Permission.TRAINING_RECORD)


def is_open_below(sitting: Sitting, today: date) -> bool:
    """Tell whether units below may enrol their people today."""
    last = sitting.enrol_until
    return sitting.state == SittingState.PLANNED and last is not None and today <= last


def open_lists(viewer: Actor, today: date) -> QuerySet[Sitting]:
    """Return the sittings to whose list the viewer may still add people, the next first, with ``people``."""
    visible = Sitting.objects.visible_to(viewer, Permission.TRAINING_RECORD)
    open_below = Q(organiser_id__in=units_above(viewer, Permission.TRAINING_RECORD), enrol_until__gte=today)
    rows = Sitting.system.filter(Q(pk__in=visible.values("pk")) | open_below)
    rows = rows.filter(state=SittingState.PLANNED.value, entries=None)
    return rows.select_related("organiser").annotate(people=Count("candidates")).order_by("sat_on", "pk")


def places_left(sitting: Sitting) -> str:
    """Return in words how many may still be enrolled; the row comes with ``people``."""
    left = max(sitting.capacity - getattr(sitting, "people", 0), 0)
    return _("余 %(left)s 名") % {"left": left} if left else _("名额已满")


def enrolling(sitting: Sitting, today: date) -> dict[str, str] | str:
    """Return whether units below may enrol, in words; the row comes with ``people``."""
    if sitting.enrol_until is None or sitting.state != SittingState.PLANNED:
        return ""
    if not is_open_below(sitting, today):
        return {"word": _("报名已截止"), "tone": "ended"}
    has_places = sitting.capacity > getattr(sitting, "people", 0)
    return {"word": places_left(sitting), "tone": "valid" if has_places else "attention"}
