"""Deliveries of blanks: what came, what a second person counted, how a difference was settled."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from warrant.apps.cardcentre.forms.stock import CountForm, ReceiveForm, SettleForm
from warrant.apps.cardcentre.models import CardBatch
from warrant.apps.cardcentre.selectors.designs import face_label
from warrant.apps.cardcentre.selectors.stock import batch_for, card_batches, missing_ranges, stored_ranges
from warrant.apps.cardcentre.services.receiving import count_batch, receive_cards, settle_batch
from warrant.apps.cardcentre.types import BATCH_FACES, SUITE_LABELS, WHITE
from warrant.apps.cardcentre.views.stock_pages import decision_page, ranges_text, shown, stock_tabs, way
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, error_text, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.core.access import Permission
from warrant.core.errors import Conflict, InvalidInput
from warrant.core.lifecycle import BatchState
from warrant.core.standards.card_serial import as_ranges

_RANGES_SHOWN = 100
"""So many ranges stand on the page; a delivery has few, a count that went wrong may have more."""


@permission_for_view(Permission.CARD_STOCK)
@require_GET
def card_batch_list(request: HttpRequest) -> HttpResponse:
    """List the deliveries, newest first."""
    url = reverse("card-batches")
    page = keyset_page(card_batches(actor_of(request)), "-id", request.GET.get("after", ""))
    return render_page(
        request,
        "cardcentre/stock_list.jinja",
        {
            "page_title": _("到货与清点"),
            "tabs": stock_tabs("card-batches"),
            "actions": [
                {
                    "label": _("空白卡入库"),
                    "url": reverse("card-receive"),
                    "kind": "primary",
                    "icon": "package-plus",
                }
            ],
            "list_url": url,
            "columns": [
                {"key": "number", "label": _("批号")},
                {"key": "state", "label": _("状态"), "kind": "state"},
                {"key": "count", "label": _("送货张数"), "kind": "number"},
                {"key": "serials", "label": _("芯片序列号"), "kind": "clip"},
                {"key": "supplier", "label": _("供卡单位"), "kind": "clip"},
                {"key": "note", "label": _("送货单号")},
                {"key": "received_by", "label": _("登记人")},
                {"key": "received_at", "label": _("登记时间"), "kind": "instant"},
                {"key": "counted_by", "label": _("清点人")},
            ],
            "rows": [
                {
                    "url": reverse("card-batch-detail", args=[batch.pk]),
                    "number": str(batch),
                    "state": shown(BATCH_FACES[BatchState(batch.state)]),
                    "count": batch.count,
                    "serials": ranges_text(stored_ranges(batch.ranges)),
                    "supplier": batch.supplier,
                    "note": batch.delivery_note,
                    "received_by": batch.received_by.display_name,
                    "received_at": batch.received_at,
                    "counted_by": batch.counted_by.display_name if batch.counted_by else "",
                }
                for batch in page.rows
            ],
            "count_text": _("共 %(count)s 批") % {"count": page.count_text},
            **page.addresses(url),
            "table_name": "card-batches",
            "empty_title": _("还没有到货"),
            "empty_step": _("登记一批空白卡入库"),
            "empty_url": reverse("card-receive"),
        },
    )


@permission_for_view(Permission.CARD_STOCK)
@require_http_methods(["GET", "POST"])
def card_receive(request: HttpRequest) -> HttpResponse:
    """Register a delivery of blanks."""
    form = ReceiveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            batch = receive_cards(
                actor_of(request),
                typed["supplier"],
                typed["serials"],
                typed["suite"],
                count=typed["count"],
                number=typed["number"],
                delivery_note=typed["delivery_note"],
                transport_key=typed["transport_key"],
                face_version=typed["face_version"] or WHITE,
                now=clock.now(),
            )
        except InvalidInput as error:
            add_error(form, error)
        except Conflict as error:
            form.add_error("serials", error_text(error))
        else:
            messages.success(
                request, _("%(count)s 张空白卡已登记，须由另一人清点后使用") % {"count": batch.count}
            )
            return redirect("card-batch-detail", pk=batch.pk)
    return render_page(
        request,
        "page_form.jinja",
        {
            "page_title": _("空白卡入库"),
            "breadcrumbs": way("card-batches"),
            "form": form,
            "wide_fields": ["serials"],
            "submit_label": _("登记入库"),
            "cancel_url": reverse("card-batches"),
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(Permission.CARD_STOCK)
@require_GET
def card_batch_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one delivery: note, count, difference by serial, settlement, and who may do what comes next."""
    actor = actor_of(request)
    batch = batch_for(actor, pk)
    state = BatchState(batch.state)
    return render_page(
        request,
        "cardcentre/batch.jinja",
        {
            "page_title": _("到货 %(batch)s") % {"batch": batch},
            "breadcrumbs": way("card-batches"),
            "state": shown(BATCH_FACES[state]),
            "batch": batch,
            "face": face_label(batch.face_version),
            "suite": SUITE_LABELS.get(batch.key_suite, batch.key_suite),
            "ranges": stored_ranges(batch.ranges),
            **_difference(batch),
            "allowed": {
                "count": state is BatchState.ARRIVED and batch.received_by_id != actor.account_id,
                "settle": state is BatchState.DIFFERENT and batch.counted_by_id != actor.account_id,
            },
        },
    )


def _difference(batch: CardBatch) -> dict[str, Any]:
    missing = missing_ranges(batch)
    return {
        "missing": missing[:_RANGES_SHOWN],
        "missing_others": max(0, len(missing) - _RANGES_SHOWN),
        "surplus": as_ranges(batch.surplus)[:_RANGES_SHOWN],
        "found": as_ranges(batch.found)[:_RANGES_SHOWN],
    }


@permission_for_view(Permission.CARD_STOCK)
@require_http_methods(["GET", "POST"])
def card_batch_count(request: HttpRequest, pk: int) -> HttpResponse:
    """Take down what a second person found in the box."""
    actor = actor_of(request)
    batch = batch_for(actor, pk)
    form = CountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            batch = count_batch(
                actor, batch, typed["counted"], typed["missing"], typed["surplus"], now=clock.now()
            )
        except InvalidInput as error:
            add_error(form, error)
        else:
            if batch.has_difference:
                messages.warning(request, _("清点已登记，有差异，须由另一人处理"))
            else:
                messages.success(
                    request, _("清点无误，%(count)s 张空白卡已入中心库") % {"count": batch.count}
                )
            return redirect("card-batch-detail", pk=pk)
    return _decide(
        request,
        batch,
        form,
        _("清点到货"),
        confirm_label=_("确认清点"),
        consequences=[
            _("与送货单一致时，这批卡入中心库，可以移交制卡点。"),
            _("缺少或多出的卡按序列号列为差异，由另一人处理；处理完之前整批不能使用。"),
        ],
    )


@permission_for_view(Permission.CARD_STOCK)
@require_http_methods(["GET", "POST"])
def card_batch_settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Settle the difference of a count."""
    actor = actor_of(request)
    batch = batch_for(actor, pk)
    form = SettleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            settle_batch(actor, batch, typed["found"], typed["explanation"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("清点差异已处理，这批卡已入中心库"))
            return redirect("card-batch-detail", pk=pk)
    return _decide(
        request,
        batch,
        form,
        _("处理清点差异"),
        confirm_label=_("确认处理"),
        consequences=[
            _("清点到的和填写的序列号入中心库，可以移交制卡点。"),
            _("其余缺少的卡记为未交付，这些序列号不能再用。"),
            _("多出的卡不在库存中；要留用，请凭供卡单位的送货单另行登记入库。"),
        ],
    )


def _decide(
    request: HttpRequest, batch: CardBatch, form: CountForm | SettleForm, title: str, **wording: Any
) -> HttpResponse:
    return decision_page(
        request,
        form,
        template="cardcentre/batch_form.jinja",
        page_title=title,
        breadcrumbs=[
            *way("card-batches"),
            {"url": reverse("card-batch-detail", args=[batch.pk]), "label": str(batch)},
        ],
        batch=batch,
        ranges=stored_ranges(batch.ranges)[:_RANGES_SHOWN],
        **_difference(batch),
        question=_("送货单 %(note)s：%(supplier)s，%(count)s 张")
        % {"note": batch.delivery_note or "—", "supplier": batch.supplier, "count": batch.count},
        cancel_url=reverse("card-batch-detail", args=[batch.pk]),
        **wording,
    )
