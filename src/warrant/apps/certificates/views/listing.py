"""The list of certificates: filtering, ordering, choosing columns; the address says all of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from warrant.apps.certificates.forms import CertificateFilter
from warrant.apps.certificates.models import Certificate
from warrant.apps.certificates.selectors import due_cell, face_of
from warrant.apps.certificates.selectors.listing import (
    CERTIFICATE_LIST,
    COLUMNS,
    CertificateListing,
    cards_of_certificates,
    list_page,
    read_listing,
)
from warrant.apps.certificates.selectors.listing_words import chips_of
from warrant.apps.foundation import clock
from warrant.apps.foundation.listing import column_choices, headings
from warrant.apps.foundation.pages import actor_of, error_text, fixed_url, permission_for_view, render_page
from warrant.apps.officers.selectors.saved_views import preference_of
from warrant.apps.officers.views.kept_lists import (
    columns_view,
    is_fragment,
    view_delete_view,
    view_save_view,
    views_view,
)
from warrant.core.access import Permission


def list_url(listing: CertificateListing, **more: str) -> str:
    """Return the address of a listing."""
    params = {**listing.as_params(), **{key: text for key, text in more.items() if text}}
    address = fixed_url("certificate-list")
    return f"{address}?{urlencode(params)}" if params else address


def _rows(found: Sequence[Certificate], listing: CertificateListing) -> list[dict[str, Any]]:
    cards = cards_of_certificates() if "card" in listing.columns else None
    told = cards.cells([row.pk for row in found]) if cards is not None else {}
    today = clock.today()

    def cell(row: Certificate, key: str) -> Any:
        if key == "state":
            return {"word": COLUMNS[key].text(row), "tone": face_of(row).tone}
        if key == "due":
            return due_cell(row, today)
        if key == "card":
            return dict(zip(("word", "tone"), told[row.pk], strict=True)) if row.pk in told else None
        return COLUMNS[key].text(row)

    return [
        {
            "url": reverse("certificate-detail", args=[row.number]),
            **{key: cell(row, key) for key in listing.columns},
        }
        for row in found
    ]


def _with_preference(params: Mapping[str, str], columns: str) -> dict[str, str]:
    """Return the parameters of an address with the account's own columns where it names none."""
    chosen = params.get("columns") or columns
    return {**{key: params[key] for key in params}, **({"columns": chosen} if chosen else {})}


@permission_for_view(Permission.CERTIFICATE_VIEW)
@require_safe
def certificate_list(request: HttpRequest) -> HttpResponse:
    """The certificates in reach, page by page, as the address asks for them."""
    actor = actor_of(request)
    preference = preference_of(actor, CERTIFICATE_LIST)
    if not request.GET and preference.opens_with and not is_fragment(request):
        return redirect(f"{reverse('certificate-list')}?{preference.opens_with}")
    listing, errors = read_listing(_with_preference(request.GET, preference.columns))
    page = list_page(actor, listing, request.GET.get("after", ""))
    heads = headings(
        listing.columns, COLUMNS, listing.sort, fixed_url("certificate-list"), listing.as_params()
    )
    clear = list_url(CertificateListing(sort=listing.sort, columns=listing.columns), all="1")
    export = f"{reverse('certificate-export')}?{urlencode(listing.as_params())}"
    context = {
        "page_title": _("执法证件"),
        "listing": listing,
        "params": urlencode(listing.as_params()),
        "filters": CertificateFilter(listing, actor),
        "list_url": reverse("certificate-list"),
        "chips": [(label, words, list_url(rest, all="1")) for label, words, rest in chips_of(listing)],
        "clear_url": clear,
        "problems": [error_text(error) for error in errors.values()],
        "columns": [{**head, "sort_url": head["url"]} for head in heads],
        "column_choices": column_choices(listing.columns, COLUMNS, "number"),
        "rows": _rows(page.rows, listing),
        "count_text": _("共 %(count)s 本") % {"count": page.count_text},
        "export_url": export if actor.has_anywhere(Permission.OFFICER_EXPORT) else "",
        "next_url": list_url(listing, after=page.next_key) if page.next_key else "",
        "previous_url": list_url(listing, after=page.previous_key) if page.previous_key else "",
        "table_name": "certificate-list",
        "empty_title": _("没有符合条件的证件"),
        "empty_step": _("备案同意后，证件会出现在这里；也可以减少筛选条件再看。"),
    }
    is_refused = bool(errors) and not is_fragment(request)
    response = render_page(request, "certificates/list.jinja", context, status=400 if is_refused else 200)
    if is_fragment(request):
        after = request.GET.get("after", "")
        response["HX-Push-Url"] = list_url(listing, after=after) if listing.as_params() or after else clear
    return response


certificate_views = views_view(CERTIFICATE_LIST)
certificate_view_save = view_save_view(CERTIFICATE_LIST)
certificate_view_delete = view_delete_view(CERTIFICATE_LIST)
certificate_columns = columns_view(CERTIFICATE_LIST)
