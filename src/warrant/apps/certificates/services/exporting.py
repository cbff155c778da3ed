"""The list of certificates as a source of files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from warrant.apps.certificates.models import Certificate
from warrant.apps.certificates.selectors import category_names, certificates_for
from warrant.apps.certificates.types import STATE_FACES
from warrant.apps.exports.selectors import Readers, rows_piece_by_piece, text_and_state
from warrant.apps.exports.types import ExportKind, ExportSource, Parameters
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, InvalidInput
from warrant.core.lifecycle import CertificateState
from warrant.core.ports import CellKind, TableColumn
from warrant.core.standards.codes import ENFORCEMENT_CATEGORY

PICKED: Mapping[str, str] = {
    "expiring": N_("60 日内到期"),
    "overdue": N_("挂失、暂扣到期未办"),
    "review-due": N_("年审将截止或逾期未过"),
}
"""What the list can be narrowed to besides a state."""
LONGEST_TEXT = 40


def _categories(row: Certificate) -> str:
    language = get_language() or ""
    return ("; " if language.startswith("en") else "、").join(category_names(row.category_codes, language))


READERS: Readers = {
    "number": lambda row: row.number,
    "name": lambda row: row.officer.name,
    "state": lambda row: _(STATE_FACES[CertificateState(row.state)].word),
    "agency": lambda row: row.agency_name,
    "categories": _categories,
    "area": lambda row: row.area_name,
    "issuer": lambda row: row.issuer_name,
    "valid_from": lambda row: row.valid_from,
    "valid_until": lambda row: row.valid_until,
    "review_due_on": lambda row: row.review_due_on,
    "due_on": lambda row: row.due_on,
}


def read_filter(fields: QueryDict) -> Parameters:
    """Return the part of an address that narrows the list.

    Raises:
        InvalidInput: an ID number stands in it, or a state that there is not.
    """
    chosen = dict(text_and_state(fields, {*PICKED, *(one.value for one in CertificateState)}, LONGEST_TEXT))
    category, unit, until = (fields.get(name, "") for name in ("category", "unit", "until"))
    known = not category or category in ENFORCEMENT_CATEGORY
    is_unit = not unit or (unit.isascii() and unit.isdigit() and len(unit) < 12)
    if not (known and is_unit and (not until or _is_day(until))):
        raise InvalidInput("bad-choice", N_("无法识别要导出的范围；请返回列表重新选择"), place="category")
    return {
        **chosen,
        **{
            key: [value] for key, value in (("category", category), ("unit", unit), ("until", until)) if value
        },
    }


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _rows(actor: Actor, chosen: dict[str, str]) -> QuerySet[Certificate]:
    taken_along = Certificate.objects.visible_to(actor, Permission.OFFICER_EXPORT)
    return certificates_for(actor, **chosen).filter(pk__in=taken_along.values("pk"))


def open_certificates(actor: Actor, parameters: Parameters) -> ExportSource:
    """Return the certificates that the parameters mean, for ``actor``."""
    chosen = {name: values[0] for name, values in parameters.items()}
    rows = _rows(actor, chosen)
    state = chosen.get("state", "")
    word = ""
    if state:
        word = _(PICKED[state] if state in PICKED else STATE_FACES[CertificateState(state)].word)
    category = chosen.get("category", "")
    names = category_names([category], get_language() or "") if category else []
    unit = Agency.objects.filter(pk=int(chosen["unit"])).first() if "unit" in chosen else None
    described = [
        (_("编号或姓名"), chosen.get("text", "")),
        (_("状态"), word),
        (_("执法门类"), "".join(names)),
        (_("辖区"), unit.name if unit else ""),
        (_("有效期不晚于"), chosen.get("until", "")),
    ]
    address = reverse("certificate-list")
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
        },
        chosen=tuple(READERS),
        described=[pair for pair in described if pair[1]] or [(_("范围"), _("管辖范围内全部证件"))],
        rows=rows_piece_by_piece(rows, "number", READERS),
        back_url=f"{address}?{urlencode(chosen)}" if chosen else address,
        paper_columns=("number", "name", "state", "agency", "categories", "valid_from", "valid_until"),
        paper_title=_("交通运输行政执法证件清单"),
        signatures=(_("填表人（签字）："), _("审核人（签字）："), _("单位（盖章）：")),
    )


CERTIFICATES = ExportKind(Permission.OFFICER_EXPORT, read_filter, open_certificates)
