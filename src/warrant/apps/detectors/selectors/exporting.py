"""The queue of findings as a source of files."""

from __future__ import annotations

from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from warrant.apps.detectors.selectors.figures import chosen_unit
from warrant.apps.detectors.selectors.findings import (
    detector_word,
    evidence_line,
    findings_for,
    state_face,
)
from warrant.apps.detectors.types import SHOWN
from warrant.apps.exports.selectors import Readers, local_moment, rows_piece_by_piece
from warrant.apps.exports.types import ExportKind, ExportSource, Parameters
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, InvalidInput
from warrant.core.ports import CellKind, TableColumn
from warrant.core.qualification.detection import Detector

READERS: Readers = {
    "name": lambda row: row.officer.name,
    "detector": lambda row: detector_word(row.detector),
    "evidence": evidence_line,
    "state": lambda row: state_face(row)["word"],
    "due_on": lambda row: row.due_on,
    "agency": lambda row: row.officer.agency.name,
    "owner": lambda row: row.assigned_to.display_name if row.assigned_to else "",
    "held_by": lambda row: row.held_by.name if row.held_by else "",
    "opened_at": lambda row: local_moment(row.opened_at),
    "reason": lambda row: row.reason,
}


def read_filter(fields: QueryDict) -> Parameters:
    """Return the part of an address that narrows the queue.

    Raises:
        InvalidInput: a way to look, a detector or a unit that there is not.
    """
    known = {"shown": set(SHOWN), "detector": {one.value for one in Detector}}
    found: Parameters = {}
    for name in ("shown", "detector", "unit"):
        text = fields.get(name, "")
        is_known = (
            text in known[name] if name in known else text.replace("-", "").isalnum() and text.isascii()
        )
        if text and (not is_known or len(text) > 24):
            raise InvalidInput("bad-choice", N_("无法识别要导出的范围；请返回列表重新选择"), place=name)
        if text:
            found[name] = [text]
    return found


def open_findings(actor: Actor, parameters: Parameters) -> ExportSource:
    """Return the findings that the parameters mean, for ``actor``."""
    chosen = {name: values[0] for name, values in parameters.items()}
    shown, detector = chosen.get("shown", "pending"), chosen.get("detector", "")
    unit = chosen_unit(actor, chosen["unit"]) if "unit" in chosen else None
    seen = findings_for(actor, shown=shown, detector=detector, unit=unit)
    taken = findings_for(actor, Permission.OFFICER_EXPORT, shown=shown).values("pk")
    rows = seen.filter(pk__in=taken)
    described = [
        (_("显示"), _(SHOWN[shown])),
        (_("发现"), detector_word(detector) if detector else ""),
        (_("单位"), unit.name if unit is not None else ""),
    ]
    address = reverse("finding-list")
    return ExportSource(
        title=_("监督发现清单"),
        count=rows.order_by().count(),
        columns={
            "name": TableColumn(_("姓名"), width=12),
            "detector": TableColumn(_("发现"), width=22),
            "evidence": TableColumn(_("事实"), width=60),
            "state": TableColumn(_("状态"), width=10),
            "due_on": TableColumn(_("办结期限"), CellKind.DATE, 12),
            "agency": TableColumn(_("执法单位"), width=36),
            "owner": TableColumn(_("承办人"), width=12),
            "held_by": TableColumn(_("督办单位"), width=28),
            "opened_at": TableColumn(_("发现时间"), CellKind.INSTANT, 18),
            "reason": TableColumn(_("情况说明"), width=40),
        },
        chosen=tuple(READERS),
        described=[pair for pair in described if pair[1]],
        rows=rows_piece_by_piece(rows, "due_on", READERS),
        back_url=f"{address}?{urlencode(chosen)}" if chosen else address,
        paper_columns=("name", "detector", "evidence", "state", "due_on", "agency", "owner"),
        paper_title=_("监督发现清单"),
        signatures=(_("填表人（签字）："), _("审核人（签字）："), _("单位（盖章）：")),
    )


FINDINGS = ExportKind(Permission.OFFICER_EXPORT, read_filter, open_findings)
