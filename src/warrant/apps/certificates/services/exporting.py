"""The list of certificates as a source of files."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from warrant.apps.certificates.models import Certificate
from warrant.apps.certificates.selectors.listing import (
    COLUMNS,
    DEFAULT_COLUMNS,
    CertificateListing,
    categories_text,
    matching,
    read_listing,
)
from warrant.apps.certificates.selectors.listing_words import chips_of
from warrant.apps.certificates.types import STATE_FACES
from warrant.apps.exports.selectors import Readers, local_moment, rows_piece_by_piece
from warrant.apps.exports.types import ExportKind, ExportSource, Parameters
from warrant.apps.foundation.listing import sort_field
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, InvalidInput
from warrant.core.lifecycle import CertificateState
from warrant.core.ports import CellKind, TableColumn
from warrant.core.standards.id_number import without_id_numbers

READERS: Readers = {
    "number": lambda row: row.number,
    "name": lambda row: row.officer.name,
    "state": lambda row: _(STATE_FACES[CertificateState(row.state)].word),
    "agency": lambda row: row.agency_name,
    "categories": categories_text,
    "area": lambda row: row.area_name,
    "issuer": lambda row: row.issuer_name,
    "valid_from": lambda row: row.valid_from,
    "valid_until": lambda row: row.valid_until,
    "review_due_on": lambda row: row.review_due_on,
    "due_on": lambda row: row.due_on,
    "changed": lambda row: local_moment(row.changed_at),
}


PLAIN = ("number", "name", "state", "agency", "categories", "area", "issuer", "valid_from", "valid_until")
"""What a file holds unless the list shows other columns, with the two deadlines."""


def read_filter(fields: QueryDict) -> Parameters:
    """Return the part of an address that narrows, orders and shows the list.

    Raises:
        InvalidInput: an ID number stands in it, or a filter that there is not.
    """
    if without_id_numbers(fields.get("text", "")) != fields.get("text", ""):
        raise InvalidInput("id-number-in-list", N_("这里不要写身份证号码"), place="text")
    listing, errors = read_listing(fields)
    if errors:
        raise InvalidInput(
            "bad-choice", N_("无法识别要导出的范围；请返回列表重新选择"), place=next(iter(errors))
        )
    return {name: [text] for name, text in listing.as_params().items()}


def _rows(actor: Actor, listing: CertificateListing) -> QuerySet[Certificate]:
    taken_along = Certificate.objects.visible_to(actor, Permission.OFFICER_EXPORT)
    return matching(actor, listing).filter(pk__in=taken_along.values("pk"))


def open_certificates(actor: Actor, parameters: Parameters) -> ExportSource:
    """Return the certificates that the parameters mean, for ``actor``."""
    listing = read_listing({name: values[0] for name, values in parameters.items()})[0]
    rows = _rows(actor, listing)
    described = [(label, words) for label, words, _rest in chips_of(listing)]
    address, chosen = reverse("certificate-list"), listing.as_params()
    shown = tuple(key for key in listing.columns if key in READERS)
    return ExportSource(
        title=_("执法证件清单"),
        count=rows.order_by().count(),
        columns={
            "number": TableColumn(_("证件编号"), width=17),
            "name": TableColumn(_("姓名"), width=12),
            "state": TableColumn(_("状态"), width=10),
            "agency": TableColumn(_("执法单位"), width=36),
            "categories": TableColumn(_("执法门类"), width=28),
            "area": TableColumn(_("执法区域"), width=14),
            "issuer": TableColumn(_("发证机关"), width=26),
            "valid_from": TableColumn(_("有效期自"), CellKind.DATE, 12),
            "valid_until": TableColumn(_("有效期至"), CellKind.DATE, 12),
            "review_due_on": TableColumn(_("年审截止"), CellKind.DATE, 12),
            "due_on": TableColumn(_("办理期限"), CellKind.DATE, 12),
            "changed": TableColumn(_("最后变动"), CellKind.INSTANT, 18),
        },
        chosen=(*PLAIN, "review_due_on", "due_on") if listing.columns == DEFAULT_COLUMNS else shown,
        described=described or [(_("范围"), _("管辖范围内全部证件"))],
        rows=rows_piece_by_piece(rows, sort_field(listing.sort, COLUMNS), READERS),
        back_url=f"{address}?{urlencode(chosen)}" if chosen else address,
        paper_columns=("number", "name", "state", "agency", "categories", "valid_from", "valid_until"),
        paper_title=_("交通运输行政执法证件清单"),
        signatures=(_("填表人（签字）："), _("审核人（签字）："), _("单位（盖章）：")),
    )


CERTIFICATES = ExportKind(Permission.OFFICER_EXPORT, read_filter, open_certificates)
