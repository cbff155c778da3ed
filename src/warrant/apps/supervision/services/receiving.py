"""Keeping at the ministry what provinces tell of an organiser's year."""

from __future__ import annotations

from datetime import datetime

from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.supervision.models import OrganiserYear
from warrant.core.errors import N_, InvalidInput
from warrant.core.qualification.year_figures import FigureKind, YearFigures, odd_figures, read_figures

LONGEST_CODE = 24
LONGEST_NAME = 120


def _unreadable(place: str) -> InvalidInput:
    return InvalidInput("figures-unreadable", N_("收到的年度数字无法读取"), place=place)


def _text(told: object, most: int, place: str) -> str:
    if not isinstance(told, str) or not 0 < len(told) <= most or not told.isprintable():
        raise _unreadable(place)
    return told


def receive_year_figures(received: ReceivedEvent, *, now: datetime) -> None:
    """Keep an organiser's year in the place of what was told before, and look again at what is odd.

    What was told later counts, whichever arrives first.

    Raises: InvalidInput ``figures-unreadable``.
    """
    told = received.event.data
    found = read_figures(told)
    try:
        kind = FigureKind(str(told.get("kind")))
        told_at = datetime.fromisoformat(str(told.get("told_at")))
    except ValueError as error:
        raise _unreadable("kind") from error
    if told_at.tzinfo is None:
        raise _unreadable("told_at")
    organiser = _text(told.get("organiser"), LONGEST_CODE, "organiser")
    name = _text(told.get("organiser_name"), LONGEST_NAME, "organiser_name")
    key = {"kind": kind.value, "node": received.node, "organiser": organiser}
    known = OrganiserYear.objects.select_for_update().filter(**key, year=found.year).first()
    if known is not None and known.told_at > told_at:
        return
    values = {**found.numbers(), "organiser_name": name, "told_at": told_at}
    OrganiserYear.objects.update_or_create(
        kind=kind.value, node=received.node, organiser=organiser, year=found.year, defaults=values
    )
    _look_again(key, kind)


def _look_again(key: dict[str, str], kind: FigureKind) -> None:
    """A year may make a later one odd, so every year of the organiser is looked at."""
    rows = list(OrganiserYear.objects.filter(**key).order_by("year"))
    years = [figures_in(row) for row in rows]
    for row in rows:
        odd = ",".join(odd_figures(kind, years, row.year))
        if odd != row.odd:
            row.odd = odd
            row.save(update_fields=["odd"])


def figures_in(row: OrganiserYear) -> YearFigures:
    """Return the figures of a row."""
    return YearFigures(
        row.year, row.held, row.people, row.reached, row.base, row.late, row.corrected, row.uniform
    )
