"""Reading objections: until when one may be raised, who may reconsider, what waits, and what the officer is told."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.assessments.models import Objection, Sheet
from warrant.apps.assessments.types import OBJECTION_FACES
from warrant.apps.foundation import clock
from warrant.apps.foundation.work import Queue, WorkItem
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.register import is_own
from warrant.apps.officers.types import Panel
from warrant.apps.organisations.models import Agency
from warrant.apps.organisations.types import UnitPanel
from warrant.apps.regulations.selectors import in_force
from warrant.apps.regulations.selectors.versions import own_jurisdiction
from warrant.core.access import Actor, Permission, is_permitted
from warrant.core.errors import N_, NotFound
from warrant.core.lifecycle import AssessmentState, ObjectionState
from warrant.core.qualification.assessment import BAND_NAMES, ScoreSheet
from warrant.core.regulation import RegulationKind

TOLD_FOR_DAYS = 30
"""How long an answered objection stands on the officer's first page."""


def objection_due_on(form: ScoreSheet, known_on: date) -> date:
    """Return the last day on which an outcome known on a day may be objected to, by the calendar of workdays."""
    calendar = in_force(RegulationKind.CALENDAR, own_jurisdiction(), known_on).document
    last: date = calendar.add_workdays(known_on, form.objection_workdays)
    return last


def had_part(actor: Actor, sheet: Sheet) -> bool:
    """Tell whether somebody scored the sheet, or handed in or confirmed the assessment that it belongs to."""
    assessment = sheet.assessment
    return actor.account_id in (sheet.scored_by_id, assessment.handed_in_by_id, assessment.confirmed_by_id)


def own_sheets(viewer: Actor) -> QuerySet[Sheet]:
    """Return the viewer's own confirmed sheets."""
    if not viewer.officer_uid or not viewer.has_anywhere(Permission.OWN_RECORD):
        return Sheet.objects.none()
    rows = Sheet.objects.filter(
        officer__uid=viewer.officer_uid, assessment__state=AssessmentState.CONFIRMED.value
    )
    return rows.select_related("assessment__unit", "officer__agency", "objection")


def own_sheet(viewer: Actor, pk: int) -> Sheet:
    """Return one of the viewer's own confirmed sheets. Raises: NotFound."""
    sheet = own_sheets(viewer).filter(pk=pk).first()
    if sheet is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return sheet


def objection_of(sheet: Sheet) -> Objection | None:
    """Return the objection to a sheet, if there is one."""
    return getattr(sheet, "objection", None)


def may_object(sheet: Sheet, on: date) -> bool:
    """Tell whether the officer may still object on a day."""
    return objection_of(sheet) is None and sheet.objection_due_on is not None and on <= sheet.objection_due_on


def objection_for(viewer: Actor, pk: int) -> Objection:
    """Return one objection in the viewer's scope. Raises: NotFound."""
    found: Objection = Objection.objects.get_visible(viewer, Permission.OFFICER_VIEW, pk=pk)
    return found


def objection_face(objection: Objection) -> dict[str, str]:
    """Return word and tone of an objection's state."""
    word, tone = OBJECTION_FACES[objection.state]
    return {"word": _(word), "tone": tone}


def _own_item(row: Sheet) -> WorkItem:
    return WorkItem(
        kind="assessment",
        title=_("%(year)s 年度考核结果：%(band)s")
        % {"year": row.assessment.year, "band": _(BAND_NAMES[row.band])},
        detail=_("对结果有异议的，可在 %(day)s 前（含当日）申请复核") % {"day": row.objection_due_on},
        url=reverse("own-assessment", args=[row.pk]),
        waiting_since=row.assessment.confirmed_at or row.assessment.opened_at,
        action=_("查看"),
    )


def _answered_item(row: Objection) -> WorkItem:
    return WorkItem(
        kind="assessment",
        title=_("%(year)s 年度考核复核：%(state)s")
        % {"year": row.sheet.assessment.year, "state": _(OBJECTION_FACES[row.state][0])},
        detail=row.answer,
        url=reverse("own-assessment", args=[row.sheet_id]),
        waiting_since=row.decided_at or row.raised_at,
        action=_("查看"),
    )


def _objection_item(row: Objection) -> WorkItem:
    name = row.sheet.officer.name if row.sheet.officer is not None else ""
    return WorkItem(
        kind="assessment-objection",
        title=_("复核考核结果：%(name)s") % {"name": name},
        detail=row.reason,
        url=reverse("assessment-objection", args=[row.pk]),
        waiting_since=row.raised_at,
        action=_("复核"),
    )


def work_queues(viewer: Actor) -> list[Queue]:
    """Return what the officer is told of the own outcome, and the objections that the viewer may reconsider."""
    queues = []
    if viewer.officer_uid and viewer.has_anywhere(Permission.OWN_RECORD):
        told = own_sheets(viewer).filter(objection=None, objection_due_on__gte=clock.today()).exclude(band="")
        fields: tuple[str, ...] = ("pk", "band", "objection_due_on", "assessment__year")
        fields = (*fields, "assessment__confirmed_at", "assessment__opened_at")
        queues.append(Queue(told.order_by("assessment__confirmed_at", "pk"), fields, _own_item))
        answered = Objection.system.filter(
            sheet__officer__uid=viewer.officer_uid,
            state__in=(ObjectionState.UPHELD.value, ObjectionState.CORRECTED.value),
            decided_at__gte=clock.now() - timedelta(days=TOLD_FOR_DAYS),
        )
        fields = ("state", "answer", "sheet_id", "sheet__assessment__year", "decided_at", "raised_at")
        queues.append(Queue(answered.order_by("decided_at", "pk"), fields, _answered_item))
    if viewer.has_anywhere(Permission.OFFICER_CONFIRM):
        waiting = Objection.objects.visible_to(viewer, Permission.OFFICER_CONFIRM)
        waiting = waiting.filter(state=ObjectionState.RAISED.value).exclude(
            Q(sheet__scored_by_id=viewer.account_id)
            | Q(sheet__assessment__handed_in_by_id=viewer.account_id)
            | Q(sheet__assessment__confirmed_by_id=viewer.account_id)
            | Q(raised_by_id=viewer.account_id)
        )
        queues.append(
            Queue(
                waiting.order_by("raised_at", "pk"),
                ("pk", "reason", "raised_at", "sheet__officer__name"),
                _objection_item,
            )
        )
    return queues


def officer_panel(viewer: Actor, officer: Officer) -> Panel | None:
    """Return the box on the officer's page: confirmed outcomes by year with their sheets, and what may be objected to."""
    mine = is_own(viewer, officer)
    if not (mine or is_permitted(viewer, Permission.OFFICER_VIEW, officer.place)):
        return None
    sheets = Sheet.objects.filter(officer=officer, assessment__state=AssessmentState.CONFIRMED.value)
    sheets = sheets.exclude(band="").select_related("assessment__unit", "objection")
    lines = []
    for sheet in sheets.order_by("-assessment__year", "-pk"):
        url = ""
        if mine:
            url = reverse("own-assessment", args=[sheet.pk])
        elif is_permitted(viewer, Permission.OFFICER_VIEW, sheet.assessment.place):
            url = reverse("assessment-sheet", args=[sheet.pk])
        objection = objection_of(sheet)
        lines.append(
            {
                "sheet": sheet,
                "band": _(BAND_NAMES[sheet.band]),
                "url": url,
                "objection": objection_face(objection) if objection else None,
                "may_object": mine and may_object(sheet, clock.today()),
            }
        )
    if not lines:
        return None
    return Panel(_("年度考核"), "assessments/panel.jinja", {"lines": lines}, order=45, count=len(lines))


def unit_panel(viewer: Actor, agency: Agency) -> UnitPanel | None:
    """Return the box on a unit's page: what came out where it was assessed itself, the latest year first."""
    if not is_permitted(viewer, Permission.OFFICER_VIEW, agency.place):
        return None
    rows = Sheet.objects.filter(agency=agency, assessment__state=AssessmentState.CONFIRMED.value)
    lines = []
    for sheet in rows.exclude(band="").select_related("assessment__unit").order_by("-assessment__year")[:10]:
        is_in_reach = is_permitted(viewer, Permission.OFFICER_VIEW, sheet.assessment.place)
        lines.append(
            {
                "url": reverse("assessment-sheet", args=[sheet.pk]) if is_in_reach else "",
                "year": str(sheet.assessment.year),
                "band": _(BAND_NAMES[sheet.band]),
                "total": sheet.total,
                "by": sheet.assessment.unit.name,
            }
        )
    if not lines:
        return None
    return UnitPanel(
        _("单位评议"),
        [
            {"key": "year", "label": _("年度")},
            {"key": "band", "label": _("等次")},
            {"key": "total", "label": _("总分"), "kind": "number"},
            {"key": "by", "label": _("考核单位"), "kind": "clip"},
        ],
        lines,
        key="assessments",
    )
