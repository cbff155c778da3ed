"""The card box of a development node: cards put into virtual readers and taken out."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from warrant.apps.cardcentre.services.box import add_next_blank, box_readers, put_in, take_out
from warrant.apps.cardcentre.types import SUITE_LABELS
from warrant.apps.cardcentre.views.station import has_card_box
from warrant.apps.foundation.pages import actor_of, error_text, permission_for_view, render_page
from warrant.core.access import Permission
from warrant.core.errors import Conflict, InvalidInput, NotFound, Unavailable


@permission_for_view(Permission.CARD_PRODUCE)
@require_http_methods(["GET", "POST"])
def card_box(request: HttpRequest) -> HttpResponse:
    """Put cards into virtual readers and take them out; only on a development node."""
    if not has_card_box():
        raise Http404
    if request.method == "POST":
        reader, serial = (request.POST.get(name, "").replace("\x00", "") for name in ("reader", "serial"))
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
