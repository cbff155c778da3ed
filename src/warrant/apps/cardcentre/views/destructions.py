"""Destroying cards: proposed in the store, seen by two witnesses, recorded on paper."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from warrant.apps.cardcentre.forms import ReasonForm
from warrant.apps.cardcentre.forms.stock import DestructionForm
from warrant.apps.cardcentre.models import CardDestruction
from warrant.apps.cardcentre.selectors.balance import destruction_for, destructions
from warrant.apps.cardcentre.selectors.stock import open_stores, ranges_by_store, stored_ranges
from warrant.apps.cardcentre.services.destruction import (
    print_destruction,
    propose_destruction,
    withdraw_destruction,
    witness_destruction,
)
from warrant.apps.cardcentre.types import CARD_FACES, DESTRUCTION_FACES
from warrant.apps.cardcentre.views.stock_pages import decision_page, ranges_text, shown, stock_tabs, way
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, error_text, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.core.access import Actor, Permission, is_permitted
from warrant.core.access.decision import NATION
from warrant.core.errors import Conflict, InvalidInput
from warrant.core.lifecycle import CardState, DestructionState

_OPEN = (DestructionState.PROPOSED, DestructionState.WITNESSED)
_RANGES_SHOWN = 100


@permission_for_view(Permission.CARD_STOCK)
@require_GET
def card_destruction_list(request: HttpRequest) -> HttpResponse:
    """List the destructions, newest first."""
    url = reverse("card-destructions")
    page = keyset_page(destructions(actor_of(request)), "-id", request.GET.get("after", ""))
    return render_page(
        request,
        "cardcentre/stock_list.jinja",
        {
            "page_title": _("证卡销毁"),
            "tabs": stock_tabs("card-destructions"),
            "actions": [
                {
                    "label": _("提出销毁"),
                    "url": reverse("card-destruction-new"),
                    "kind": "primary",
                    "icon": "trash-2",
                }
            ],
            "list_url": url,
            "columns": [
                {"key": "proposed_at", "label": _("提出时间"), "kind": "instant"},
                {"key": "state", "label": _("状态"), "kind": "state"},
                {"key": "count", "label": _("张数"), "kind": "number"},
                {"key": "store", "label": _("所在库")},
                {"key": "serials", "label": _("芯片序列号"), "kind": "clip"},
                {"key": "proposed_by", "label": _("提出人")},
                {"key": "first", "label": _("第一见证人")},
                {"key": "second", "label": _("第二见证人")},
            ],
            "rows": [
                {
                    "url": reverse("card-destruction-detail", args=[row.pk]),
                    "proposed_at": row.proposed_at,
                    "state": shown(DESTRUCTION_FACES[DestructionState(row.state)]),
                    "count": row.count,
                    "store": row.store.name,
                    "serials": ranges_text(stored_ranges(row.ranges)),
                    "proposed_by": row.proposed_by.display_name,
                    "first": row.first_witness.display_name if row.first_witness else "",
                    "second": row.second_witness.display_name if row.second_witness else "",
                }
                for row in page.rows
            ],
            "count_text": _("共 %(count)s 次") % {"count": page.count_text},
            **page.addresses(url),
            "table_name": "card-destructions",
            "empty_title": _("没有销毁记录"),
            "empty_step": _("废卡和收回的卡，由两人见证销毁"),
            "empty_url": reverse("card-destruction-new"),
        },
    )


@permission_for_view(Permission.CARD_STOCK)
@require_http_methods(["GET", "POST"])
def card_destruction_new(request: HttpRequest) -> HttpResponse:
    """List cards of a store for destruction."""
    actor = actor_of(request)
    known = open_stores(actor)
    form = DestructionForm(request.POST or None, stores=known)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        store = next(store for store in known if store.pk == typed["store"])
        try:
            made = propose_destruction(actor, store, typed["serials"], typed["method"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        except Conflict as error:
            form.add_error("serials", error_text(error))
        else:
            messages.success(request, _("已提出销毁 %(count)s 张，等待两人见证") % {"count": made.count})
            return redirect("card-destruction-detail", pk=made.pk)
    return render_page(
        request,
        "cardcentre/movement_new.jinja",
        {
            "page_title": _("提出销毁"),
            "breadcrumbs": way("card-destructions"),
            "form": form,
            "wide_fields": ["serials"],
            "has_two_stores": True,
            "lying_title": _("可以销毁的卡"),
            "lying": [
                {
                    "store": store.name,
                    "state": shown(CARD_FACES[state]),
                    "count": sum(stretch.count for stretch in ranges),
                    "serials": ranges_text(ranges, 4),
                }
                for store, state, ranges in ranges_by_store(actor, (CardState.SPOILED, CardState.RETURNED))
            ],
            "submit_label": _("提出销毁"),
            "cancel_url": reverse("card-destructions"),
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(Permission.CARD_VIEW)
@require_GET
def card_destruction_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one destruction: its cards by serial, its witnesses, and what may be done."""
    actor = actor_of(request)
    destruction = destruction_for(actor, pk)
    is_open = destruction.state in _OPEN
    return render_page(
        request,
        "cardcentre/destruction.jinja",
        {
            "page_title": _("销毁 %(number)s") % {"number": destruction.pk},
            "breadcrumbs": _way(actor),
            "state": shown(DESTRUCTION_FACES[DestructionState(destruction.state)]),
            "destruction": destruction,
            "ranges": stored_ranges(destruction.ranges),
            "is_open": is_open,
            "allowed": {
                "witness": is_open
                and actor.account_id not in (destruction.proposed_by_id, destruction.first_witness_id),
                "withdraw": is_open and is_permitted(actor, Permission.CARD_STOCK, NATION),
                "record": destruction.state != DestructionState.WITHDRAWN,
            },
        },
    )


@permission_for_view(Permission.CARD_VIEW)
@require_http_methods(["GET", "POST"])
def card_destruction_witness(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that one saw the cards destroyed."""
    actor = actor_of(request)
    destruction = destruction_for(actor, pk)
    if request.method == "POST":
        done = witness_destruction(actor, destruction, now=clock.now())
        if done.state == DestructionState.DONE:
            messages.success(request, _("%(count)s 张卡已销毁，请打印记录由三人签字") % {"count": done.count})
        else:
            messages.success(request, _("您的见证已记录，等待第二见证人"))
        return redirect("card-destruction-detail", pk=pk)
    return _decide(
        request,
        destruction,
        None,
        _("见证销毁"),
        consequences=[
            _("您当面核对了每一张卡的序列号，并看到它们被销毁。"),
            _("两人都见证后，这些卡在账上记为已销毁，不能撤回。"),
        ],
    )


@permission_for_view(Permission.CARD_STOCK)
@require_http_methods(["GET", "POST"])
def card_destruction_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the cards off the list again."""
    actor = actor_of(request)
    destruction = destruction_for(actor, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_destruction(actor, destruction, form.cleaned_data["reason"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("销毁已撤回，卡仍在库中"))
            return redirect("card-destruction-detail", pk=pk)
    return _decide(
        request, destruction, form, _("撤回销毁"), consequences=[_("这些卡仍在库中，可以重新提出销毁。")]
    )


@permission_for_view(Permission.CARD_VIEW)
@require_GET
def card_destruction_record(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the record of a destruction as PDF, to print and sign."""
    actor = actor_of(request)
    printed = print_destruction(actor, destruction_for(actor, pk), now=clock.now())
    response = HttpResponse(printed, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="card-destruction-{pk}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def _decide(
    request: HttpRequest, destruction: CardDestruction, form: ReasonForm | None, label: str, **wording: Any
) -> HttpResponse:
    return decision_page(
        request,
        form,
        template="cardcentre/movement_form.jinja",
        page_title=label,
        breadcrumbs=[
            *_way(actor_of(request)),
            {
                "url": reverse("card-destruction-detail", args=[destruction.pk]),
                "label": _("销毁 %(number)s") % {"number": destruction.pk},
            },
        ],
        ranges=stored_ranges(destruction.ranges)[:_RANGES_SHOWN],
        question=_("%(store)s，%(count)s 张，%(method)s")
        % {"store": destruction.store, "count": destruction.count, "method": destruction.method},
        confirm_label=label,
        cancel_url=reverse("card-destruction-detail", args=[destruction.pk]),
        danger=True,
        **wording,
    )


def _way(actor: Actor) -> list[dict[str, str]]:
    """Return the way for whoever may walk it; a witness from elsewhere has only this page."""
    return way("card-destructions") if is_permitted(actor, Permission.CARD_STOCK, NATION) else []
