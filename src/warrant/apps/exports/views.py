"""Making a file of a list, and the files that a person made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from warrant.apps.exports.forms import ExportForm
from warrant.apps.exports.models import ExportFile
from warrant.apps.exports.selectors import content_of, export_for, export_kind, exports_of
from warrant.apps.exports.services import DIRECT_ROWS, delete_export, export_list, note_fetched
from warrant.apps.exports.types import FORMATS, ID_NUMBER_WORDS, ExportSource, IdNumbers, Parameters
from warrant.apps.foundation import clock
from warrant.apps.foundation.models import Job
from warrant.apps.foundation.pages import actor_of, add_error, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.apps.foundation.views import signed_in
from warrant.core.access import Permission
from warrant.core.errors import InvalidInput


def export_view(key: str, permission: Permission) -> Callable[..., HttpResponse]:
    """Return the page on which a file is made of the list ``key``.

    It is opened with the address of the list behind ``?``, or by posting the chosen rows; posting its form makes the
    file.
    """

    @permission_for_view(permission)
    @require_http_methods(["GET", "HEAD", "POST"])
    def export_new(request: HttpRequest) -> HttpResponse:
        return _export_page(request, key)

    return export_new


def _export_page(request: HttpRequest, key: str) -> HttpResponse:
    actor, kind = actor_of(request), export_kind(key)
    is_sent = request.method == "POST" and "format" in request.POST
    parameters = kind.read(request.POST if request.method == "POST" else request.GET)
    source = kind.open(actor, parameters)
    form = ExportForm(request.POST if is_sent else None, source=source, formats=kind.formats)
    if is_sent and form.is_valid():
        try:
            made = export_list(actor, key, parameters, form.wanted(), now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            if isinstance(made, Job):
                return redirect("job-detail", pk=made.pk)
            messages.success(request, _("文件已生成，下载即将开始"))
            return redirect(f"{reverse('export-detail', args=[made.pk])}?fresh=1")
    return render_page(
        request,
        "exports/new.jinja",
        {**_page_context(source, parameters), "form": form},
        status=400 if is_sent else 200,
    )


def _page_context(source: ExportSource, parameters: Parameters) -> dict[str, Any]:
    return {
        "page_title": _("导出%(title)s") % {"title": source.title},
        "breadcrumbs": [{"label": source.title, "url": source.back_url}],
        "source": source,
        "facts": [
            *source.described,
            (
                _("行数"),
                ngettext("%(count)s 行", "%(count)s 行", source.count) % {"count": f"{source.count:,}"},
            ),
        ],
        "is_long": source.count > DIRECT_ROWS,
        "is_empty": source.count == 0,
        "kept": [(name, value) for name, values in parameters.items() for value in values],
        "form_url": "",
        "submit_label": _("生成文件"),
        "cancel_url": source.back_url,
    }


def _size_text(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MB" if size >= 1024 * 1024 else f"{max(1, size // 1024)} kB"


def _state(made: ExportFile) -> dict[str, str]:
    if made.removed_at is not None or made.expires_at <= clock.now():
        return {"word": _("已清除"), "tone": "ended"}
    return {"word": _("可下载"), "tone": "valid"}


@signed_in
@require_safe
def export_list_page(request: HttpRequest) -> HttpResponse:
    """List the files that the viewer made, newest first."""
    page = keyset_page(exports_of(actor_of(request)), "-id", request.GET.get("after", ""))

    def address(key: str) -> str:
        return f"?after={key}" if key else ""

    return render_page(
        request,
        "page_list.jinja",
        {
            "page_title": _("导出文件"),
            "columns": [
                {"key": "title", "label": _("名称")},
                {"key": "state", "label": _("状态"), "kind": "state"},
                {"key": "rows", "label": _("行数"), "kind": "number"},
                {"key": "format", "label": _("文件格式"), "kind": "clip"},
                {"key": "id_numbers", "label": _("身份证号码")},
                {"key": "purpose", "label": _("用途"), "kind": "clip"},
                {"key": "made_at", "label": _("导出时间"), "kind": "instant"},
                {"key": "expires_at", "label": _("保留至"), "kind": "instant"},
            ],
            "rows": [
                {
                    "title": made.title,
                    "state": _state(made),
                    "rows": f"{made.row_count:,}",
                    "format": _(FORMATS[made.format].label),
                    "id_numbers": _(ID_NUMBER_WORDS[IdNumbers(made.id_numbers)]),
                    "purpose": made.purpose,
                    "made_at": made.made_at,
                    "expires_at": made.expires_at,
                    "url": reverse("export-detail", args=[made.pk]),
                }
                for made in page.rows
            ],
            "list_url": reverse("export-list"),
            "table_name": "exports",
            "count_text": _("共 %(count)s 个文件") % {"count": page.count_text},
            "next_url": address(page.next_key),
            "previous_url": address(page.previous_key),
            "empty_title": _("还没有导出过文件"),
            "empty_step": _("在名册或列表上点“导出”；文件在这里保留七天"),
            "empty_url": reverse("home"),
        },
    )


@signed_in
@require_safe
def export_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One of the viewer's files: what is in it, and where it can be fetched."""
    made = export_for(actor_of(request), pk)
    state = _state(made)
    is_there = state["tone"] == "valid"
    return render_page(
        request,
        "exports/detail.jinja",
        {
            "page_title": made.title,
            "breadcrumbs": [{"label": _("导出文件"), "url": reverse("export-list")}],
            "state": state,
            "is_there": is_there,
            "fetches_itself": is_there and "fresh" in request.GET and made.fetched_at is None,
            "fetch_url": reverse("export-fetch", args=[made.pk]),
            "delete_url": reverse("export-delete", args=[made.pk]),
            "file_text": f"{made.file_name}（{_size_text(made.size)}）",
            "facts": [
                *((term, text) for term, text in made.described),
                (_("行数"), f"{made.row_count:,}"),
                (_("文件格式"), _(FORMATS[made.format].label)),
                (_("用途"), made.purpose),
            ],
            "times": [
                (_("导出时间"), made.made_at),
                (_("首次下载"), made.fetched_at),
                (_("保留至"), made.expires_at),
                (_("清除时间"), made.removed_at),
            ],
            "digest": made.digest,
        },
    )


@signed_in
@require_safe
def export_fetch(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file itself, for its owner only."""
    actor = actor_of(request)
    made = export_for(actor, pk)
    note_fetched(actor, made, now=clock.now())
    pieces = content_of(made)
    first = next(pieces)  # a file that is not there is told before the answer begins
    response = StreamingHttpResponse(_chain(first, pieces), content_type=made.media_type)
    response["Content-Length"] = str(made.size)
    response["Content-Disposition"] = content_disposition_header(True, made.file_name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _chain(first: bytes, rest: Any) -> Any:
    yield first
    yield from rest


@signed_in
@require_POST
def export_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete the viewer's own file before its time."""
    actor = actor_of(request)
    delete_export(actor, export_for(actor, pk), now=clock.now())
    messages.success(request, _("文件已清除；导出记录保留"))
    return redirect("export-detail", pk=pk)
