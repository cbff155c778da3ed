"""The common face of the cards: its versions, and the sheet that goes to the printing house."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from warrant.apps.cardcentre.selectors.designs import (
    design_for,
    designs_for,
    drafted_design,
    drafted_designs,
)
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, permission_for_view, render_page
from warrant.apps.foundation.ports import card_face_printer
from warrant.core.access import Permission
from warrant.core.credential.face_design import FaceDesign


@permission_for_view(Permission.REGULATION_VIEW)
@require_GET
def card_design_list(request: HttpRequest) -> HttpResponse:
    """List the versions of the common face, those being drafted last."""
    actor, today = actor_of(request), clock.today()
    designs = designs_for(actor, today)
    used = next((design.version for design in designs.designs if design.is_used_on(today)), 0)
    rows = [
        _row(design, _state(design, used, today), reverse("card-design-sheet", args=[design.version]))
        for design in designs.designs
    ]
    rows += [
        _row(
            drafted.design,
            {"word": _("起草中"), "tone": "waiting"},
            reverse("card-design-draft-sheet", args=[drafted.version.pk, drafted.design.version]),
        )
        for drafted in drafted_designs(actor, today)
    ]
    return render_page(
        request,
        "cardcentre/designs.jinja",
        {
            "page_title": _("证件版式"),
            "breadcrumbs": [
                {"label": _("业务规则"), "url": reverse("regulation-list")},
                {"label": _("证件版式"), "url": reverse("regulation-kind", args=["card-face"])},
            ],
            "columns": [
                {"key": "version", "label": _("版式号")},
                {"key": "title", "label": _("名称")},
                {"key": "state", "label": _("状态"), "kind": "state"},
                {"key": "used", "label": _("制卡使用日期")},
                {"key": "micro_text", "label": _("微缩文字"), "kind": "clip"},
                {"key": "basis", "label": _("依据"), "kind": "clip"},
                {"key": "sheet", "label": _("印刷稿"), "kind": "link"},
            ],
            "rows": rows,
            "table_name": "card-designs",
        },
    )


@permission_for_view(Permission.REGULATION_VIEW)
@require_GET
def card_design_sheet(request: HttpRequest, design: int) -> HttpResponse:
    """Answer the common face of a design as a PDF for the printing house."""
    return _sheet(design_for(actor_of(request), design, clock.today()))


@permission_for_view(Permission.REGULATION_VIEW)
@require_GET
def card_design_draft_sheet(request: HttpRequest, pk: int, design: int) -> HttpResponse:
    """Answer the common face of a design as a version of the regulation describes it."""
    return _sheet(drafted_design(actor_of(request), pk, design))


def _sheet(design: FaceDesign) -> HttpResponse:
    response = HttpResponse(card_face_printer().draw_common_face(design), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="card-face-{design.version}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def _row(design: FaceDesign, state: dict[str, str], url: str) -> dict[str, Any]:
    language = "en" if get_language() == "en" else "zh"
    last = date_format(design.until_on, "Y-m-d") if design.until_on else _("未定")
    return {
        "version": str(design.version),
        "title": design.title[language],
        "state": state,
        "used": _("%(first)s 至 %(last)s") % {"first": date_format(design.from_on, "Y-m-d"), "last": last},
        "micro_text": design.pattern.micro_text,
        "basis": design.basis[language],
        "sheet": {"label": _("打开 PDF"), "url": url},
    }


def _state(design: FaceDesign, used: int, today: date) -> dict[str, str]:
    if design.version == used:
        return {"word": _("制卡正在使用"), "tone": "valid"}
    if design.from_on > today:
        return {"word": _("尚未启用"), "tone": "waiting"}
    return {"word": _("不再用于制卡"), "tone": "ended"}
