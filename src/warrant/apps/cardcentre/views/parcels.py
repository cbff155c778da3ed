"""Parcels of finished cards: sent by the card centre, opened and counted by the unit."""

from __future__ import annotations

import re

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from warrant.apps.cardcentre.forms import CountForm, ParcelForm
from warrant.apps.cardcentre.models import Parcel
from warrant.apps.cardcentre.selectors.parcels import lines_of, parcel_for, parcels_for, units_to_send_to
from warrant.apps.cardcentre.services.parcels import receive_parcel, send_parcel
from warrant.apps.cardcentre.services.receipts import print_parcel_list
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, error_text, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.apps.organisations.models import Agency
from warrant.core.access import Permission, is_permitted
from warrant.core.errors import N_, Conflict, InvalidInput, WarrantError

_ID = re.compile(r"[0-9]{1,18}")


@permission_for_view(Permission.CARD_VIEW)
@require_GET
def card_parcel_list(request: HttpRequest) -> HttpResponse:
    """List the parcels, the newest first."""
    page = keyset_page(parcels_for(actor_of(request)), "-id", request.GET.get("after", ""))
    url = reverse("card-parcels")
    return render_page(
        request,
        "cardcentre/parcels.jinja",
        {
            "page_title": _("证卡包裹"),
            "can_send": actor_of(request).has_anywhere(Permission.CARD_PRODUCE),
            "list_url": url,
            "columns": [
                {"key": "number", "label": _("包裹")},
                {"key": "agency", "label": _("收件单位"), "kind": "clip"},
                {"key": "count", "label": _("张数"), "kind": "number"},
                {"key": "state", "label": _("状态"), "kind": "state"},
                {"key": "sent_at", "label": _("寄出时间"), "kind": "instant"},
                {"key": "received_at", "label": _("点收时间"), "kind": "instant"},
            ],
            "rows": [
                {
                    "url": reverse("card-parcel", args=[row.pk]),
                    "number": row.pk,
                    "agency": row.agency.name,
                    "count": row.card_count,
                    "state": _state(row, row.card_count - getattr(row, "arrived", 0)),
                    "sent_at": row.sent_at,
                    "received_at": row.received_at,
                }
                for row in page.rows
            ],
            "count_text": _("共 %(count)s 个") % {"count": page.count_text},
            "next_url": f"{url}?after={page.next_key}" if page.next_key else "",
            "previous_url": f"{url}?after={page.previous_key}" if page.previous_key else "",
            "table_name": "parcels",
            "empty_title": _("还没有包裹"),
            "empty_step": _("证卡制成并质检合格后，由制卡中心按单位寄出。"),
            "empty_url": "",
        },
    )


def _state(parcel: Parcel, missing: int) -> dict[str, str]:
    if parcel.received_at is None:
        return {"word": _("在途"), "tone": "waiting"}
    if missing:
        return {"word": _("少 %(count)s 张") % {"count": missing}, "tone": "broken"}
    return {"word": _("已点收"), "tone": "valid"}


@permission_for_view(Permission.CARD_PRODUCE)
@require_http_methods(["GET", "POST"])
def card_parcel_send(request: HttpRequest) -> HttpResponse:
    """Send a unit's finished cards."""
    actor = actor_of(request)
    units = units_to_send_to(actor)
    form = ParcelForm(request.POST or None, units=units)
    if request.method == "POST" and form.is_valid():
        agency = Agency.objects.get(pk=form.cleaned_data["agency"])
        try:
            parcel = send_parcel(actor, agency, form.cleaned_data["carrier"], now=clock.now())
        except (InvalidInput, Conflict) as error:
            form.add_error(None, error_text(error))
        else:
            messages.success(
                request,
                _("%(count)s 张证卡已登记寄往%(unit)s；请打印清单随包裹寄出")
                % {"count": parcel.card_count, "unit": agency.name},
            )
            return redirect("card-parcel", pk=parcel.pk)
    return render_page(
        request,
        "page_confirm.jinja",
        {
            "page_title": _("寄出证卡"),
            "breadcrumbs": [{"url": reverse("card-parcels"), "label": _("证卡包裹")}],
            "question": _("把一个单位制成的证卡装成一个包裹寄出")
            if units
            else _("没有待寄的证卡：制成并质检合格后再来。"),
            "consequences": [_("收件单位点收之前，这些卡不能发放给本人。")] if units else [],
            "form": form if units else None,
            "confirm_label": _("登记寄出"),
            "cancel_url": reverse("card-parcels"),
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(Permission.CARD_VIEW)
@require_GET
def card_parcel(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a parcel, with the form to count it for whoever may."""
    return _page(request, parcel_for(actor_of(request), pk))


@permission_for_view(Permission.CARD_HAND_OVER)
@require_POST
def card_parcel_receive(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what was in the parcel."""
    actor = actor_of(request)
    parcel = parcel_for(actor, pk, Permission.CARD_HAND_OVER)
    arrived = {int(line) for line in request.POST.getlist("arrived") if _ID.fullmatch(line)}
    form = CountForm(request.POST)
    if not form.is_valid():
        wrong = InvalidInput("note-unusable", N_("点收情况最多 300 个字，且不能有控制字符"), place="note")
        return _page(request, parcel, wrong, arrived, request.POST.get("note", "").replace("\x00", ""))
    note = form.cleaned_data["note"]
    try:
        receive_parcel(actor, parcel, arrived, note, now=clock.now())
    except (InvalidInput, Conflict) as error:
        return _page(request, parcel, error, arrived, note)
    messages.success(request, _("已点收；到齐的证卡可以发放了"))
    return redirect("card-parcel", pk=pk)


def _page(
    request: HttpRequest,
    parcel: Parcel,
    problem: WarrantError | None = None,
    arrived: set[int] | None = None,
    note: str = "",
) -> HttpResponse:
    actor = actor_of(request)
    lines = lines_of(parcel)
    missing = sum(line.arrived_at is None for line in lines)
    may_count = is_permitted(actor, Permission.CARD_HAND_OVER, parcel.place)
    return render_page(
        request,
        "cardcentre/parcel.jinja",
        {
            "page_title": _("包裹 %(number)s") % {"number": parcel.pk},
            "breadcrumbs": [{"url": reverse("card-parcels"), "label": _("证卡包裹")}],
            "state": _state(parcel, missing),
            "parcel": parcel,
            "lines": lines,
            "missing": missing,
            "ticked": arrived or set(),
            "note": note,
            "can_count": may_count and missing > 0 and parcel.sent_by_id != actor.account_id,
            "problem": error_text(problem) if problem else "",
        },
        status=problem.status if problem else 200,
    )


@permission_for_view(Permission.CARD_VIEW)
@require_POST
def card_parcel_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer the list of a parcel as PDF; who printed it is on record."""
    content = print_parcel_list(actor_of(request), parcel_for(actor_of(request), pk), now=clock.now())
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="parcel-{pk}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response
