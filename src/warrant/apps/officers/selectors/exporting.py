"""The list of officers as a source of files: what can be taken along, and how its rows are read piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.exports.types import ExportKind, ExportSource, IdNumbers, Parameters
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.export_rows import kind_of_column, read_rows
from warrant.apps.officers.selectors.listing import (
    COLUMNS,
    Choice,
    Listing,
    choice_from,
    listing_from,
    matching,
)
from warrant.apps.officers.selectors.listing_words import chips_of
from warrant.apps.officers.selectors.sealing import field_key
from warrant.apps.officers.selectors.searching import Typed, kind_of
from warrant.apps.officers.types import ListAction
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor, Grant, Permission, Place, is_permitted
from warrant.core.crypto.sealing import opener
from warrant.core.errors import N_, InvalidInput
from warrant.core.ports import CellKind, TableColumn
from warrant.core.standards.id_number import without_id_numbers

EXPORT_CHOSEN = ListAction("export", N_("导出"), Permission.OFFICER_EXPORT, "officer-export", "download")
"""What the list offers for chosen officers; named in ``settings.WARRANT_LIST_ACTIONS``."""

PAPER_COLUMNS = (
    "name",
    "sex",
    "birth",
    "agency",
    "post",
    "position",
    "education",
    "categories",
    "certificate_number",
    "valid_until",
)
"""Of the official roster form 执法人员名册. Source: assumption; the notice prescribes no layout."""

_PLACE = ("province_unit", "city_unit", "county_unit", "agency_unit")
_SEALED = ("uid", "id_number_sealed")
_WIDTHS = {
    "agency": 36,
    "categories": 28,
    "certificate_number": 17,
    "position": 17,
    "valid_until": 15,
    "major": 20,
    "name": 12,
    "sex": 6,
    "age": 6,
}


def read_choice(fields: QueryDict) -> Parameters:
    """Return which officers a form or an address means: chosen ones, or all that a listing finds.

    Raises:
        InvalidInput: a filter cannot be used, or an ID number stands among them.
    """
    if fields.get("all", "1") not in ("", "1") or "\x00" in fields.get("listing", ""):
        raise InvalidInput("bad-choice", N_("无法识别要导出的范围；请返回名册重新选择"), place="all")
    if "pk" in fields and not fields.get("all"):
        return {"pk": [str(pk) for pk in choice_from(fields).pks]}
    given = QueryDict(fields.get("listing", "")) if fields.get("all") and "listing" in fields else fields
    listing = listing_from(given)
    text = urlencode(listing.as_params())
    is_id_number = kind_of(listing.q) is Typed.ID_NUMBER
    if is_id_number or any(without_id_numbers(value) != value for value in listing.as_params().values()):
        raise InvalidInput(
            "id-number-in-list",
            N_("按身份证号码查到的结果不能这样导出；请在名册中勾选人员后再导出"),
            place="q",
        )
    return {"all": ["1"], "listing": [text]}


def _choice(parameters: Parameters) -> Choice:
    if "pk" in parameters:
        return Choice(pks=tuple(map(int, parameters["pk"])))
    return Choice(listing=listing_from(QueryDict(parameters["listing"][0])))


def _scopes(actor: Actor, permission: Permission) -> set[tuple[str, int, bool]]:
    def scope(grant: Grant) -> tuple[str, int, bool]:
        return grant.level.value, grant.unit_id, grant.is_node_wide

    return {scope(grant) for grant in actor.grants_for(permission)}


def _exportable(actor: Actor, choice: Choice) -> QuerySet[Officer]:
    """The chosen officers whom the actor may see, and may take along at their places."""
    rows = matching(actor, choice.listing or Listing())
    if choice.listing is None:
        rows = rows.filter(pk__in=choice.pks)
    if _scopes(actor, Permission.OFFICER_VIEW) <= _scopes(actor, Permission.OFFICER_EXPORT):
        return rows
    return rows.filter(pk__in=Officer.objects.visible_to(actor, Permission.OFFICER_EXPORT).values("pk"))


def _columns() -> dict[str, TableColumn]:
    found = {}
    for key, column in COLUMNS.items():
        kind = kind_of_column(column)
        width = 18 if kind is CellKind.INSTANT else {"clip": 24}.get(column.kind, 14)
        found[key] = TableColumn(_(column.label), kind, _WIDTHS.get(key, width))
    return found


def _read_rows(
    actor: Actor, choice: Choice, order: str, keys: Sequence[str], id_numbers: IdNumbers
) -> Iterator[Sequence[object]]:
    columns = [COLUMNS[key] for key in keys]
    rows = _exportable(actor, choice)
    if id_numbers is IdNumbers.NONE:
        return read_rows(rows, order, columns)
    return read_rows(rows, order, columns, _id_number_reader(actor, id_numbers), (*_SEALED, *_PLACE))


def _id_number_reader(actor: Actor, id_numbers: IdNumbers) -> Callable[[Any], str]:
    """Return what reads the ID number of a row: whole only where the actor may unmask, else masked."""
    open_one = opener(field_key())
    whole_at: dict[tuple[int | None, ...], bool] = {}

    def read(row: Any) -> str:
        text = open_one(bytes(row.id_number_sealed), f"officer:{row.uid}".encode()).decode()
        place = (row.province_unit, row.city_unit, row.county_unit, row.agency_unit)
        if place not in whole_at:
            whole_at[place] = id_numbers is IdNumbers.WHOLE and is_permitted(
                actor, Permission.OFFICER_UNMASK, Place(*place)
            )
        return text if whole_at[place] else f"{text[:6]}{'*' * 10}{text[-2:]}"

    return read


def _described(choice: Choice) -> list[tuple[str, str]]:
    if choice.listing is None:
        return [(_("范围"), _("在名册中勾选的人员"))]
    unit = Agency.objects.filter(code=choice.listing.unit).first() if choice.listing.unit else None
    chips = chips_of(choice.listing, unit.name if unit else "")
    return [(label, words) for label, words, _rest in chips] or [(_("范围"), _("管辖范围内全部人员"))]


def open_officers(actor: Actor, parameters: Parameters) -> ExportSource:
    """Return the officers that ``parameters`` mean, for ``actor``."""
    choice = _choice(parameters)
    listing = choice.listing or Listing()
    address: Mapping[str, str] = listing.as_params() if choice.listing else {}
    return ExportSource(
        title=_("执法人员名册"),
        count=_exportable(actor, choice).order_by().count(),
        columns=_columns(),
        chosen=listing.columns,
        described=_described(choice),
        rows=lambda keys, id_numbers: _read_rows(actor, choice, listing.sort_field, keys, id_numbers),
        back_url=f"{reverse('officer-list')}?{urlencode(address)}" if address else reverse("officer-list"),
        has_id_numbers=True,
        may_unmask=actor.has_anywhere(Permission.OFFICER_UNMASK),
        paper_columns=PAPER_COLUMNS,
        paper_title=_("交通运输行政执法人员名册"),
        signatures=(_("填表人（签字）："), _("审核人（签字）："), _("单位负责人（签字、盖章）：")),
    )


OFFICERS = ExportKind(Permission.OFFICER_EXPORT, read_choice, open_officers)
