"""What the dated rules say about the way of a case: its steps, their limits, and the calendar of working days."""

from __future__ import annotations

from datetime import date

from warrant.apps.applications.models import Application
from warrant.apps.officers.models import Officer
from warrant.apps.regulations.selectors import in_force
from warrant.core.access import Place
from warrant.core.lifecycle import ApplicationKind, Step
from warrant.core.lifecycle.application_steps import StepsDocument
from warrant.core.regulation import RegulationKind, WorkCalendar


def province_code_of(officer: Officer) -> str:
    """Return the code of the officer's province; empty where there is none."""
    province = officer.agency.province
    return province.code if province else ""


def steps_document(province_code: str, on: date) -> StepsDocument:
    """Return which steps and limits count in a province on a day."""
    document: StepsDocument = in_force(RegulationKind.STEPS, province_code, on).document
    return document


def work_calendar(province_code: str, on: date) -> WorkCalendar:
    """Return the calendar of working days that counts in a province on a day."""
    document: WorkCalendar = in_force(RegulationKind.CALENDAR, province_code, on).document
    return document


def steps_at(place: Place, kind: ApplicationKind, province_code: str, on: date) -> tuple[Step, ...]:
    """Return the chain that a case of ``kind`` at ``place`` would have; empty outside every province."""
    if place.province_id is None:
        return ()
    return steps_document(province_code, on).steps_for(kind, place)


def steps_of_kind(application: Application, on: date) -> tuple[Step, ...]:
    """Return the chain that the case would have if it were submitted on ``on``."""
    officer = application.officer
    return steps_at(officer.place, ApplicationKind(application.kind), province_code_of(officer), on)
