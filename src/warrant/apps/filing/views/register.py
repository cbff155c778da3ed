"""Pages of the ministry: the register of filings and the decisions on it."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from warrant.apps.applications.types import KIND_FACES
from warrant.apps.filing.forms import FilingFilter, ReasonForm, RefusalForm, ReturnForm
from warrant.apps.filing.models import Filing
from warrant.apps.filing.selectors.checking import checks_of
from warrant.apps.filing.selectors.conditions import conditions_in_words, recomputed
from warrant.apps.filing.selectors.documents import named_documents, requests_shown
from warrant.apps.filing.selectors.faces import (
    case_facts,
    chain_of,
    document_rows,
    examination_rows,
    marks_in_words,
    reason_class,
    timeline_of,
    waiver_rows,
)
from warrant.apps.filing.selectors.register import (
    asks_reason,
    chosen_filings,
    earlier_filings,
    face_of,
    filing_for,
    filings_for,
    may_decide,
    next_waiting,
    open_checks,
    other_filings_of,
    province_names,
)
from warrant.apps.filing.selectors.sampling import reasons_in_words
from warrant.apps.filing.services import accept_filings, decide_filing
from warrant.apps.filing.types import ACTION_FACES, filed_case
from warrant.apps.filing.views.shown import state_shown
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.core.access import Permission
from warrant.core.errors import N_, InvalidInput, NotFound
from warrant.core.lifecycle import FILING, FilingState

_ID = re.compile(r"[0-9]{1,18}")


def _check_state(problems: int) -> dict[str, str]:
    if not problems:
        return {"word": _("无疑问"), "tone": "valid"}
    return {
        "word": ngettext("%(num)s 项需核对", "%(num)s 项需核对", problems) % {"num": problems},
        "tone": "attention",
    }


def _drawn_state(filing: Filing) -> dict[str, str]:
    if filing.waits_for_documents:
        return {"word": _("等待材料核对"), "tone": "waiting"}
    if filing.sample_reasons:
        return {"word": _("被抽查"), "tone": "attention"}
    return {"word": _("未抽查"), "tone": "ended"}


@permission_for_view(Permission.FILING_VIEW)
@require_GET
def filing_list(request: HttpRequest) -> HttpResponse:
    """List the register, newest first; the queue of what waits is offered oldest first on the first page."""
    actor = actor_of(request)
    provinces = province_names()
    form = FilingFilter(request.GET, provinces=provinces)
    form.is_valid()
    chosen = {key: value for key, value in form.cleaned_data.items() if value}
    is_queue = chosen.get("state") == FilingState.RECEIVED.value
    order = "received_at" if is_queue else "-received_at"
    page = keyset_page(filings_for(actor, **chosen), order, request.GET.get("after", ""))
    url = reverse("filing-list")

    def page_url(key: str) -> str:
        return f"{url}?{urlencode({**chosen, 'after': key})}" if key else ""

    columns = [
        {"key": "name", "label": _("姓名")},
        {"key": "state", "label": _("状态"), "kind": "state"},
        {"key": "province", "label": _("报送单位"), "kind": "clip"},
        {"key": "agency", "label": _("执法单位"), "kind": "clip"},
        {"key": "kind", "label": _("申请种类")},
        {"key": "application", "label": _("申请号")},
        {"key": "received_at", "label": _("收到时间"), "kind": "instant"},
        {"key": "filing_number", "label": _("备案号")},
        {"key": "decided_at", "label": _("决定时间"), "kind": "instant"},
    ]
    if is_queue:
        columns[7:] = [
            {"key": "checks", "label": _("核对"), "kind": "state"},
            {"key": "drawn", "label": _("抽查"), "kind": "state"},
        ]
    checks = open_checks(page.rows, clock.today()) if is_queue else {}
    rows = [
        {
            "id": row.pk,
            "url": reverse("filing-detail", args=[row.pk]),
            "name": row.officer_name,
            "state": state_shown(face_of(row)),
            "province": provinces.get(row.node_code, row.node_code),
            "agency": row.agency_name,
            "kind": _(KIND_FACES[row.kind].word),
            "application": row.application_number,
            "received_at": row.received_at,
            "filing_number": row.filing_number,
            "decided_at": row.decided_at,
            "checks": _check_state(checks.get(row.pk, 0)),
            "drawn": _drawn_state(row),
        }
        for row in page.rows
    ]
    return render_page(
        request,
        "filing/list.jinja",
        {
            "page_title": _("备案登记册"),
            "filters": form,
            "list_url": url,
            "columns": columns,
            "rows": rows,
            "selectable": is_queue and may_decide(actor),
            "count_text": _("共 %(count)s 件") % {"count": page.count_text},
            "next_url": page_url(page.next_key),
            "previous_url": page_url(page.previous_key),
            "table_name": "filings",
            "empty_title": _("没有符合条件的备案申请"),
            "empty_step": _("各省审批通过的申请会自动报送到这里；也可以减少筛选条件再看。"),
            "empty_url": "",
        },
    )


def _breadcrumbs() -> list[dict[str, str]]:
    return [{"url": reverse("filing-list"), "label": _("备案登记册")}]


@permission_for_view(Permission.FILING_VIEW)
@require_GET
def filing_detail(request: HttpRequest, filing_id: int) -> HttpResponse:
    """Show one case as it was filed, with what a reviewer should look at."""
    actor = actor_of(request)
    filing = filing_for(actor, filing_id)
    case = filed_case(filing.content)
    found = recomputed(case, filing.node_code)
    following = next_waiting(filing) if may_decide(actor) else None
    actions = FILING.actions_from(FilingState(filing.state)) if may_decide(actor) else ()
    if filing.waits_for_documents:
        actions = tuple(row for row in actions if row.action != "grant")
    return render_page(
        request,
        "filing/detail.jinja",
        {
            "page_title": f"{filing.officer_name} {filing.filing_number or filing.application_number}",
            "breadcrumbs": _breadcrumbs(),
            "state": state_shown(face_of(filing)),
            "filing": filing,
            "reason_class": reason_class(filing.reason_code),
            "marks": marks_in_words(filing.marked_fields),
            "waivers": waiver_rows(case),
            "wishes": requests_shown(filing, named_documents(case)),
            "ask_url": reverse("filing-documents-ask", args=[filing.pk])
            if actions and not filing.waits_for_documents
            else "",
            "province": province_names().get(filing.node_code, filing.node_code),
            "links": chain_of(case, filing),
            "facts": case_facts(case),
            "checks": [
                {
                    "title": _(check.title),
                    "is_met": check.is_met,
                    "text": _(check.message) % check.fields if check.fields else _(check.message),
                }
                for check in checks_of(
                    case,
                    localdate(filing.decided_at) if filing.decided_at else clock.today(),
                    filing.node_code,
                )
            ],
            "explained": found,
            "drawn": reasons_in_words(filing),
            "conditions": conditions_in_words(found),
            "others": [
                {"row": row, "kind": _(KIND_FACES[row.kind].word), "state": state_shown(face_of(row))}
                for row in other_filings_of(filing)
            ],
            "case": case,
            "examinations": examination_rows(case),
            "documents": document_rows(case),
            "entries": timeline_of(case),
            "earlier": earlier_filings(filing),
            "request_hash": bytes(filing.request_hash).hex(),
            "next_url": reverse("filing-detail", args=[following.pk]) if following else "",
            "actions": [
                {
                    "face": ACTION_FACES[row.action],
                    "url": reverse("filing-decide", args=[filing.pk, row.action]),
                    "is_first": row.action == "grant",
                }
                for row in actions
            ],
        },
    )


def _decision_form(request: HttpRequest, filing: Filing, action: str) -> ReasonForm | None:
    """Return what is asked for with a decision; nothing for a plain grant."""
    if not asks_reason(filing, action):
        return None
    typed = request.POST if request.method == "POST" else None
    if action == "return":
        return ReturnForm(typed)
    if action == "refuse":
        return RefusalForm(typed)
    return ReasonForm(
        typed, help_text=_("写明抽查了哪些材料、怎样核对、结果如何；随签名回执送达该省，不可修改。")
    )


@permission_for_view(Permission.FILING_REVIEW)
@require_http_methods(["GET", "POST"])
def filing_decide(request: HttpRequest, filing_id: int, action: str) -> HttpResponse:
    """Ask once more, with a reason where one is due, and decide."""
    actor = actor_of(request)
    face = ACTION_FACES.get(action)
    if face is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    filing = filing_for(actor, filing_id)
    FILING.next_state(action, filing.state)
    form = _decision_form(request, filing, action)
    names = {
        "name": filing.officer_name,
        "province": province_names().get(filing.node_code, filing.node_code),
    }
    if request.method == "POST" and (form is None or form.is_valid()):
        said = form.cleaned_data if form else {}
        try:
            decided = decide_filing(
                actor,
                filing,
                action,
                said.get("reason", ""),
                reason_code=said.get("reason_code", ""),
                marked_fields=said.get("marked_fields", ()),
                now=clock.now(),
            )
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _(face.done) % {**names, "number": decided.filing_number})
            return redirect("filing-detail", filing.pk)
    return render_page(
        request,
        "filing/decide.jinja",
        {
            "page_title": _(face.label),
            "breadcrumbs": [
                *_breadcrumbs(),
                {
                    "url": reverse("filing-detail", args=[filing.pk]),
                    "label": f"{filing.officer_name} {filing.application_number}",
                },
            ],
            "filing": filing,
            "province": names["province"],
            "question": _(face.question) % names,
            "consequences": [_(line) for line in face.consequences],
            "form": form,
            "confirm_label": _(face.label),
            "cancel_url": reverse("filing-detail", args=[filing.pk]),
            "danger": face.is_dangerous,
        },
        status=400 if form is not None and form.errors else 200,
    )


@permission_for_view(Permission.FILING_REVIEW)
@require_POST
def filing_accept(request: HttpRequest) -> HttpResponse:
    """Grant the ticked filings: the first time show what would be granted, the second time do it."""
    actor = actor_of(request)
    wanted = [int(text) for text in request.POST.getlist("selected") if _ID.fullmatch(text)]
    form = ReasonForm(
        request.POST if "confirmed" in request.POST else None,
        help_text=_("写明为什么可以一并准予，例如核对了哪些事项；记入每一件，并随签名回执送达各省。"),
    )
    if "confirmed" in request.POST and form.is_valid():
        try:
            granted = accept_filings(actor, wanted, form.cleaned_data["reason"], now=clock.now())
        except InvalidInput as error:
            if error.place != "reason":
                raise
            add_error(form, error)
        else:
            return _accepted(request, granted)
    clean, others = chosen_filings(actor, wanted, clock.today())
    if not clean:
        text = _("没有可以一并准予的申请：请先勾选，有疑问的和被抽查的请打开逐件审查。")
        messages.warning(request, text)
        return redirect(_queue_url())
    context = _accept_context(clean, others) | {"form": form}
    return render_page(request, "filing/accept.jinja", context, status=400 if form.errors else 200)


def _accepted(request: HttpRequest, granted: list[Filing]) -> HttpResponse:
    messages.success(
        request,
        ngettext(
            "已准予 %(num)s 件备案（%(first)s 至 %(last)s），回执已发往各省。",
            "已准予 %(num)s 件备案（%(first)s 至 %(last)s），回执已发往各省。",
            len(granted),
        )
        % {
            "num": len(granted),
            "first": granted[0].filing_number,
            "last": granted[-1].filing_number,
        },
    )
    return redirect(_queue_url())


def _queue_url() -> str:
    return f"{reverse('filing-list')}?state={FilingState.RECEIVED.value}"


def _accept_context(clean: list[Filing], others: list[Filing]) -> dict[str, Any]:
    question = ngettext("准予以下 %(num)s 件申请备案", "准予以下 %(num)s 件申请备案", len(clean))
    return {
        "page_title": _("一并准予备案"),
        "breadcrumbs": _breadcrumbs(),
        "clean": clean,
        "others": others,
        "provinces": province_names(),
        "question": question % {"num": len(clean)},
        "consequences": [_(line) for line in ACTION_FACES["grant"].consequences],
        "confirm_label": _("准予备案"),
        "cancel_url": _queue_url(),
    }
