"""Handing cards to their holders."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from warrant.apps.cardcentre.forms import HandOverForm
from warrant.apps.cardcentre.selectors import certificate_with_card, produced_for_hand_over
from warrant.apps.cardcentre.services.hand_over import record_hand_over
from warrant.apps.cardcentre.services.receipts import print_holder_receipt
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.core.access import Permission
from warrant.core.errors import InvalidInput


@permission_for_view(Permission.CARD_HAND_OVER)
@require_GET
def card_hand_over_list(request: HttpRequest) -> HttpResponse:
    """List the finished cards that wait for their holders."""
    rows = produced_for_hand_over(actor_of(request))
    page = keyset_page(rows, "number", request.GET.get("after", ""))
    url = reverse("card-hand-over-list")
    return render_page(
        request,
        "page_list.jinja",
        {
            "page_title": _("待发放"),
            "list_url": url,
            "columns": [
                {"key": "name", "label": _("姓名")},
                {"key": "number", "label": _("证件编号")},
                {"key": "agency", "label": _("执法单位"), "kind": "clip"},
                {"key": "made_at", "label": _("制成时间"), "kind": "instant"},
            ],
            "rows": [
                {
                    "url": reverse("card-hand-over", args=[row.number]),
                    "name": row.officer.name,
                    "number": row.number,
                    "agency": row.agency_name,
                    "made_at": row.changed_at,
                }
                for row in page.rows
            ],
            "count_text": _("共 %(count)s 张") % {"count": page.count_text},
            "next_url": f"{url}?after={page.next_key}" if page.next_key else "",
            "previous_url": f"{url}?after={page.previous_key}" if page.previous_key else "",
            "table_name": "hand-over",
            "empty_title": _("没有待发放的证卡"),
            "empty_step": _("制卡中心制成后，会列在这里。"),
            "empty_url": "",
        },
    )


@permission_for_view(Permission.CARD_HAND_OVER)
@require_http_methods(["GET", "POST"])
def card_hand_over(request: HttpRequest, number: str) -> HttpResponse:
    """Record that the holder has signed for the card."""
    actor = actor_of(request)
    certificate = certificate_with_card(actor, Permission.CARD_HAND_OVER, number)
    form = HandOverForm(request.POST or None)
    names = {"name": certificate.officer.name, "number": certificate.number}
    if request.method == "POST" and form.is_valid():
        try:
            record_hand_over(actor, certificate, form.cleaned_data["received_by_name"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("已发放%(name)s的证件 %(number)s，公众核验已显示“有效”") % names)
            return redirect("card-hand-over-list")
    return render_page(
        request,
        "cardcentre/hand_over.jinja",
        {
            "page_title": _("发放证卡"),
            "breadcrumbs": [{"url": reverse("card-hand-over-list"), "label": _("待发放")}],
            "certificate": certificate,
            "question": _("把证件 %(number)s 发放给%(name)s本人") % names,
            "consequences": [
                _("证件立即生效，公众核验显示“有效”。"),
                _("请当面核对本人、照片和卡面，打印回执，由本人签字后存档。"),
            ],
            "form": form,
            "confirm_label": _("确认发放"),
            "cancel_url": reverse("card-hand-over-list"),
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(Permission.CARD_HAND_OVER)
@require_POST
def card_holder_receipt(request: HttpRequest, number: str) -> HttpResponse:
    """Answer the receipt that the holder signs, as PDF; who printed it is on record."""
    actor = actor_of(request)
    certificate = certificate_with_card(actor, Permission.CARD_HAND_OVER, number)
    response = HttpResponse(
        print_holder_receipt(actor, certificate, now=clock.now()), content_type="application/pdf"
    )
    response["Content-Disposition"] = f'inline; filename="receipt-{certificate.number}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response
