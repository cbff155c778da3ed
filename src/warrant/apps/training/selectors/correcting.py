"""Reading what a class credited, and the corrections of it: of one class, and one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext as _

from warrant.apps.training.models import Enrolment, HoursCorrection, HoursCorrectionLine, TrainingClass
from warrant.apps.training.selectors.classes import enrolments_of
from warrant.apps.training.types import CORRECTION_FACES
from warrant.core.access import Actor, Permission, is_permitted
from warrant.core.lifecycle import ClassState, HoursCorrectionState


@dataclass(frozen=True)
class Counted:
    """What a class credited to somebody: class hours in all, and by subject; with hours but no subject, nobody knows.

    ``subjects``: what hours may be credited in, those of the programme first.
    """

    enrolment: Enrolment
    hours: int
    by_subject: dict[str, int]
    subjects: tuple[str, ...]


def counted_hours(training_class: TrainingClass) -> list[Counted]:
    """Return what each person of a confirmed class was credited, by number. Three queries."""
    enrolments = enrolments_of(training_class)
    rows = training_class.programme.subjects.order_by("pk")
    subjects = tuple(rows.values_list("subject", flat=True))
    kept: dict[int, dict[str, int]] = {}
    hours = training_class.enrolments.filter(record__subject_hours__isnull=False)
    for pk, code, count in hours.values_list(
        "pk", "record__subject_hours__subject", "record__subject_hours__hours"
    ):
        kept.setdefault(pk, {})[code] = count
    return [
        Counted(
            one,
            one.record.hours if one.record else 0,
            kept.get(one.pk, {}),
            (*subjects, *(code for code in kept.get(one.pk, {}) if code not in subjects)),
        )
        for one in enrolments
    ]


def corrections_of(training_class: TrainingClass) -> list[HoursCorrection]:
    """Return the corrections of a class with ``people``, latest first; the caller has checked the viewer."""
    rows = training_class.corrections.annotate(people=Count("lines"))
    return list(rows.order_by("-asked_at", "-pk"))


def corrected_lines(enrolments: Sequence[Enrolment]) -> dict[int, HoursCorrectionLine]:
    """Return by enrolment the latest correction that was agreed to."""
    rows = HoursCorrectionLine.objects.filter(
        enrolment__in=enrolments, correction__state=HoursCorrectionState.CONFIRMED.value
    )
    return {row.enrolment_id: row for row in rows.order_by("correction__decided_at", "pk")}


def correction_for(viewer: Actor, pk: int) -> HoursCorrection:
    """Return one correction in the viewer's scope. Raises: NotFound."""
    found: HoursCorrection = HoursCorrection.objects.get_visible(viewer, Permission.OFFICER_VIEW, pk=pk)
    return found


def lines_of(correction: HoursCorrection) -> list[HoursCorrectionLine]:
    """Return what a correction changes, by number."""
    rows = correction.lines.select_related("enrolment__officer__agency")
    return list(rows.order_by("enrolment__number"))


def takes_part(viewer: Actor, training_class: TrainingClass) -> bool:
    """Tell whether the viewer is somebody of the class."""
    if viewer.officer_uid is None:
        return False
    return training_class.enrolments.filter(officer__uid=viewer.officer_uid).exists()


def can_ask(viewer: Actor, training_class: TrainingClass) -> bool:
    """Tell whether the viewer may ask for a correction; whether one waits already is for the caller."""
    return (
        training_class.state == ClassState.CONFIRMED
        and is_permitted(viewer, Permission.TRAINING_RECORD, training_class.place)
        and not takes_part(viewer, training_class)
    )


def can_decide(viewer: Actor, row: HoursCorrection) -> bool:
    """Tell whether the viewer may agree or refuse: of the province, neither who asked nor who handed the class in."""
    return (
        row.state == HoursCorrectionState.ASKED
        and viewer.account_id not in (row.asked_by_id, row.training_class.handed_in_by_id)
        and is_permitted(viewer, Permission.TRAINING_CONFIRM, row.place)
        and not takes_part(viewer, row.training_class)
    )


def correction_state(row: HoursCorrection) -> dict[str, str]:
    """Return word and tone of a correction's state."""
    word, tone = CORRECTION_FACES[row.state]
    return {"word": _(word), "tone": tone}
