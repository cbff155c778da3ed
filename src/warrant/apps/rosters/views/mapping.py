"""Which column is which: the guess is shown with the first rows, and may be changed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, error_text, permission_for_view, render_page
from warrant.apps.rosters import services
from warrant.apps.rosters.models import RosterImport
from warrant.apps.rosters.selectors.mapping import (
    COLUMN_NAMES,
    CONSTANT_COLUMNS,
    MappedSheet,
    mapped_sheets,
    plan_from,
)
from warrant.apps.rosters.selectors.preview import roster_for
from warrant.apps.rosters.views.rosters import IMPORT, LARGEST_AT_ONCE_BYTES, checked
from warrant.core.errors import N_, InvalidInput, NotFound
from warrant.core.roster.checking import REQUIRED
from warrant.core.roster.columns import Column


def _shown_sheet(request: HttpRequest, sheets: list[MappedSheet]) -> MappedSheet:
    asked = request.GET.get("sheet", "")
    found = next((sheet for sheet in sheets if str(sheet.index) == asked), None)
    return found or next((sheet for sheet in sheets if sheet.is_read), sheets[0])


def _first_column(request: HttpRequest) -> int:
    text = request.GET.get("from", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


@permission_for_view(IMPORT)
@require_http_methods(["GET", "POST"])
def roster_mapping(request: HttpRequest, pk: int) -> HttpResponse:
    """Say which sheets are read and what each column of one of them holds; then the roster is checked again."""
    actor = actor_of(request)
    roster = roster_for(actor, pk)
    sheets = mapped_sheets(roster, _first_column(request))
    if not sheets:
        raise NotFound("no-sample", N_("这份花名册没有可以指定的列；请重新上传"))
    sheet = _shown_sheet(request, sheets)
    problem = ""
    if request.method == "POST":
        plan = plan_from(roster, sheets, sheet, request.POST.dict())
        try:
            return _decided(request, roster, sheet, plan)
        except InvalidInput as error:
            problem = error_text(error)
    return _page(request, roster, sheets, sheet, problem)


def _decided(
    request: HttpRequest, roster: RosterImport, sheet: MappedSheet, plan: dict[str, Any]
) -> HttpResponse:
    twice = plan[sheet.name].pop("twice", [])
    if twice:
        raise InvalidInput(
            "column-chosen-twice",
            N_("“%(name)s”指定给了两列；一种含义只能对应一列，请改其中一列"),
            name=_(COLUMN_NAMES[Column(twice[0])]),
        )
    actor, now = actor_of(request), clock.now()
    if roster.document.size > LARGEST_AT_ONCE_BYTES:
        return redirect("job-detail", pk=services.start_check_again(actor, roster.pk, plan, now=now).pk)
    return checked(request, services.check_again(actor, roster.pk, plan, now=now))


def _page(
    request: HttpRequest,
    roster: RosterImport,
    sheets: list[MappedSheet],
    sheet: MappedSheet,
    problem: str,
) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    address = reverse("roster-mapping", args=[roster.pk])

    def chosen(place: int, meaning: str) -> str:
        return sent.get(f"column-{place}", "") if sent is not None else meaning

    return render_page(
        request,
        "rosters/mapping.jinja",
        {
            "page_title": _("核对各列的含义"),
            "breadcrumbs": [
                {"label": _("花名册导入"), "url": reverse("roster-list")},
                {"label": roster.document.file_name, "url": reverse("roster-detail", args=[roster.pk])},
            ],
            "roster": roster,
            "problem": problem,
            "sheets": [
                {
                    "index": one.index,
                    "name": one.name,
                    "row_count": one.row_count,
                    "is_roster": one.is_roster,
                    "is_read": f"read-{one.index}" in sent if sent is not None else one.is_read,
                    "url": f"{address}?sheet={one.index}",
                    "is_shown": one is sheet,
                }
                for one in sheets
            ],
            "sheet": sheet,
            "chosen": {column.place: chosen(column.place, column.meaning) for column in sheet.columns},
            "meanings": [(column.value, _(name)) for column, name in COLUMN_NAMES.items()],
            "required_names": [_(COLUMN_NAMES[column]) for column in REQUIRED],
            "constants": [
                {
                    "name": f"constant-{column.value}",
                    "label": _(COLUMN_NAMES[column]),
                    "value": sent.get(f"constant-{column.value}", "")
                    if sent is not None
                    else sheet.constants.get(column.value, ""),
                }
                for column in CONSTANT_COLUMNS
            ],
            "form_url": f"{address}?sheet={sheet.index}&from={_first_column(request)}",
            "first_columns_url": f"{address}?sheet={sheet.index}" if _first_column(request) else "",
            "next_columns_url": f"{address}?sheet={sheet.index}&from={sheet.next_columns}"
            if sheet.next_columns
            else "",
        },
        status=400 if problem else 200,
    )
