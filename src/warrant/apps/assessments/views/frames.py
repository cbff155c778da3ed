"""What the pages of assessments share: the way back, a sheet by address, and the outcome of a sheet in words."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.assessments.models import Assessment, Sheet
from warrant.apps.assessments.selectors.rounds import sheet_for, title_of
from warrant.core.access import Actor
from warrant.core.errors import N_, NotFound
from warrant.core.qualification.assessment import BAND_NAMES, BANDS, REASONS


def crumbs(assessment: Assessment | None = None, sheet: Sheet | None = None) -> list[dict[str, str]]:
    """Return the way back to the list, to one assessment, and to one sheet."""
    found = [{"label": _("年度考核"), "url": reverse("assessment-list")}]
    if assessment is not None:
        found.append(
            {"label": title_of(assessment), "url": reverse("assessment-detail", args=[assessment.pk])}
        )
    if sheet is not None:
        found.append({"label": sheet.name, "url": reverse("assessment-sheet", args=[sheet.pk])})
    return found


def sheet_at(viewer: Actor, pk: int) -> Sheet:
    """Return one sheet in the viewer's scope. Raises: NotFound."""
    sheet = sheet_for(viewer, pk)
    if sheet is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return sheet


def outcome_of(sheet: Sheet) -> dict[str, str]:
    """Return word and tone of what came out on a sheet so far."""
    if sheet.not_assessed:
        return {"word": _(REASONS[sheet.not_assessed]), "tone": "ended"}
    if not sheet.band:
        return {"word": _("未评分"), "tone": "waiting"}
    worst = list(BANDS[sheet.assessment.kind])[-1]
    return {"word": _(BAND_NAMES[sheet.band]), "tone": "broken" if sheet.band == worst else "valid"}
