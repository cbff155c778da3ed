"""Opening the assessment of a unit and keeping its list of people or units. Source: 2009 notice, 二(二)."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from warrant.apps.assessments.models import Assessment, Sheet
from warrant.apps.assessments.selectors.rounds import form_of, officers_known
from warrant.apps.audit.services import record
from warrant.apps.officers.models import Officer
from warrant.apps.organisations.models import Agency
from warrant.apps.regulations.selectors import in_force
from warrant.apps.regulations.selectors.versions import own_jurisdiction
from warrant.apps.regulations.services import keep_snapshot
from warrant.core.access import Actor, Permission, require
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound
from warrant.core.lifecycle import ASSESSMENT, AssessmentState, OfficerState
from warrant.core.qualification.assessment import (
    FOUND_REASONS,
    KNOWN,
    LEFT,
    NEWCOMER,
    OFF_ESTABLISHMENT,
    SHEET_KINDS,
    AssessmentRules,
    SheetKind,
)
from warrant.core.regulation import RegulationKind
from warrant.core.standards.codes import STAFFING, may_staffing_enforce
from warrant.core.standards.id_number import without_id_numbers

SHORTEST_REASON = 4


def subject_of(assessment: Assessment) -> str:
    """Return how the ledger names an assessment."""
    return f"assessment:{assessment.pk}"


def locked_assessment(actor: Actor, pk: int, permission: Permission) -> Assessment:
    """Return an assessment locked for a change by ``actor``.

    Raises:
        NotFound: there is none, or it lies out of reach.
        NotPermitted: in reach, without the right.
    """
    rows = Assessment.system.select_related("unit").select_for_update(of=("self",))
    assessment = rows.filter(pk=pk).first()
    if assessment is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    require(actor, permission, assessment.place)
    return assessment


def said(reason: str, message: str) -> str:
    """Return a reason as it is kept. Raises: InvalidInput with ``message`` at ``reason``, it is too short."""
    text = without_id_numbers(" ".join(reason.replace("\x00", " ").split()))[:200]
    if len(text) < SHORTEST_REASON:
        raise InvalidInput("reason-missing", message, place="reason")
    return text


@transaction.atomic
def open_assessment(actor: Actor, kind: str, year: int, unit_pk: int, *, now: datetime) -> Assessment:
    """Open the assessment of a unit for a year, with a sheet for everybody (or every unit below).

    Raises:
        NotFound, NotPermitted: the unit is out of reach, or the right is missing.
        InvalidInput: the year or the unit will not do; ``place`` names the field.
    """
    unit = Agency.objects.filter(pk=unit_pk, closed_on=None).first()
    if unit is None or kind not in SHEET_KINDS:
        raise InvalidInput("unknown-agency", N_("请选择单位"), place="unit")
    require(actor, Permission.OFFICER_EDIT, unit.place)
    today = timezone.localtime(now).date()
    found = in_force(RegulationKind.ASSESSMENT, own_jurisdiction(), today)
    rules: AssessmentRules = found.document
    sheet = rules.sheets[kind]
    if not sheet.first_year <= year <= today.year:
        raise InvalidInput(
            "year-out-of-range",
            N_("考核年度应为 %(first)s 至 %(last)s"),
            place="year",
            first=sheet.first_year,
            last=today.year,
        )
    keep_snapshot(found)
    assessment = Assessment(
        kind=kind,
        year=year,
        unit=unit,
        regulation_digest=found.digest,
        due_on=sheet.due_on(year),
        opened_by_id=actor.account_id,
        opened_by_name=actor.name,
        opened_at=now,
    )
    assessment.put_at(unit.place)
    try:
        with transaction.atomic():
            assessment.save()
    except IntegrityError as error:
        raise InvalidInput(
            "assessment-open", N_("该单位这一年度的考核已经开始，请在考核列表中打开"), place="unit"
        ) from error
    added = _bring_up_to_date(assessment)
    if not assessment.sheets.exists():
        raise InvalidInput("nobody-to-assess", N_("该单位没有可以考核的对象"), place="unit")
    record(
        actor,
        "assessment.opened",
        subject_of(assessment),
        f"{year} {unit.name} {added} 张考核表",
        now=now,
        detail={"regulation": found.digest},
    )
    return assessment


def _reason_for(officer: Officer, assessment: Assessment, known: set[int]) -> str:
    form = form_of(assessment)
    if officer.state != OfficerState.ACTIVE or officer.agency_id != assessment.unit_id:
        return LEFT
    if officer.pk in known:
        return KNOWN
    if officer.staffing and not may_staffing_enforce(STAFFING.by_code(officer.staffing)):
        return OFF_ESTABLISHMENT
    since = officer.arrived_on or officer.enforcement_started_on
    return NEWCOMER if form.is_newcomer(since, assessment.year) else ""


def _people(assessment: Assessment) -> dict[int, str]:
    """Return why each officer is not assessed, or an empty text; by primary key."""
    here = Officer.system.filter(agency_id=assessment.unit_id, state=OfficerState.ACTIVE.value, owner_node="")
    left = Officer.system.filter(
        agency_id=assessment.unit_id, state=OfficerState.LEFT.value, left_on__year=assessment.year
    )
    on_list = Officer.system.filter(assessment_sheets__assessment=assessment)
    officers = {one.pk: one for rows in (here, left, on_list) for one in rows}
    elsewhere = (
        Sheet.objects.filter(officer_id__in=list(officers), assessment__year=assessment.year, not_assessed="")
        .exclude(assessment=assessment)
        .exclude(assessment__state=AssessmentState.CANCELLED.value)
    )
    known = officers_known(officers, assessment.year) | set(elsewhere.values_list("officer_id", flat=True))
    return {pk: _reason_for(one, assessment, known) for pk, one in officers.items()}


def _units(assessment: Assessment) -> dict[int, str]:
    form = form_of(assessment)
    below = Agency.objects.filter(parent_id=assessment.unit_id, closed_on=None)
    on_list = Agency.objects.filter(assessment_sheets__assessment=assessment)
    found = {}
    for one in [*below, *on_list]:
        is_there = one.parent_id == assessment.unit_id and one.closed_on is None
        found[one.pk] = (
            LEFT if not is_there else NEWCOMER if form.is_newcomer(one.opened_on, assessment.year) else ""
        )
    return found


def wanted_changes(assessment: Assessment) -> tuple[dict[int, str], list[Sheet]]:
    """Return who is missing (with why nobody scores them), and sheets whose reason from the register changed."""
    is_person = assessment.kind == SheetKind.PERSON
    wanted = _people(assessment) if is_person else _units(assessment)
    changed = []
    for sheet in assessment.sheets.all():
        key = sheet.officer_id if is_person else sheet.agency_id
        reason = wanted.pop(key or 0, LEFT)
        is_found = sheet.not_assessed in FOUND_REASONS
        if reason != sheet.not_assessed and (reason or is_found):
            sheet.not_assessed = reason
            changed.append(sheet)
    return wanted, changed


def _bring_up_to_date(assessment: Assessment) -> int:
    missing, changed = wanted_changes(assessment)
    name = "officer_id" if assessment.kind == SheetKind.PERSON else "agency_id"
    Sheet.objects.bulk_create(
        Sheet(assessment=assessment, not_assessed=reason, **{name: key}) for key, reason in missing.items()
    )
    for sheet in changed:
        if sheet.not_assessed:
            sheet.points, sheet.vetoes, sheet.total, sheet.band = {}, [], None, ""
        sheet.revision += 1
        sheet.save()
    return len(missing) + len(changed)


@transaction.atomic
def refresh_sheets(actor: Actor, pk: int, *, now: datetime) -> int:
    """Bring the list up to date: who came, who left, what became known elsewhere. Returns how many sheets changed.

    Raises:
        NotFound, NotPermitted: out of reach, or without the right.
        Conflict: it is handed in or over.
    """
    assessment = locked_assessment(actor, pk, Permission.OFFICER_EDIT)
    if assessment.state != AssessmentState.SCORING:
        raise Conflict("not-scoring", N_("考核已上报或已结束，不能再改；需要修改请由确认人退回"))
    count = _bring_up_to_date(assessment)
    if count:
        record(actor, "assessment.refreshed", subject_of(assessment), f"{count} 张考核表", now=now)
    return count


@transaction.atomic
def cancel_assessment(actor: Actor, pk: int, reason: str, *, now: datetime) -> Assessment:
    """Cancel an assessment that is not handed in; it stays readable.

    Raises:
        NotFound, NotPermitted: out of reach, or without the right.
        Conflict: it is handed in or over.
        InvalidInput: no reason.
    """
    assessment = locked_assessment(actor, pk, Permission.OFFICER_EDIT)
    state = ASSESSMENT.next_state("cancel", assessment.state)
    text = said(reason, N_("请写明取消的理由，至少四个字"))
    assessment.state, assessment.cancel_reason = state.value, text
    assessment.save()
    record(actor, "assessment.cancelled", subject_of(assessment), text, now=now)
    return assessment
