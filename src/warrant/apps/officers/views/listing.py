"""The list of officers: searching, filtering, ordering, choosing columns; the address says all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from warrant.apps.foundation.listing import column_choices, headings
from warrant.apps.foundation.pages import actor_of, error_text, fixed_url, permission_for_view, render_page
from warrant.apps.officers.selectors.listing import COLUMNS, Listing, matching, read_listing
from warrant.apps.officers.selectors.listing_filters import FILTERS
from warrant.apps.officers.selectors.listing_page import list_page
from warrant.apps.officers.selectors.listing_words import CHOICES, chips_of, value_in_words
from warrant.apps.officers.selectors.saved_views import Preference, preference_of
from warrant.apps.officers.selectors.sealing import id_tail_index
from warrant.apps.officers.selectors.searching import Typed, id_number_form, kind_of
from warrant.apps.officers.types import ListAction
from warrant.apps.officers.views.kept_lists import is_fragment
from warrant.apps.officers.views.listing_rows import rows_as_html
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor, Permission
from warrant.core.errors import InvalidInput
from warrant.core.standards import id_number

VIEW = Permission.OFFICER_VIEW
AT_ONCE = ("category", "certificate_state", "state")
FURTHER = (
    "education", "degree", "sex", "staffing", "post", "political", "legal",
    "expires_within", "reviewed", "trained", "examined", "left_kind",
)  # fmt: skip
AGES = ("age_from", "age_until")
DAYS = ("expires_after", "expires_before", "arrived_from", "arrived_until", "left_from", "left_until")


def list_url(listing: Listing, **more: str) -> str:
    """Return the address of a listing."""
    params = {**listing.as_params(), **{key: text for key, text in more.items() if text}}
    address = fixed_url("officer-list")
    return f"{address}?{urlencode(params)}" if params else address


@dataclass(frozen=True)
class _Choosing:
    """A filter that is chosen from a list: its word, the value in use, and the values with their words."""

    name: str
    label: str
    value: str
    choices: tuple[tuple[str, str], ...]


@lru_cache(maxsize=1024)
def _choosing(name: str, value: str, language: str | None) -> _Choosing:
    """Word a filter once for each value; several codes from an address stand as one further choice."""
    choices = CHOICES[name]()
    if value and value not in dict(choices):
        choices.append((value, value_in_words(name, value)))
    return _Choosing(name, _(FILTERS[name].label), value, tuple(choices))


def _choices(listing: Listing, names: tuple[str, ...]) -> list[_Choosing]:
    language = translation.get_language()
    return [_choosing(name, getattr(listing, name), language) for name in names]


def _further_in_use(listing: Listing) -> list[tuple[str, str]]:
    """The filters in use that stand behind the button."""
    return [
        (name, text) for name, text in listing.filters.items() if name not in (*AT_ONCE, "q", "unit", "tail")
    ]


def _headings(listing: Listing) -> list[dict[str, str]]:
    return headings(listing.columns, COLUMNS, listing.sort, fixed_url("officer-list"), listing.as_params())


@lru_cache(maxsize=256)
def _column_choices(columns: tuple[str, ...], language: str | None) -> tuple[tuple[str, str, bool], ...]:
    """Key, label and whether it is shown: the shown ones first, in their order; the name cannot be left out."""
    return column_choices(columns, COLUMNS, "name")


def list_actions(actor: Actor) -> list[ListAction]:
    """Return what the viewer may do with chosen officers."""
    actions: list[ListAction] = [
        import_string(path) for path in getattr(settings, "WARRANT_LIST_ACTIONS", ())
    ]
    return [action for action in actions if actor.has_anywhere(action.permission)]


def _empty(listing: Listing, *, has_errors: bool) -> dict[str, str]:
    if listing.filters or has_errors:
        return {
            "title": _("没有符合条件的人员"),
            "step": _("清除筛选条件"),
            "url": list_url(Listing(), all="1"),
        }
    return {"title": _("还没有登记执法人员"), "step": _("逐人登记，或导入花名册"), "url": ""}


def _render(
    request: HttpRequest,
    listing: Listing,
    *,
    key: str = "",
    errors: Mapping[str, InvalidInput] | None = None,
    notice: str = "",
    typed_q: str = "",
) -> HttpResponse:
    actor = actor_of(request)
    unit = Agency.objects.filter(code=listing.unit).first() if listing.unit else None
    page = list_page(actor, listing, key, unit)
    actions = [(_(action.label), fixed_url(action.url_name), action.icon) for action in list_actions(actor)]
    plain = list_url(Listing(columns=listing.columns), all="1")
    context = {
        "page_title": _("执法人员"),
        "listing": listing,
        "text": typed_q or listing.q,
        "params": urlencode(listing.as_params()),
        "unit_name": unit.name if unit else listing.unit,
        "at_once": _choices(listing, AT_ONCE),
        "hidden": _further_in_use(listing),
        "further_count": len(_further_in_use(listing)),
        "chips": [
            (label, words, list_url(rest))
            for label, words, rest in chips_of(listing, unit.name if unit else "")
        ],
        "clear_url": plain,
        "headings": _headings(listing),
        "column_choices": _column_choices(listing.columns, translation.get_language()),
        "page": page,
        "rows_html": rows_as_html(page.rows, fixed_url("officer-list"), can_choose=bool(actions)),
        "count_text": _("共 %(count)s 人") % {"count": page.count_text},
        "next_url": list_url(listing, after=page.next_key) if page.next_key else "",
        "previous_url": list_url(listing, after=page.previous_key) if page.previous_key else "",
        "actions": actions,
        "problems": [error_text(error) for error in (errors or {}).values()],
        "notice_text": notice,
        "empty": _empty(listing, has_errors=bool(errors)),
        "allowed": {
            "enter": actor.has_anywhere(Permission.OFFICER_EDIT),
            "roster": actor.has_anywhere(Permission.ROSTER_IMPORT),
        },
    }
    template = "officers/finder.jinja" if is_fragment(request) else "officers/list.jinja"
    return render_page(request, template, context, status=400 if errors else 200)


def _with_preference(params: Mapping[str, str], preference: Preference) -> dict[str, str]:
    """Return the parameters of an address with the account's own columns where it names none."""
    columns = params.get("columns") or preference.columns
    return {**{key: params[key] for key in params}, **({"columns": columns} if columns else {})}


def _moved(request: HttpRequest, target: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": target})
    return redirect(target)


def _found_by_number(actor: Actor, text: str) -> str:
    """Return the address of the officer with this ID number, or nothing."""
    officer = matching(actor, Listing(q=text)).values_list("pk", flat=True).first()
    return reverse("officer-detail", args=[officer]) if officer is not None else ""


def _why_nobody(text: str) -> str:
    """Say why a whole ID number finds nobody: wrong by itself, or not registered in reach."""
    try:
        id_number.check(id_number_form(text))
    except InvalidInput as error:
        return error_text(error)
    return _("您的管辖范围内没有登记这个身份证号码")


@permission_for_view(VIEW)
@require_safe
def officer_list(request: HttpRequest) -> HttpResponse:
    """The officers in reach, page by page, as the address asks for them."""
    actor = actor_of(request)
    preference = preference_of(actor)
    if not request.GET and preference.opens_with and not is_fragment(request):
        return redirect(f"{reverse('officer-list')}?{preference.opens_with}")
    text = request.GET.get("q", "")
    kind = kind_of(text)
    if kind is Typed.ID_NUMBER:
        return _moved(request, _found_by_number(actor, text) or list_url(Listing(), all="1"))
    params = _with_preference(request.GET, preference)
    if kind is Typed.ID_TAIL:
        tail = id_tail_index(id_number_form(text)).hex()
        return _moved(request, list_url(read_listing({**params, "q": "", "tail": tail})[0]))
    listing, errors = read_listing(params)
    return _render(request, listing, key=request.GET.get("after", ""), errors=errors)


def _further_page(
    request: HttpRequest, listing: Listing, typed: Mapping[str, str], errors: Mapping[str, InvalidInput]
) -> HttpResponse:
    """The filters behind the button with what was typed into them; what is wrong elsewhere stands on top."""
    behind = (*FURTHER, *AGES, *DAYS)
    context = {
        "page_title": _("更多条件"),
        "typed": {name: typed.get(name) or getattr(listing, name) for name in (*AGES, *DAYS)},
        "further": _choices(listing, FURTHER),
        "days": [(name, _(FILTERS[name].label)) for name in DAYS],
        "others": [(name, text) for name, text in listing.as_params().items() if name not in behind],
        "errors": {name: error_text(errors[name]) if name in errors else "" for name in behind},
        "problems": [error_text(error) for name, error in errors.items() if name not in behind],
    }
    template = "officers/further.jinja" if is_fragment(request) else "officers/further_page.jinja"
    return render_page(request, template, context, status=400 if errors else 200)


@permission_for_view(VIEW)
@require_safe
def officer_filters(request: HttpRequest) -> HttpResponse:
    """The filters behind the button, with what is chosen in them."""
    return _further_page(request, read_listing(request.GET)[0], {}, {})


@permission_for_view(VIEW)
@require_POST
def officer_search(request: HttpRequest) -> HttpResponse:
    """Take what was typed and chosen, and show the list; nothing typed gets into an address unseen.

    A whole ID number leads to its officer; the last four characters become a filter by their keyed index.
    """
    actor = actor_of(request)
    text = request.POST.get("q", "")
    kind = kind_of(text)
    is_while_typing = request.headers.get("HX-Trigger-Name") == "q"
    plain = id_number_form(text)
    if is_while_typing and plain[:3].isdigit():
        return HttpResponse(status=204)  # a number counts when it is whole: on Enter
    params = {name: request.POST.get(name, "") for name in (*FILTERS, "sort", "columns", "on")}
    notice = ""
    if kind is Typed.ID_NUMBER:
        found = _found_by_number(actor, text)
        if found:
            return _moved(request, found)
        notice = _why_nobody(text)
        params["q"] = ""
    elif kind is Typed.ID_TAIL:
        params |= {"q": "", "tail": id_tail_index(plain).hex()}
    listing, errors = read_listing(_with_preference(params, preference_of(actor)))
    address = list_url(listing, all="" if listing.as_params() else "1")
    if not is_fragment(request):
        if notice:
            messages.warning(request, notice)
        if not errors:
            return redirect(address)
        if request.POST.get("page") == "further":
            return _further_page(request, listing, params, errors)
    response = _render(request, listing, errors=errors, notice=notice, typed_q=params["q"] if errors else "")
    if errors:
        response.status_code = 200 if is_fragment(request) else 400
    else:
        response["HX-Push-Url"] = address
    return response
