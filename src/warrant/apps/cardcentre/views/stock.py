"""The cards of the stock: list, one card with its history, and what is done with a single card."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from warrant.apps.cardcentre.forms import ReasonForm
from warrant.apps.cardcentre.forms.stock import StockFilter, TakeBackForm
from warrant.apps.cardcentre.models import Card
from warrant.apps.cardcentre.selectors.leaked import key_state_of
from warrant.apps.cardcentre.selectors.stock import (
    card_counts,
    card_for,
    card_history,
    cards_in_stock,
    open_stores,
    store_for,
    stores,
)
from warrant.apps.cardcentre.services.stock import find_card, spoil_blank, take_back
from warrant.apps.cardcentre.types import CARD_FACES, ENTRY_LABELS, KEY_FACES, SUITE_LABELS
from warrant.apps.cardcentre.views.stock_pages import decision_page, shown, stock_tabs, way
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.core.access import Permission
from warrant.core.errors import InvalidInput
from warrant.core.lifecycle import CardState
from warrant.core.lifecycle.key import KeyState

_HISTORY_SHOWN = 50
_ALIVE = (CardState.RESERVED, CardState.PERSONALISED, CardState.HANDED_OVER)
_DONE_BY_HAND = {
    CardState.BLANK: ("card-spoil",),
    CardState.PERSONALISED: ("card-take-back",),
    CardState.HANDED_OVER: ("card-take-back",),
    CardState.DEAD: ("card-take-back",),
    CardState.LOST: ("card-find",),
}


@permission_for_view(Permission.CARD_STOCK)
@require_GET
def card_stock(request: HttpRequest) -> HttpResponse:
    """List the cards by serial, with the counts of each state above."""
    actor = actor_of(request)
    form = StockFilter(request.GET, stores=stores(actor))
    asked = form.cleaned_data if form.is_valid() else {"state": "", "store": "", "serial": ""}
    serial = asked["serial"].strip().upper()
    rows = cards_in_stock(actor, asked["state"], int(asked["store"]) if asked["store"] else None, serial)
    page = keyset_page(rows, "serial", request.GET.get("after", ""))
    url = reverse("card-stock")
    return render_page(
        request,
        "cardcentre/stock_list.jinja",
        {
            "page_title": _("空白卡库存"),
            "tabs": stock_tabs("card-stock"),
            "actions": [
                {
                    "label": _("空白卡入库"),
                    "url": reverse("card-receive"),
                    "kind": "primary",
                    "icon": "package-plus",
                }
            ],
            "filters": form,
            "figures": [
                {"label": _(CARD_FACES[state].word), "value": str(count), "url": f"{url}?state={state.value}"}
                for state, count in sorted(card_counts(actor).items(), key=_place_of_figure)
            ],
            "list_url": url,
            "columns": [
                {"key": "serial", "label": _("芯片序列号")},
                {"key": "state", "label": _("状态"), "kind": "state"},
                {"key": "store", "label": _("所在库")},
                {"key": "suite", "label": _("卡片算法")},
                {"key": "certificate", "label": _("证件编号")},
                {"key": "holder", "label": _("持证人")},
                {"key": "batch", "label": _("批号"), "kind": "clip"},
                {"key": "changed_at", "label": _("变动时间"), "kind": "instant"},
                {"key": "reason", "label": _("作废原因"), "kind": "clip"},
            ],
            "rows": [_row(card) for card in page.rows],
            "count_text": _("共 %(count)s 张") % {"count": page.count_text},
            **page.addresses(url, {"state": asked["state"], "store": asked["store"], "serial": serial}),
            "table_name": "cards",
            "empty_title": _("没有符合条件的卡"),
            "empty_step": _("登记一批空白卡入库"),
            "empty_url": reverse("card-receive"),
        },
    )


def _place_of_figure(figure: tuple[CardState, int]) -> int:
    return list(CARD_FACES).index(figure[0])


def _row(card: Card) -> dict[str, Any]:
    return {
        "url": reverse("card-detail", args=[card.serial]),
        "serial": card.serial,
        "state": shown(CARD_FACES[CardState(card.state)]),
        "store": _store_text(card),
        "suite": SUITE_LABELS.get(card.key_suite, card.key_suite),
        "certificate": card.certificate.number if card.certificate else "",
        "holder": card.certificate.officer.name if card.certificate else "",
        "batch": str(card.batch),
        "changed_at": card.changed_at,
        "reason": card.spoiled_reason,
    }


def _store_text(card: Card) -> str:
    if card.store is None:
        return ""
    if card.movement_id is not None:
        return _("%(store)s（移交途中）") % {"store": card.store.name}
    return card.store.name


@permission_for_view(Permission.CARD_STOCK)
@require_GET
def card_detail(request: HttpRequest, serial: str) -> HttpResponse:
    """Show one card: where it stands, what it carries, and every line of its ledger."""
    card = card_for(actor_of(request), serial)
    state, keys = CardState(card.state), key_state_of(card)
    labels = {"card-spoil": _("作废此卡"), "card-take-back": _("收回此卡"), "card-find": _("找到此卡")}
    return render_page(
        request,
        "cardcentre/card.jinja",
        {
            "page_title": _("卡 %(serial)s") % {"serial": card.serial},
            "breadcrumbs": way(),
            "state": shown(CARD_FACES[state]),
            "card": card,
            "store": _store_text(card),
            "suite": SUITE_LABELS.get(card.key_suite, card.key_suite),
            "keys": shown(KEY_FACES[keys]) if keys else None,
            "is_on_leaked_keys": keys is KeyState.COMPROMISED and state in _ALIVE,
            "acts": [
                {"label": labels[name], "url": reverse(name, args=[card.serial])}
                for name in _DONE_BY_HAND.get(state, ())
                if card.movement_id is None and card.destruction_id is None
            ],
            "entries": [
                {
                    "at": entry.happened_at,
                    "title": _(ENTRY_LABELS.get(entry.action, entry.action)),
                    "unit": entry.to_store.name if entry.to_store else "",
                    "person": " / ".join(
                        account.display_name for account in (entry.second, entry.account) if account
                    ),
                    "text": entry.remark,
                    "tone": CARD_FACES[CardState(entry.to_state)].tone,
                }
                for entry in card_history(card)[:_HISTORY_SHOWN]
            ],
        },
    )


@permission_for_view(Permission.CARD_STOCK)
@require_http_methods(["GET", "POST"])
def card_spoil(request: HttpRequest, serial: str) -> HttpResponse:
    """Take a damaged blank out of use, with a reason."""
    card = card_for(actor_of(request), serial)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            spoil_blank(actor_of(request), card, form.cleaned_data["reason"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("卡 %(serial)s 已作废") % {"serial": card.serial})
            return redirect("card-detail", serial=card.serial)
    return decision_page(
        request,
        form,
        page_title=_("作废空白卡"),
        breadcrumbs=_way_to(card),
        question=_("作废空白卡 %(serial)s") % {"serial": card.serial},
        consequences=[
            _("此卡按自己的序列号永久记为作废，不能再用于制卡。"),
            _("请剪断芯片后留在库中，等待销毁。"),
        ],
        confirm_label=_("作废此卡"),
        cancel_url=reverse("card-detail", args=[card.serial]),
        danger=True,
    )


@permission_for_view(Permission.CARD_STOCK)
@require_http_methods(["GET", "POST"])
def card_take_back(request: HttpRequest, serial: str) -> HttpResponse:
    """Take back a card whose certificate has ended."""
    actor = actor_of(request)
    card = card_for(actor, serial)
    form = TakeBackForm(request.POST or None, stores=open_stores(actor))
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            take_back(actor, card, store_for(actor, typed["store"]), typed["reason"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("卡 %(serial)s 已收回") % {"serial": card.serial})
            return redirect("card-detail", serial=card.serial)
    return decision_page(
        request,
        form,
        page_title=_("收回此卡"),
        breadcrumbs=_way_to(card),
        question=_("收回卡 %(serial)s（证件 %(number)s）")
        % {"serial": card.serial, "number": card.certificate.number if card.certificate else "—"},
        consequences=[
            _("只收回证件已注销、吊销或届满的卡。"),
            _("收回的卡留在库中，由两人见证销毁。"),
        ],
        confirm_label=_("收回此卡"),
        cancel_url=reverse("card-detail", args=[card.serial]),
    )


@permission_for_view(Permission.CARD_STOCK)
@require_http_methods(["GET", "POST"])
def card_find(request: HttpRequest, serial: str) -> HttpResponse:
    """Record that a card lost from its store turned up."""
    card = card_for(actor_of(request), serial)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            find_card(actor_of(request), card, form.cleaned_data["reason"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("卡 %(serial)s 已找到，记为废卡") % {"serial": card.serial})
            return redirect("card-detail", serial=card.serial)
    return decision_page(
        request,
        form,
        page_title=_("找到此卡"),
        breadcrumbs=_way_to(card),
        question=_("卡 %(serial)s 已经找到") % {"serial": card.serial},
        consequences=[_("离开过保管的卡不能再用于制卡：记为废卡，等待销毁。")],
        confirm_label=_("找到此卡"),
        cancel_url=reverse("card-detail", args=[card.serial]),
    )


def _way_to(card: Card) -> list[dict[str, str]]:
    return [*way(), {"url": reverse("card-detail", args=[card.serial]), "label": card.serial}]
