"""The stock of cards: list, receipt of a batch, a damaged blank; and the card box of a development node."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from warrant.apps.cardcentre.forms import ReasonForm, ReceiveForm, StockFilter
from warrant.apps.cardcentre.selectors import card_counts, card_for, cards_in_stock
from warrant.apps.cardcentre.services.box import add_next_blank, box_readers, put_in, take_out
from warrant.apps.cardcentre.services.stock import receive_cards, spoil_blank
from warrant.apps.cardcentre.types import CARD_FACES, SUITE_LABELS
from warrant.apps.cardcentre.views.station import has_card_box
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, error_text, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.core.access import Permission
from warrant.core.errors import Conflict, InvalidInput, NotFound, Unavailable
from warrant.core.lifecycle import CardState


@permission_for_view(Permission.CARD_STOCK)
@require_GET
def card_stock(request: HttpRequest) -> HttpResponse:
    """List the cards by serial, with the counts of each state above."""
    form = StockFilter(request.GET)
    chosen = form.cleaned_data["state"] if form.is_valid() else ""
    page = keyset_page(cards_in_stock(actor_of(request), chosen), "serial", request.GET.get("after", ""))
    url = reverse("card-stock")

    def page_url(key: str) -> str:
        return f"{url}?{urlencode({'state': chosen, 'after': key})}" if key else ""

    rows = []
    for card in page.rows:
        face = CARD_FACES[CardState(card.state)]
        is_blank = card.state == CardState.BLANK
        rows.append(
            {
                "serial": card.serial,
                "state": {"word": _(face.word), "tone": face.tone},
                "suite": SUITE_LABELS.get(card.key_suite, card.key_suite),
                "certificate": card.certificate.number if card.certificate else "",
                "holder": card.certificate.officer.name if card.certificate else "",
                "supplier": card.batch.supplier,
                "received_on": card.batch.received_at,
                "reason": card.spoiled_reason,
                "act": {"label": _("作废此卡"), "url": reverse("card-spoil", args=[card.serial])}
                if is_blank
                else "",
            }
        )
    return render_page(
        request,
        "cardcentre/stock.jinja",
        {
            "page_title": _("空白卡库存"),
            "filters": form,
            "figures": [
                {"label": _(CARD_FACES[state].word), "value": str(count), "url": f"{url}?state={state.value}"}
                for state, count in card_counts(actor_of(request)).items()
            ],
            "list_url": url,
            "columns": [
                {"key": "serial", "label": _("芯片序列号")},
                {"key": "state", "label": _("状态"), "kind": "state"},
                {"key": "suite", "label": _("卡片算法")},
                {"key": "certificate", "label": _("证件编号")},
                {"key": "holder", "label": _("持证人")},
                {"key": "supplier", "label": _("供卡单位"), "kind": "clip"},
                {"key": "received_on", "label": _("入库日期"), "kind": "date"},
                {"key": "reason", "label": _("作废原因"), "kind": "clip"},
                {"key": "act", "label": _("操作"), "kind": "link"},
            ],
            "rows": rows,
            "count_text": _("共 %(count)s 张") % {"count": page.count_text},
            "next_url": page_url(page.next_key),
            "previous_url": page_url(page.previous_key),
            "table_name": "cards",
            "empty_title": _("没有符合条件的卡"),
            "empty_step": _("登记一批空白卡入库"),
            "empty_url": reverse("card-receive"),
        },
    )


@permission_for_view(Permission.CARD_STOCK)
@require_http_methods(["GET", "POST"])
def card_receive(request: HttpRequest) -> HttpResponse:
    """Take a box of blanks into stock."""
    form = ReceiveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            batch = receive_cards(
                actor_of(request),
                typed["supplier"],
                typed["first_serial"],
                typed["last_serial"],
                typed["suite"],
                now=clock.now(),
            )
        except InvalidInput as error:
            add_error(form, error)
        except Conflict as error:
            form.add_error("first_serial", error_text(error))
        else:
            messages.success(request, _("%(count)s 张空白卡已入库") % {"count": batch.count})
            return redirect("card-stock")
    return render_page(
        request,
        "page_form.jinja",
        {
            "page_title": _("空白卡入库"),
            "breadcrumbs": [{"url": reverse("card-stock"), "label": _("空白卡库存")}],
            "form": form,
            "submit_label": _("登记入库"),
            "cancel_url": reverse("card-stock"),
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(Permission.CARD_STOCK)
@require_http_methods(["GET", "POST"])
def card_spoil(request: HttpRequest, serial: str) -> HttpResponse:
    """Take a damaged blank out of stock, with a reason."""
    card = card_for(actor_of(request), serial)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            spoil_blank(actor_of(request), card, form.cleaned_data["reason"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("卡 %(serial)s 已作废") % {"serial": card.serial})
            return redirect("card-stock")
    return render_page(
        request,
        "page_confirm.jinja",
        {
            "page_title": _("作废空白卡"),
            "breadcrumbs": [{"url": reverse("card-stock"), "label": _("空白卡库存")}],
            "question": _("作废空白卡 %(serial)s") % {"serial": card.serial},
            "consequences": [_("此卡按自己的序列号永久记为作废，不能再用于制卡。")],
            "form": form,
            "confirm_label": _("作废此卡"),
            "cancel_url": reverse("card-stock"),
            "danger": True,
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(Permission.CARD_PRODUCE)
@require_http_methods(["GET", "POST"])
def card_box(request: HttpRequest) -> HttpResponse:
    """Put cards into virtual readers and take them out; only on a development node."""
    if not has_card_box():
        raise Http404
    if request.method == "POST":
        reader, serial = request.POST.get("reader", ""), request.POST.get("serial", "")
        try:
            if request.POST.get("act") == "take-out":
                take_out(actor_of(request), reader)
            elif request.POST.get("act") == "next-blank":
                add_next_blank(actor_of(request), reader)
            else:
                put_in(actor_of(request), reader, serial)
        except (Conflict, InvalidInput, NotFound, Unavailable) as error:
            messages.error(request, error_text(error))
        target = "card-centre" if request.POST.get("next") == "card-centre" else "card-box"
        return redirect(target)
    readers = box_readers()
    return render_page(
        request,
        "cardcentre/box.jinja",
        {
            "page_title": _("虚拟卡盒"),
            "breadcrumbs": [{"url": reverse("card-centre"), "label": _("制卡中心")}],
            "names": readers.names(),
            "cards": readers.cards(),
            "suites": SUITE_LABELS,
        },
    )
