"""Scoring sheets: one, or many in a grid; nothing is kept while one of them has a fault."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from warrant.apps.assessments.models import Sheet
from warrant.apps.assessments.selectors.rounds import form_of
from warrant.apps.assessments.services.opening import locked_assessment, subject_of
from warrant.apps.assessments.types import Scores
from warrant.apps.audit.services import record
from warrant.apps.officers.selectors.register import is_own
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound, NotPermitted
from warrant.core.lifecycle import AssessmentState
from warrant.core.qualification.assessment import FOUND_REASONS, GIVEN_REASONS, ScoreSheet, read_points
from warrant.core.standards.id_number import without_id_numbers


class SheetsRefusedError(InvalidInput):
    """Some sheets cannot be taken; ``problems``: by the sheet's primary key and the item, the error."""

    def __init__(self, problems: Mapping[tuple[int, str], InvalidInput]) -> None:
        super().__init__(
            "sheets-refused", N_("有 %(count)s 处需要改正，填写的内容都已保留"), count=len(problems)
        )
        self.problems = problems


def read_sheet(form: ScoreSheet, typed: Scores) -> tuple[dict[str, str], dict[str, InvalidInput]]:
    """Return the points by item, and what is wrong by item."""
    points, problems = {}, {}
    for item in form.items:
        try:
            points[item.code] = read_points(typed.points.get(item.code, ""), item)
        except InvalidInput as error:
            problems[item.code] = error
    return points, problems


def _fill(sheet: Sheet, form: ScoreSheet, typed: Scores) -> dict[str, InvalidInput]:
    if typed.not_assessed:
        if typed.not_assessed not in GIVEN_REASONS:
            return {"not_assessed": InvalidInput("unknown-reason", N_("请选择不考核的原因"))}
        sheet.points, sheet.vetoes, sheet.total, sheet.band = {}, [], None, ""
    else:
        points, problems = read_sheet(form, typed)
        if problems:
            return problems
        sheet.points = points
        sheet.vetoes = [code for code in form.vetoes if code in typed.vetoes]
        sheet.total = form.total(points)
        sheet.band = form.band_of(sheet.total, sheet.vetoes)
    sheet.not_assessed = typed.not_assessed
    sheet.remark = without_id_numbers(" ".join(typed.remark.replace("\x00", " ").split()))[:300]
    return {}


def _check(actor: Actor, sheet: Sheet, typed: Scores) -> InvalidInput | None:
    if sheet.officer is not None and is_own(actor, sheet.officer):
        raise NotPermitted("own-record", N_("不能给本人评分，请由他人办理"))
    if sheet.not_assessed in FOUND_REASONS:
        return InvalidInput("not-assessed", N_("按登记信息不在考核范围，不能评分"))
    if sheet.revision != typed.seen:
        return InvalidInput("changed-meanwhile", N_("他人刚刚改过这张考核表，请刷新后再填"))
    return None


@transaction.atomic
def score_sheets(actor: Actor, pk: int, typed: Mapping[int, Scores], *, now: datetime) -> int:
    """Score the sheets of an assessment, by their primary keys; returns how many.

    Raises:
        NotFound, NotPermitted: out of reach, without the right, or the own sheet.
        Conflict: the assessment is handed in or over.
        SheetsRefusedError: something on a sheet is wrong; nothing was kept.
    """
    assessment = locked_assessment(actor, pk, Permission.OFFICER_EDIT)
    if assessment.state != AssessmentState.SCORING:
        raise Conflict("not-scoring", N_("考核已上报或已结束，不能再改；需要修改请由确认人退回"))
    form = form_of(assessment)
    sheets = {one.pk: one for one in assessment.sheets.select_related("officer").filter(pk__in=list(typed))}
    if set(sheets) != set(typed):
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    problems: dict[tuple[int, str], InvalidInput] = {}
    for key, scores in typed.items():
        sheet = sheets[key]
        refused = _check(actor, sheet, scores)
        found = {"": refused} if refused is not None else _fill(sheet, form, scores)
        problems.update({(key, name): error for name, error in found.items()})
    if problems:
        raise SheetsRefusedError(problems)
    for sheet in sheets.values():
        sheet.scored_by_id, sheet.scored_by_name, sheet.scored_at = actor.account_id, actor.name, now
        sheet.revision += 1
        sheet.save()
    if sheets:
        record(actor, "assessment.scored", subject_of(assessment), f"{len(sheets)} 张考核表", now=now)
    return len(sheets)
