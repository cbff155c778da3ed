"""Stores, and the movements of cards between them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from warrant.apps.cardcentre.forms import ReasonForm
from warrant.apps.cardcentre.forms.stock import GiveForm, MovementFilter, StoreForm, TakeForm
from warrant.apps.cardcentre.models import CardMovement, CardStore
from warrant.apps.cardcentre.selectors.stock import (
    lying_by_store,
    movement_for,
    movements,
    open_stores,
    ranges_by_store,
    store_for,
    stored_ranges,
    stores,
)
from warrant.apps.cardcentre.services.movements import give_cards, refuse_movement, take_cards
from warrant.apps.cardcentre.services.stores import close_store, open_store
from warrant.apps.cardcentre.types import CARD_FACES, MOVEMENT_FACES, STORE_KINDS
from warrant.apps.cardcentre.views.stock_pages import decision_page, ranges_text, shown, stock_tabs, way
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, error_text, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.core.access import Permission
from warrant.core.errors import Conflict, InvalidInput
from warrant.core.lifecycle import CardState, MovementState, StoreKind

_RANGES_SHOWN = 100


@permission_for_view(Permission.CARD_STOCK)
@require_GET
def card_movement_list(request: HttpRequest) -> HttpResponse:
    """List the movements, newest first."""
    url = reverse("card-movements")
    form = MovementFilter(request.GET)
    chosen = form.cleaned_data["state"] if form.is_valid() else ""
    page = keyset_page(movements(actor_of(request), chosen), "-id", request.GET.get("after", ""))
    return render_page(
        request,
        "cardcentre/stock_list.jinja",
        {
            "page_title": _("移交"),
            "tabs": stock_tabs("card-movements"),
            "actions": [
                {
                    "label": _("办理移交"),
                    "url": reverse("card-movement-new"),
                    "kind": "primary",
                    "icon": "arrow-right-left",
                }
            ],
            "filters": form,
            "list_url": url,
            "columns": [
                {"key": "way", "label": _("移出库 → 移入库")},
                {"key": "state", "label": _("状态"), "kind": "state"},
                {"key": "count", "label": _("张数"), "kind": "number"},
                {"key": "serials", "label": _("芯片序列号"), "kind": "clip"},
                {"key": "given_by", "label": _("移出人")},
                {"key": "given_at", "label": _("移出时间"), "kind": "instant"},
                {"key": "ended_by", "label": _("接收人")},
                {"key": "ended_at", "label": _("接收时间"), "kind": "instant"},
            ],
            "rows": [
                {
                    "url": reverse("card-movement-detail", args=[movement.pk]),
                    "way": f"{movement.from_store} → {movement.to_store}",
                    "state": shown(MOVEMENT_FACES[MovementState(movement.state)]),
                    "count": movement.count,
                    "serials": ranges_text(stored_ranges(movement.ranges)),
                    "given_by": movement.given_by.display_name,
                    "given_at": movement.given_at,
                    "ended_by": movement.ended_by.display_name if movement.ended_by else "",
                    "ended_at": movement.ended_at,
                }
                for movement in page.rows
            ],
            "count_text": _("共 %(count)s 笔") % {"count": page.count_text},
            **page.addresses(url, {"state": chosen}),
            "table_name": "card-movements",
            "empty_title": _("没有移交"),
            "empty_step": _("空白卡移交到制卡点库后才能制卡"),
            "empty_url": reverse("card-movement-new"),
        },
    )


@permission_for_view(Permission.CARD_STOCK)
@require_http_methods(["GET", "POST"])
def card_movement_new(request: HttpRequest) -> HttpResponse:
    """Give cards from one store to another."""
    actor = actor_of(request)
    known = open_stores(actor)
    form = GiveForm(request.POST or None, stores=known, initial=_first_way(known))
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        by_pk = {store.pk: store for store in known}
        try:
            movement = give_cards(
                actor,
                by_pk[typed["from_store"]],
                by_pk[typed["to_store"]],
                typed["serials"],
                typed["remark"],
                now=clock.now(),
            )
        except InvalidInput as error:
            add_error(form, error)
        except Conflict as error:
            form.add_error("serials", error_text(error))
        else:
            messages.success(
                request,
                _("已移出 %(count)s 张，等待另一人在“%(store)s”接收")
                % {"count": movement.count, "store": movement.to_store.name},
            )
            return redirect("card-movement-detail", pk=movement.pk)
    return render_page(
        request,
        "cardcentre/movement_new.jinja",
        {
            "page_title": _("办理移交"),
            "breadcrumbs": way("card-movements"),
            "form": form,
            "wide_fields": ["serials", "remark"],
            "has_two_stores": len(known) > 1,
            "lying_title": _("库内可移交的卡"),
            "lying": [
                {
                    "store": store.name,
                    "state": shown(CARD_FACES[state]),
                    "count": sum(stretch.count for stretch in ranges),
                    "serials": ranges_text(ranges, 4),
                }
                for store, state, ranges in ranges_by_store(actor)
            ],
            "submit_label": _("确认移出"),
            "cancel_url": reverse("card-movements"),
        },
        status=400 if form.errors else 200,
    )


def _first_way(known: list[CardStore]) -> dict[str, int]:
    return {"from_store": known[0].pk, "to_store": known[1].pk} if len(known) > 1 else {}


@permission_for_view(Permission.CARD_STOCK)
@require_GET
def card_movement_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one movement: its cards by serial, giver and taker, and what may be done."""
    actor = actor_of(request)
    movement = movement_for(actor, pk)
    is_open = movement.state == MovementState.GIVEN
    return render_page(
        request,
        "cardcentre/movement.jinja",
        {
            "page_title": _("移交 %(number)s") % {"number": movement.pk},
            "breadcrumbs": way("card-movements"),
            "state": shown(MOVEMENT_FACES[MovementState(movement.state)]),
            "movement": movement,
            "ranges": stored_ranges(movement.ranges),
            "is_open": is_open,
            "allowed": {"take": is_open and movement.given_by_id != actor.account_id, "refuse": is_open},
        },
    )


@permission_for_view(Permission.CARD_STOCK)
@require_http_methods(["GET", "POST"])
def card_movement_take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the cards of a movement, having counted them."""
    actor = actor_of(request)
    movement = movement_for(actor, pk)
    form = TakeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            take_cards(actor, movement, form.cleaned_data["counted"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(
                request,
                _("“%(store)s”已接收 %(count)s 张")
                % {"store": movement.to_store.name, "count": movement.count},
            )
            return redirect("card-movement-detail", pk=pk)
    return _decide(
        request,
        movement,
        form,
        _("接收"),
        [_("这些卡从此记在“%(store)s”名下。") % {"store": movement.to_store}],
    )


@permission_for_view(Permission.CARD_STOCK)
@require_http_methods(["GET", "POST"])
def card_movement_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the cards of a movement back."""
    actor = actor_of(request)
    movement = movement_for(actor, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            refuse_movement(actor, movement, form.cleaned_data["reason"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("已退回，卡仍在“%(store)s”") % {"store": movement.from_store.name})
            return redirect("card-movement-detail", pk=pk)
    return _decide(
        request,
        movement,
        form,
        _("退回"),
        [_("这些卡仍记在“%(store)s”名下。") % {"store": movement.from_store}],
    )


def _decide(
    request: HttpRequest,
    movement: CardMovement,
    form: TakeForm | ReasonForm,
    label: str,
    consequences: list[str],
) -> HttpResponse:
    return decision_page(
        request,
        form,
        template="cardcentre/movement_form.jinja",
        page_title=label,
        breadcrumbs=[
            *way("card-movements"),
            {
                "url": reverse("card-movement-detail", args=[movement.pk]),
                "label": _("移交 %(number)s") % {"number": movement.pk},
            },
        ],
        movement=movement,
        ranges=stored_ranges(movement.ranges)[:_RANGES_SHOWN],
        question=_("%(source)s → %(target)s，%(count)s 张")
        % {"source": movement.from_store, "target": movement.to_store, "count": movement.count},
        consequences=consequences,
        confirm_label=label,
        cancel_url=reverse("card-movement-detail", args=[movement.pk]),
    )


@permission_for_view(Permission.CARD_STOCK)
@require_http_methods(["GET", "POST"])
def card_store_list(request: HttpRequest) -> HttpResponse:
    """List the stores with what lies in them, and open one for a station."""
    actor = actor_of(request)
    form = StoreForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            store = open_store(actor, typed["name"], typed["reader_name"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        except Conflict as error:
            form.add_error("name", error_text(error))
        else:
            messages.success(request, _("“%(name)s”已设立，可以移入空白卡") % {"name": store.name})
            return redirect("card-stores")
    lying = lying_by_store(actor)
    return render_page(
        request,
        "cardcentre/stores.jinja",
        {
            "page_title": _("库"),
            "breadcrumbs": way(),
            "tabs": stock_tabs("card-stores"),
            "stores": [
                {
                    "pk": store.pk,
                    "name": store.name,
                    "kind": _(STORE_KINDS[StoreKind(store.kind)]),
                    "reader": store.reader_name or (_("不限") if store.kind == StoreKind.STATION else ""),
                    "blank": lying.get(store.pk, {}).get(CardState.BLANK, 0),
                    "spoiled": lying.get(store.pk, {}).get(CardState.SPOILED, 0),
                    "returned": lying.get(store.pk, {}).get(CardState.RETURNED, 0),
                    "is_open": store.closed_at is None,
                    "can_close": store.closed_at is None and store.kind == StoreKind.STATION,
                    "url": f"{reverse('card-stock')}?store={store.pk}",
                }
                for store in stores(actor)
            ],
            "form": form,
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(Permission.CARD_STOCK)
@require_POST
def card_store_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the store of a station that is empty."""
    actor = actor_of(request)
    try:
        store = close_store(actor, store_for(actor, pk), now=clock.now())
    except Conflict as error:
        messages.error(request, error_text(error))
    else:
        messages.success(request, _("“%(name)s”已撤销") % {"name": store.name})
    return redirect("card-stores")
