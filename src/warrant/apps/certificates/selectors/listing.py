"""The list of certificates as one value: what is asked for, how it is ordered, which columns; and the rows it means.

The list, its files, the saved views and the figures of the first page all ask through here, so that they agree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from warrant.apps.certificates.models import Certificate, CertificateEntry
from warrant.apps.certificates.selectors.due_reviews import is_review_due
from warrant.apps.certificates.selectors.reading import EXPIRY_NOTICE, SUSPENDED, category_names
from warrant.apps.certificates.types import STATE_FACES, CertificateCards
from warrant.apps.foundation import clock
from warrant.apps.foundation.listing import (
    ListColumn,
    ListFilter,
    iso_day,
    number_up_to,
    one_of,
    plain_text,
    read_columns,
    read_sort,
    read_values,
    several,
    sort_field,
)
from warrant.apps.foundation.paging import Page, keyset_page
from warrant.apps.officers.types import KeptList
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, InvalidInput
from warrant.core.lifecycle import CERTIFICATE, CertificateState
from warrant.core.lifecycle.certificate import IN_USE
from warrant.core.lifecycle.certificate_grounds import GROUND_NAMES
from warrant.core.standards.codes import ENFORCEMENT_CATEGORY
from warrant.core.standards.id_number import without_id_numbers

DEFAULT_SORT = "number"
PAGE_SIZE = 45
"""With every column a list of more rows would weigh more than a page may."""
_NUMBER_SPAN = "9" * 11
_LARGEST_ID = (1 << 63) - 1
NEAR, OVERDUE, OPEN = "near", "overdue", "open"
Rows = QuerySet[Certificate]


def cards_of_certificates() -> CertificateCards | None:
    """Return what the app above tells of cards; nothing where no cards are made."""
    path = getattr(settings, "WARRANT_CERTIFICATE_CARDS", "")
    return import_string(path)() if path else None


def _search_text(value: str) -> str:
    text = plain_text(value)[:40]
    if without_id_numbers(text) != text:
        raise ValueError(value)
    return text


def _by_text(rows: Rows, value: str, on: date) -> Rows:
    """Keep the rows whose number or name begins with the text."""
    text = "".join(value.split())
    if text.isascii() and text.isdigit():
        return rows.filter(number__gte=text, number__lte=(text + _NUMBER_SPAN)[:11])
    return rows.filter(officer__name__startswith=text)


def _by_state(rows: Rows, value: str, on: date) -> Rows:
    chosen = value.split(",")
    return rows.filter(state=chosen[0]) if len(chosen) == 1 else rows.filter(state__in=chosen)


def _by_card(rows: Rows, value: str, on: date) -> Rows:
    cards = cards_of_certificates()
    return cards.narrow(rows, value) if cards is not None else rows.none()


class _Cards:
    """The states of cards that a certificate can have, as the app above names them."""

    def __contains__(self, state: object) -> bool:
        cards = cards_of_certificates()
        return cards is not None and state in dict(cards.states())


GROUND_CODES = {f"{action}:{code}": ground.name for (action, code), ground in GROUND_NAMES.items()}
"""Act and ground as they stand in an address, with the ground's name (a msgid)."""


def _by_ground(rows: Rows, value: str, on: date) -> Rows:
    """Keep the certificates that stand where an act on this ground has brought them, by their latest act of its kind."""
    action, code = value.split(":")
    later = CertificateEntry.objects.filter(
        certificate=OuterRef("certificate"), pk__gt=OuterRef("pk"), action=action
    )
    entries = CertificateEntry.objects.filter(action=action, ground=code).filter(~Exists(later))
    states = [state.value for state in CERTIFICATE.transition(action).targets]
    return rows.filter(state__in=states, pk__in=entries.values("certificate_id"))


def _until(rows: Rows, value: str, on: date) -> Rows:
    return rows.filter(valid_until__lte=date.fromisoformat(value))


def _since(rows: Rows, value: str, on: date) -> Rows:
    return rows.filter(valid_until__gte=date.fromisoformat(value))


def _within(rows: Rows, value: str, on: date) -> Rows:
    return rows.filter(
        state=CertificateState.ACTIVE.value,
        valid_until__gte=on,
        valid_until__lte=on + timedelta(days=int(value)),
    )


def _by_review(rows: Rows, value: str, on: date) -> Rows:
    if value == OVERDUE:
        return rows.filter(state__in=[state.value for state in IN_USE], review_due_on__lt=on)
    return rows.filter(is_review_due(on))


def _by_deadline(rows: Rows, value: str, on: date) -> Rows:
    waiting = rows.filter(state__in=SUSPENDED)
    return waiting.filter(due_on__lt=on) if value == OVERDUE else waiting.filter(due_on__gte=on)


def _by_unit(rows: Rows, value: str, on: date) -> Rows:
    return rows.filter(Q(city_unit=int(value)) | Q(county_unit=int(value)))


FILTERS: Mapping[str, ListFilter] = {
    "text": ListFilter(N_("编号或姓名"), _search_text, _by_text),
    "state": ListFilter(N_("状态"), several([state.value for state in CertificateState]), _by_state),
    "card": ListFilter(N_("证卡状态"), several(_Cards(), most=1), _by_card),
    "ground": ListFilter(N_("事由"), one_of(*GROUND_CODES), _by_ground),
    "category": ListFilter(
        N_("执法门类"),
        several(ENFORCEMENT_CATEGORY, most=1),
        lambda rows, value, on: rows.filter(categories__contains=value),
    ),
    "unit": ListFilter(N_("辖区"), number_up_to(_LARGEST_ID), _by_unit),
    "since": ListFilter(N_("有效期不早于"), iso_day, _since),
    "until": ListFilter(N_("有效期不晚于"), iso_day, _until),
    "within": ListFilter(N_("到期"), number_up_to(3660), _within),
    "review": ListFilter(N_("年审"), one_of(NEAR, OVERDUE), _by_review),
    "due": ListFilter(N_("办理期限"), one_of(OPEN, OVERDUE), _by_deadline),
}
"""Every filter by its name in the address."""

EARLIER_STATES: Mapping[str, Mapping[str, str]] = {
    "expiring": {"within": str(EXPIRY_NOTICE.days)},
    "overdue": {"due": OVERDUE},
    "review-due": {"review": NEAR},
}
"""What addresses once said with ``state``, and kept files and links still do."""


def _state(row: Certificate) -> str:
    return _(STATE_FACES[CertificateState(row.state)].word)


def categories_text(row: Certificate) -> str:
    """Return the enforcement categories in the language of the request."""
    language = translation.get_language() or ""
    return ("; " if language.startswith("en") else "、").join(category_names(row.category_codes, language))


def _day(name: str) -> Callable[[Certificate], str]:
    def text(row: Certificate) -> str:
        value: date | None = getattr(row, name)
        return value.isoformat() if value else ""

    return text


def _column(
    label: str, name: str, text: Callable[[Certificate], str] | None = None, **more: object
) -> ListColumn:
    sort = more.pop("sort", name)
    return ListColumn(label, text or (lambda row: str(getattr(row, name))), (name,), sort=sort, **more)  # type: ignore[arg-type]


COLUMNS: Mapping[str, ListColumn] = {
    "number": _column(N_("证件编号"), "number", is_default=True),
    "name": _column(
        N_("姓名"), "officer", lambda row: row.officer.name, sort="officer__sort_key", is_default=True
    ),
    "state": _column(N_("状态"), "state", _state, kind="state", is_default=True),
    "agency": _column(N_("执法单位"), "agency_name", kind="clip", is_default=True),
    "categories": _column(N_("执法门类"), "categories", categories_text, kind="clip", is_default=True),
    "area": _column(N_("执法区域"), "area_name", is_default=True),
    "issuer": _column(N_("发证机关"), "issuer_name", sort=None, kind="clip"),
    "valid_from": _column(N_("有效期自"), "valid_from", _day("valid_from")),
    "valid_until": _column(N_("有效期至"), "valid_until", _day("valid_until"), is_default=True),
    "due": ListColumn(N_("到期和年审"), lambda row: "", (), kind="state", is_default=True),
    "due_on": _column(N_("办理期限"), "due_on", _day("due_on")),
    "review_due_on": _column(N_("年审截止"), "review_due_on", _day("review_due_on")),
    "card": ListColumn(N_("证卡状态"), lambda row: "", (), kind="state"),
    "changed": _column(
        N_("最后变动"),
        "changed_at",
        lambda row: timezone.localtime(row.changed_at).strftime("%Y-%m-%d %H:%M"),
    ),
}
"""Every column by its key. ``due`` says what is nearest, ``card`` what the app above knows; neither is stored here."""

DEFAULT_COLUMNS = tuple(key for key, column in COLUMNS.items() if column.is_default)


@dataclass(frozen=True)
class CertificateListing:
    """The whole state of the list: ``values`` by filter as they stand in the address, the order, the columns.

    ``state`` takes several codes joined by commas; days are ISO dates, both ends included; ``within`` counts days from
    today; ``unit`` is the id of a city or county; ``ground`` is ``act:code``.
    """

    values: tuple[tuple[str, str], ...] = ()
    sort: str = DEFAULT_SORT
    columns: tuple[str, ...] = DEFAULT_COLUMNS

    @cached_property
    def filters(self) -> dict[str, str]:
        """The filters in use, by name."""
        return dict(self.values)

    def as_params(self) -> dict[str, str]:
        """Return what stands in the address: only what differs from the plain list."""
        params = dict(self.values)
        if self.sort != DEFAULT_SORT:
            params["sort"] = self.sort
        if self.columns != DEFAULT_COLUMNS:
            params["columns"] = ",".join(self.columns)
        return params

    def kept_params(self) -> dict[str, str]:
        """Return what a saved view holds; no ID number can stand in it."""
        return self.as_params()

    def without(self, name: str) -> CertificateListing:
        """Return the listing with a filter taken away."""
        return replace(self, values=tuple(pair for pair in self.values if pair[0] != name))


def read_listing(params: Mapping[str, str]) -> tuple[CertificateListing, dict[str, InvalidInput]]:
    """Return the listing of an address, and what in it cannot be used, by name; that is left out."""
    given = {name: params.get(name) or "" for name in (*FILTERS, "sort", "columns")}
    if given["state"] in EARLIER_STATES:
        given |= EARLIER_STATES[given["state"]]
        given["state"] = ""
    values, errors = read_values(given, FILTERS)
    sort, wrong = read_sort(given, COLUMNS, DEFAULT_SORT)
    if wrong is not None:
        errors["sort"] = wrong
    columns = read_columns(given["columns"], COLUMNS, DEFAULT_COLUMNS)
    return CertificateListing(tuple(values.items()), sort, columns), errors


CERTIFICATE_LIST = KeptList(
    name="certificates",
    title=N_("执法证件"),
    permission=Permission.CERTIFICATE_VIEW,
    urls="certificate",
    default_columns=DEFAULT_COLUMNS,
    read=read_listing,
)


def matching(viewer: Actor, listing: CertificateListing) -> Rows:
    """Return the certificates that the viewer may see and the listing asks for; neither ordered nor paged."""
    rows: Rows = Certificate.objects.visible_to(viewer, Permission.CERTIFICATE_VIEW)
    on = clock.today()
    for name, text in listing.filters.items():
        if name == "state" and text == CertificateState.ACTIVE and listing.sort.strip("-") != DEFAULT_SORT:
            # Nearly every certificate is active: the index of the order leads, not that of the state.
            rows = rows.filter(Exact(Coalesce("state", "state"), text))
        else:
            rows = FILTERS[name].narrow(rows, text, on)
    return rows.select_related("officer")


def list_page(viewer: Actor, listing: CertificateListing, key: str) -> Page[Certificate]:
    """Return the page of ``listing`` that ``key`` names, the first one without a key.

    Raises:
        InvalidInput: the key is none of ours.
    """
    return keyset_page(matching(viewer, listing), sort_field(listing.sort, COLUMNS), key, PAGE_SIZE)


def certificates_for(viewer: Actor, **asked: str) -> Rows:
    """Return the certificates that ``viewer`` may see; ``asked`` are filters as they stand in an address."""
    return matching(viewer, read_listing(asked)[0])
