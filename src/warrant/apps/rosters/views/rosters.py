"""Rosters: upload, preview, import, and what was kept out."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.apps.rosters import services
from warrant.apps.rosters.forms import RosterForm
from warrant.apps.rosters.models import UNDOABLE_DAYS, RosterImport
from warrant.apps.rosters.selectors.preview import (
    finding_counts,
    is_nobody_at,
    rejected_workbook,
    roster_for,
    rosters_of,
    rows_with_findings,
    shown_finding,
    shown_rows,
    shown_rules,
)
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, InvalidInput, NotFound

IMPORT = Permission.ROSTER_IMPORT
State = RosterImport.State
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

STATE_WORDS = {
    RosterImport.State.RECEIVED: (N_("待检查"), "waiting"),
    RosterImport.State.PREVIEWED: (N_("待导入"), "waiting"),
    RosterImport.State.IMPORTING: (N_("正在导入"), "waiting"),
    RosterImport.State.IMPORTED: (N_("已导入"), "valid"),
    RosterImport.State.UNDOING: (N_("正在撤销"), "attention"),
    RosterImport.State.UNDONE: (N_("已撤销"), "ended"),
    RosterImport.State.DISCARDED: (N_("已作废"), "ended"),
}
LARGEST_AT_ONCE_BYTES = 400_000
MOST_AT_ONCE = 300
"""What is longer is done by a background job, whose page shows how far it is."""


def _sent(request: HttpRequest) -> tuple[Any, Any]:
    """Return what a form is bound to: an empty POST is still one, and its errors are told."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _state(roster: RosterImport) -> dict[str, str]:
    word, tone = STATE_WORDS[RosterImport.State(roster.state)]
    return {"word": _(word), "tone": tone}


def _roster_row(roster: RosterImport) -> dict[str, Any]:
    return {
        "url": reverse("roster-detail", args=[roster.pk]),
        "file": roster.document.file_name,
        "state": _state(roster),
        "rows": roster.row_count,
        "good": roster.good_count,
        "errors": roster.error_count,
        "imported": roster.imported_count,
        "person": roster.uploaded_by.display_name,
        "unit": roster.uploaded_by.agency.name,
        "at": roster.uploaded_at,
    }


def _roster_columns() -> list[dict[str, str]]:
    return [
        {"key": "file", "label": _("文件")},
        {"key": "state", "label": _("状态"), "kind": "state"},
        {"key": "rows", "label": _("行数"), "kind": "number"},
        {"key": "good", "label": _("可导入"), "kind": "number"},
        {"key": "errors", "label": _("有误"), "kind": "number"},
        {"key": "imported", "label": _("已导入"), "kind": "number"},
        {"key": "person", "label": _("上传人")},
        {"key": "unit", "label": _("单位"), "kind": "clip"},
        {"key": "at", "label": _("上传时间"), "kind": "instant"},
    ]


def _received(request: HttpRequest, actor: Actor, raw: bytes, name: str) -> HttpResponse:
    """Check a short roster at once, a long one in the background, and show where it goes on."""
    if len(raw) > LARGEST_AT_ONCE_BYTES:
        return redirect("job-detail", pk=services.start_check(actor, raw, name, now=clock.now()).pk)
    roster = services.preview_roster(actor, raw, name, on=clock.today(), now=clock.now())
    return checked(request, roster)


def checked(request: HttpRequest, roster: RosterImport) -> HttpResponse:
    """Show the preview of a roster that was just checked, or where to say which column is which."""
    missing = any(finding["code"] == "missing-column" for finding in roster.file_findings)
    if missing and not roster.good_count:
        messages.warning(request, _("有必需的列没有认出来；请核对各列的含义，保存后重新检查"))
        return redirect("roster-mapping", pk=roster.pk)
    return redirect("roster-detail", pk=roster.pk)


@permission_for_view(IMPORT)
@require_http_methods(["GET", "POST"])
def roster_list(request: HttpRequest) -> HttpResponse:
    """Upload a roster; the earlier ones stand below."""
    actor = actor_of(request)
    form = RosterForm(*_sent(request))
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            return _received(request, actor, upload.read(), upload.name)
        except InvalidInput as error:
            error.place = "file"
            add_error(form, error)
    page = keyset_page(rosters_of(actor), "-uploaded_at", request.GET.get("after", ""), size=30)

    def page_url(key: str) -> str:
        return f"{reverse('roster-list')}?{urlencode({'after': key})}" if key else ""

    return render_page(
        request,
        "rosters/rosters.jinja",
        {
            "page_title": _("花名册导入"),
            "form": form,
            "columns": _roster_columns(),
            "rows": [_roster_row(roster) for roster in page.rows],
            "count_text": _("共 %(count)s 份") % {"count": page.count_text},
            "next_url": page_url(page.next_key),
            "previous_url": page_url(page.previous_key),
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(IMPORT)
@require_safe
def roster_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The preview before the import, the result after it."""
    actor = actor_of(request)
    roster = roster_for(actor, pk)
    counts = finding_counts(roster)
    severity, rule = request.GET.get("severity", ""), request.GET.get("rule", "")
    if "severity" not in request.GET and not rule:
        severity = next(
            (name for name, count in counts if name and count), ""
        )  # what has to be mended comes first
    rules = shown_rules(roster)
    severity = next((one.severity for one in rules if one.code == rule), severity)
    page = keyset_page(rows_with_findings(roster, severity, rule), "id", request.GET.get("after", ""))
    address = reverse("roster-detail", args=[pk])

    def page_url(key: str) -> str:
        state = {"severity": severity, "rule": rule, "after": key}
        return f"{address}?{urlencode(state)}" if key else ""

    return render_page(
        request,
        "rosters/roster.jinja",
        {
            "page_title": roster.document.file_name,
            "breadcrumbs": [{"label": _("花名册导入"), "url": reverse("roster-list")}],
            "roster": roster,
            "state": _state(roster),
            "file_findings": [shown_finding(stored) for stored in roster.file_findings],
            "tabs_of_roster": [
                {
                    "label": label,
                    "url": f"{address}?{urlencode({'severity': name})}",
                    "is_current": name == severity,
                    "count": count,
                }
                for (name, count), label in zip(
                    counts, (_("有误"), _("提醒"), _("已修正"), _("全部")), strict=True
                )
            ],
            "rules": [
                {
                    "name": one.name,
                    "count": one.count,
                    "url": f"{address}?{urlencode({'severity': one.severity} if one.code == rule else {'rule': one.code})}",
                    "is_current": one.code == rule,
                }
                for one in rules
                if one.severity == severity
            ],
            "rows": shown_rows(roster, page.rows),
            "severity": severity,
            "count_text": _("共 %(count)s 行") % {"count": page.count_text},
            "next_url": page_url(page.next_key),
            "previous_url": page_url(page.previous_key),
            "is_received": roster.state == State.RECEIVED,
            "is_waiting": roster.state == State.PREVIEWED,
            "is_imported": roster.state in (State.IMPORTED, State.UNDONE),
            "is_working": roster.state in (State.IMPORTING, State.UNDOING),
            "broken_off": roster.state
            if roster.state in (State.IMPORTING, State.UNDOING) and is_nobody_at(roster)
            else "",
            "has_own_job": roster.uploaded_by_id == actor.account_id and roster.job_id is not None,
            "is_undoable": roster.is_undoable(clock.now()),
            "undoable_days": UNDOABLE_DAYS,
        },
    )


@permission_for_view(IMPORT)
@require_POST
def roster_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the good rows in: a few at once, many in the background."""
    actor = actor_of(request)
    waiting = roster_for(actor, pk)
    if waiting.good_count > MOST_AT_ONCE or waiting.state == State.IMPORTING:
        return redirect("job-detail", pk=services.start_import(actor, pk, now=clock.now()).pk)
    roster = services.import_roster(actor, pk, now=clock.now())
    messages.success(
        request,
        _("已导入 %(count)s 人") % {"count": roster.imported_count}
        if not roster.error_count
        else _("已导入 %(count)s 人，%(errors)s 行有误未导入；请下载后改正再上传")
        % {"count": roster.imported_count, "errors": roster.error_count},
    )
    return redirect("roster-detail", pk=pk)


@permission_for_view(IMPORT)
@require_POST
def roster_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a whole import: a short one at once, a long one in the background."""
    actor = actor_of(request)
    roster = roster_for(actor, pk)
    before = roster.imported_count
    if before > MOST_AT_ONCE or roster.state == State.UNDOING:
        return redirect("job-detail", pk=services.start_undo(actor, pk, now=clock.now()).pk)
    roster = services.undo_roster(actor, pk, now=clock.now())
    messages.success(
        request,
        _("已撤销 %(count)s 人的登记，其身份证号码可以重新登记") % {"count": before - roster.imported_count},
    )
    return redirect("roster-detail", pk=pk)


@permission_for_view(IMPORT)
@require_POST
def roster_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the roster up."""
    services.discard_roster(actor_of(request), pk, now=clock.now())
    messages.success(request, _("花名册已作废，没有导入任何人员"))
    return redirect("roster-list")


@permission_for_view(IMPORT)
@require_safe
def roster_rejected(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows that were kept out, with the reasons, to be mended and sent again."""
    roster = roster_for(actor_of(request), pk)
    if roster.contents_erased_at is not None:
        raise NotFound("roster-erased", N_("这份花名册的文件和各行内容已按规定清除"))
    if not roster.error_count:
        raise NotFound("nothing-rejected", N_("这份花名册没有未导入的行"))
    response = HttpResponse(rejected_workbook(roster), content_type=XLSX)
    stem = PurePosixPath(roster.document.file_name).stem
    name = _("%(stem)s-未导入.xlsx") % {"stem": stem}
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response
