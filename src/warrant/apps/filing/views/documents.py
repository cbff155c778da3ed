"""Pages on documents that are held against their originals: the ministry asks, the province answers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from warrant.apps.filing.forms import DocumentsForm, StatementsForm
from warrant.apps.filing.selectors.documents import document_request_for, named_documents
from warrant.apps.filing.selectors.register import filing_for, province_names
from warrant.apps.filing.services import answer_documents, ask_for_documents
from warrant.apps.filing.types import filed_case
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, permission_for_view, render_page
from warrant.core.access import Permission
from warrant.core.errors import InvalidInput
from warrant.core.ledger.event import parse_event
from warrant.core.lifecycle.filing import DOCUMENT_REQUEST


@permission_for_view(Permission.FILING_REVIEW)
@require_http_methods(["GET", "POST"])
def filing_documents_ask(request: HttpRequest, filing_id: int) -> HttpResponse:
    """Choose documents of a filing that the province is to hold against their originals."""
    actor = actor_of(request)
    filing = filing_for(actor, filing_id)
    province = province_names().get(filing.node_code, filing.node_code)
    form = DocumentsForm(
        request.POST if request.method == "POST" else None, named=named_documents(filed_case(filing.content))
    )
    if form.is_valid():
        wanted, reason = form.cleaned_data["digests"], form.cleaned_data["reason"]
        try:
            ask_for_documents(actor, filing, wanted, reason, now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(
                request, _("已请%(province)s核对原件，收到结果前停止计时") % {"province": province}
            )
            return redirect("filing-detail", filing.pk)
    return render_page(
        request,
        "filing/decide.jinja",
        {
            "page_title": _("调阅材料"),
            "breadcrumbs": [
                {"url": reverse("filing-list"), "label": _("备案登记册")},
                {
                    "url": reverse("filing-detail", args=[filing.pk]),
                    "label": f"{filing.officer_name} {filing.application_number}",
                },
            ],
            "filing": filing,
            "province": province,
            "question": _("请该省对照原件核对所选材料，逐件报告由谁、何时、在何处核对。"),
            "consequences": [
                _("收到核对结果以前，备案审查停止计时，不能准予备案。"),
                _("材料文件本身不传输；结果随该省的签名日志送达，可以据此追查。"),
            ],
            "form": form,
            "confirm_label": _("调阅材料"),
            "cancel_url": reverse("filing-detail", args=[filing.pk]),
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(Permission.APPLICATION_APPROVE)
@require_http_methods(["GET", "POST"])
def filing_documents(request: HttpRequest, pk: int) -> HttpResponse:
    """Say of each document that the ministry asks for what became of its original."""
    actor = actor_of(request)
    asked = document_request_for(actor, pk)
    filed = asked.request
    if filed is None:
        raise ValueError("only a province answers")
    DOCUMENT_REQUEST.next_state("answer", asked.state)
    named = named_documents(filed_case(parse_event(bytes(filed.entry.body)).data))
    documents = [(digest, _(named.get(digest, ""))) for digest in asked.digests]
    usual: dict[str, object] = {}
    for place in range(len(documents)):
        usual |= {f"seen_by-{place}": actor.name, f"seen_on-{place}": localdate(clock.now())}
    form = StatementsForm(
        request.POST if request.method == "POST" else None, documents=documents, initial=usual
    )
    number = filed.application.number
    if form.is_valid():
        try:
            answer_documents(actor, asked, form.statements(), now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("已报送材料核对结果"))
            return redirect("filing-request", number)
    return render_page(
        request,
        "filing/documents.jinja",
        {
            "page_title": _("核对材料原件"),
            "breadcrumbs": [
                {"url": reverse("application-detail", args=[number]), "label": number},
                {"url": reverse("filing-request", args=[number]), "label": _("部级备案")},
            ],
            "asked": asked,
            "officer": filed.application.officer,
            "application": filed.application,
            "form": form,
            "groups": form.groups(),
            "cancel_url": reverse("filing-request", args=[number]),
        },
        status=400 if form.errors else 200,
    )
