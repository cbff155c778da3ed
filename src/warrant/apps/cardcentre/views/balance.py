"""The balance of the stores to the card, and the closing of their days."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from warrant.apps.cardcentre.forms import ReasonForm
from warrant.apps.cardcentre.forms.stock import CloseForm
from warrant.apps.cardcentre.models import StockDay
from warrant.apps.cardcentre.selectors.balance import (
    StoreState,
    balance_of,
    figures_of,
    running_balances,
    stock_day_for,
    stock_days,
    total_of,
    unbooked_cards,
)
from warrant.apps.cardcentre.selectors.stock import store_for
from warrant.apps.cardcentre.services.closing import close_day, confirm_day, reject_day
from warrant.apps.cardcentre.types import DAY_FACES, STANDING_LABELS
from warrant.apps.cardcentre.views.stock_pages import decision_page, shown, stock_tabs, way
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.core.access import Permission
from warrant.core.errors import InvalidInput
from warrant.core.lifecycle import StockDayState
from warrant.core.lifecycle.stock import StoreBalance
from warrant.core.standards.card_serial import as_ranges

_RANGES_SHOWN = 200


@permission_for_view(Permission.CARD_STOCK)
@require_GET
def card_balance(request: HttpRequest) -> HttpResponse:
    """Show every store's balance since its last closing, as a page or (Accept: application/json) as JSON."""
    states = running_balances(actor_of(request))
    if request.accepts("application/json") and not request.accepts("text/html"):
        return JsonResponse(_as_json(states), json_dumps_params={"ensure_ascii": False})
    total = total_of(states)
    return render_page(
        request,
        "cardcentre/balance.jinja",
        {
            "page_title": _("日结"),
            "breadcrumbs": way(),
            "tabs": stock_tabs("card-balance"),
            "standings": [_(label) for label in STANDING_LABELS.values()],
            "rows": [
                {
                    "pk": state.store.pk,
                    "name": state.store.name,
                    "began_at": state.began_at,
                    **_cells(state.balance),
                    "agrees": state.agrees,
                    "unbooked": [] if state.agrees else unbooked_cards(state.store, 20),
                    "may_close": not state.is_closed and state.store.closed_at is None,
                }
                for state in states
            ],
            "total": _cells(total),
        },
    )


def _cells(balance: StoreBalance) -> dict[str, Any]:
    return {
        "flows": [balance.opening, balance.received, balance.taken_over, balance.given_over],
        "standings": [balance.standings.get(one, 0) for one in STANDING_LABELS],
        "total": balance.total,
        "holds": balance.holds,
    }


def _as_json(states: list[StoreState]) -> dict[str, Any]:
    return {
        "as_of": clock.now().isoformat(),
        "stores": [
            {
                "store": state.store.name,
                "kind": state.store.kind,
                "since": state.began_at.isoformat() if state.began_at else None,
                **figures_of(state.balance),
                "agrees": state.agrees,
                "unbooked": [] if state.agrees else unbooked_cards(state.store),
            }
            for state in states
        ],
        "total": figures_of(total_of(states)),
    }


@permission_for_view(Permission.CARD_STOCK)
@require_http_methods(["GET", "POST"])
def stock_day_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a store's day with the serials found there."""
    actor = actor_of(request)
    store = store_for(actor, pk)
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            day = close_day(actor, store, typed["found"], typed["explanation"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("“%(store)s”已盘点，等待另一人确认") % {"store": store.name})
            return redirect("stock-day-detail", pk=day.pk)
    return decision_page(
        request,
        form,
        page_title=_("盘点日结"),
        breadcrumbs=way("card-balance"),
        question=_("盘点“%(store)s”，按序列号登记库内每一张卡") % {"store": store.name},
        consequences=[
            _("系统按序列号与账目比对，差异逐张列出。"),
            _("另一人确认后，没有盘到的卡记为库存遗失，不能再用。"),
            _("此后的收发记入下一日。"),
        ],
        confirm_label=_("完成盘点"),
        cancel_url=reverse("card-balance"),
    )


@permission_for_view(Permission.CARD_STOCK)
@require_GET
def stock_day_list(request: HttpRequest) -> HttpResponse:
    """List the closed days, newest first."""
    url = reverse("stock-days")
    page = keyset_page(stock_days(actor_of(request)), "-id", request.GET.get("after", ""))
    return render_page(
        request,
        "cardcentre/stock_list.jinja",
        {
            "page_title": _("历次日结"),
            "breadcrumbs": way("card-balance"),
            "tabs": stock_tabs("card-balance"),
            "actions": [],
            "list_url": url,
            "columns": [
                {"key": "on", "label": _("日期"), "kind": "date"},
                {"key": "store", "label": _("库")},
                {"key": "state", "label": _("状态"), "kind": "state"},
                {"key": "total", "label": _("账上合计"), "kind": "number"},
                {"key": "counted", "label": _("盘到张数"), "kind": "number"},
                {"key": "missing", "label": _("没有盘到"), "kind": "number"},
                {"key": "surplus", "label": _("账上没有"), "kind": "number"},
                {"key": "closed_by", "label": _("盘点人")},
                {"key": "decided_by", "label": _("确认人")},
            ],
            "rows": [
                {
                    "url": reverse("stock-day-detail", args=[day.pk]),
                    "on": day.on,
                    "store": day.store.name,
                    "state": shown(DAY_FACES[StockDayState(day.state)]),
                    "total": balance_of(day.figures).total,
                    "counted": day.counted,
                    "missing": len(day.missing),
                    "surplus": len(day.surplus),
                    "closed_by": day.closed_by.display_name,
                    "decided_by": day.decided_by.display_name if day.decided_by else "",
                }
                for day in page.rows
            ],
            "count_text": _("共 %(count)s 次") % {"count": page.count_text},
            **page.addresses(url),
            "table_name": "stock-days",
            "empty_title": _("还没有日结"),
            "empty_step": _("每天由一人盘点、另一人确认"),
            "empty_url": reverse("card-balance"),
        },
    )


@permission_for_view(Permission.CARD_STOCK)
@require_GET
def stock_day_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one closed day: its balance, what was found, and the differences by serial."""
    actor = actor_of(request)
    day = stock_day_for(actor, pk)
    return render_page(
        request,
        "cardcentre/stock_day.jinja",
        {
            "page_title": _("%(store)s %(day)s 日结") % {"store": day.store, "day": day.on},
            "breadcrumbs": [*way("card-balance"), {"url": reverse("stock-days"), "label": _("历次日结")}],
            "state": shown(DAY_FACES[StockDayState(day.state)]),
            "day": day,
            "standings": [_(label) for label in STANDING_LABELS.values()],
            "row": _cells(balance_of(day.figures)),
            "missing": as_ranges(day.missing)[:_RANGES_SHOWN],
            "surplus": as_ranges(day.surplus)[:_RANGES_SHOWN],
            "is_open": day.state == StockDayState.CLOSED,
            "may_decide": day.state == StockDayState.CLOSED and day.closed_by_id != actor.account_id,
        },
    )


@permission_for_view(Permission.CARD_STOCK)
@require_POST
def stock_day_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm a closed day as a second person."""
    actor = actor_of(request)
    day = confirm_day(actor, stock_day_for(actor, pk), now=clock.now())
    messages.success(request, _("“%(store)s” %(day)s 的日结已确认") % _named(day))
    return redirect("stock-day-detail", pk=pk)


@permission_for_view(Permission.CARD_STOCK)
@require_http_methods(["GET", "POST"])
def stock_day_reject(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a closed day back, to be counted again."""
    actor = actor_of(request)
    day = stock_day_for(actor, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reject_day(actor, day, form.cleaned_data["reason"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("“%(store)s” %(day)s 的日结已退回，请重新盘点") % _named(day))
            return redirect("stock-day-detail", pk=pk)
    return decision_page(
        request,
        form,
        page_title=_("退回重新盘点"),
        breadcrumbs=[
            *way("card-balance"),
            {"url": reverse("stock-day-detail", args=[pk]), "label": f"{day.store} {day.on}"},
        ],
        question=_("退回“%(store)s” %(day)s 的日结") % _named(day),
        consequences=[_("这次盘点作废，须重新盘点后再日结。")],
        confirm_label=_("退回重新盘点"),
        cancel_url=reverse("stock-day-detail", args=[pk]),
    )


def _named(day: StockDay) -> dict[str, Any]:
    return {"store": day.store.name, "day": day.on}
