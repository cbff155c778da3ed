"""The figures on filings, and the filings behind them, as sources of files; the PDF of the figures is the printed table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from warrant.apps.applications.types import KIND_FACES
from warrant.apps.exports.selectors import local_moment
from warrant.apps.exports.types import ExportKind, ExportSource, IdNumbers, Parameters, RowsOf
from warrant.apps.filing.models import Filing, FilingRequest
from warrant.apps.filing.selectors.faces import reason_class
from warrant.apps.filing.selectors.figures import Figures
from warrant.apps.filing.selectors.listing import Wanted, described, filing_of, read_wanted, rows_of
from warrant.apps.filing.selectors.statistics import (
    STAGE_WORDS,
    group_names,
    keeps_register,
    statistics_of,
    took_of,
)
from warrant.apps.filing.types import FILING_FACES, REQUEST_FACES
from warrant.apps.foundation import clock
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_
from warrant.core.lifecycle import FilingRequestState, FilingState
from warrant.core.ports import CellKind, TableColumn

ROWS_A_PIECE = 500
_NUMBER = CellKind.NUMBER
_DECISIONS = {
    FilingState.GRANTED.value: N_("准予"),
    FilingState.RETURNED.value: N_("退回"),
    FilingState.REFUSED.value: N_("不予"),
}


def signatures() -> tuple[str, ...]:
    """Return the words beside the places for signature and stamp."""
    return (_("填表人（签字）："), _("审核人（签字）："), _("单位（盖章）："))


def wanted_of(parameters: Parameters) -> Wanted:
    """Return what the parameters of a file mean; they were checked when they were read."""
    return read_wanted({name: values[0] for name, values in parameters.items() if values}, clock.today())


def _read(fields: QueryDict) -> Parameters:
    """Return the part of an address that says which figure is meant.

    Raises:
        InvalidInput: it cannot be understood.
    """
    return {name: [text] for name, text in read_wanted(fields.dict(), clock.today()).as_parameters().items()}


def _group_label() -> str:
    return _("报送省份") if keeps_register() else _("市")


def _figures_row(name: str, figures: Figures) -> dict[str, object]:
    row: dict[str, object] = {"group": name, "decided": figures.total}
    for state in _DECISIONS:
        row[state] = figures.decided.get(state, 0)
    for stage in STAGE_WORDS:
        for measure, spreads in (("workdays", figures.workdays), ("days", figures.days)):
            spread = spreads.get(stage)
            for percent in (50, 90):
                row[f"{stage}-{measure}-{percent}"] = spread.within(percent) if spread else None
    return row


def _figures_columns() -> dict[str, TableColumn]:
    columns = {
        "group": TableColumn(_group_label(), width=26),
        "decided": TableColumn(_("已决定"), _NUMBER),
        **{state: TableColumn(_(word), _NUMBER) for state, word in _DECISIONS.items()},
    }
    units = {"workdays": _("工作日"), "days": _("自然日")}
    shares = {50: _("中位"), 90: _("九成内")}
    for stage, word in STAGE_WORDS.items():
        for measure, unit in units.items():
            for percent, share in shares.items():
                label = f"{_(word)} {share}（{unit}）"
                columns[f"{stage}-{measure}-{percent}"] = TableColumn(label, _NUMBER, 12)
    return columns


def open_figures(actor: Actor, parameters: Parameters) -> ExportSource:
    """Return the table of the figures for ``actor``: one row a group, the whole first, the period before last."""
    wanted = wanted_of(parameters)
    found = statistics_of(actor, wanted.period, clock.today())
    rows = [
        _figures_row(_("合计"), found.whole),
        *(
            _figures_row(name, found.groups[code])
            for code, name in found.names.items()
            if code in found.groups
        ),
        _figures_row(
            _("上期合计（%(from)s 至 %(until)s）")
            % {"from": found.before.from_on, "until": found.before.until_on},
            found.whole_before,
        ),
    ]
    columns = _figures_columns()
    chosen = [
        key
        for key in columns
        if any(row[key] is not None for row in rows) and f"-{_other(wanted)}-" not in key
    ]

    def read(keys: Sequence[str], id_numbers: IdNumbers) -> Iterator[Sequence[object]]:
        yield from ([row[key] for key in keys] for row in rows)

    return ExportSource(
        title=_("备案统计"),
        count=len(rows),
        columns=columns,
        chosen=tuple(chosen),
        described=list(described(Wanted(wanted.period))),
        rows=read,
        back_url=f"{reverse('filing-statistics')}?{urlencode(wanted.as_parameters())}",
        paper_columns=tuple(chosen),
        paper_title=_("资格备案办理情况统计表"),
        signatures=signatures(),
    )


def _other(wanted: Wanted) -> str:
    return "days" if wanted.measure == "workdays" else "workdays"


def _cells(row: Filing | FilingRequest, names: Mapping[str, str]) -> dict[str, object]:
    common: dict[str, object] = {
        "reason": reason_class(row.reason_code),
        "decided_at": local_moment(row.decided_at),
        "number": row.filing_number,
    }
    if isinstance(row, Filing):
        return common | {
            "application": row.application_number,
            "name": row.officer_name,
            "group": names.get(row.node_code, row.node_code),
            "agency": row.agency_name,
            "kind": _(KIND_FACES[row.kind].word),
            "state": _(FILING_FACES[FilingState(row.state)].word),
            "begun_at": local_moment(row.received_at),
        }
    application = row.application
    return common | {
        "application": application.number,
        "name": application.officer.name,
        "group": names.get(str(application.city_unit or "0"), ""),
        "agency": application.officer.agency.name,
        "kind": _(KIND_FACES[application.kind].word),
        "state": _(REQUEST_FACES[FilingRequestState(row.state)].word),
        "begun_at": local_moment(row.requested_at),
    }


def _filings_columns() -> dict[str, TableColumn]:
    return {
        "application": TableColumn(_("申请号"), width=18),
        "name": TableColumn(_("姓名"), width=12),
        "group": TableColumn(_group_label(), width=26),
        "agency": TableColumn(_("执法单位"), width=36),
        "kind": TableColumn(_("申请种类"), width=12),
        "state": TableColumn(_("状态"), width=14),
        "number": TableColumn(_("备案号"), width=18),
        "reason": TableColumn(_("原因分类"), width=22),
        "begun_at": TableColumn(_("报送时间"), CellKind.INSTANT, 17),
        "decided_at": TableColumn(_("决定时间"), CellKind.INSTANT, 17),
        **{
            stage: TableColumn(f"{_(word)}（{_('工作日')}）", _NUMBER, 12)
            for stage, word in STAGE_WORDS.items()
        },
    }


def open_filings(actor: Actor, parameters: Parameters) -> ExportSource:
    """Return the filings behind a figure for ``actor``, with the working days of every stage."""
    wanted = wanted_of(parameters)
    rows, order = rows_of(actor, wanted, clock.today())
    columns = _filings_columns()
    return ExportSource(
        title=_("备案统计名单"),
        count=rows.order_by().count(),
        columns=columns,
        chosen=tuple(columns),
        described=list(described(wanted)),
        rows=_rows_read(rows if keeps_register() else _with_agency(rows, wanted), order),
        back_url=f"{reverse('filing-statistics-list')}?{urlencode(wanted.as_parameters())}",
        paper_columns=("application", "name", "group", "agency", "state", "reason", "begun_at", "decided_at"),
        paper_title=_("资格备案名单"),
        signatures=signatures(),
    )


def _with_agency(rows: Any, wanted: Wanted) -> Any:
    side = "request__application__officer__agency" if wanted.stage else "application__officer__agency"
    return rows.select_related(side)


def _rows_read(rows: Any, order: str) -> RowsOf:
    def read(keys: Sequence[str], id_numbers: IdNumbers) -> Iterator[Sequence[object]]:
        names = group_names()
        pks = list(rows.order_by(order, "pk").values_list("pk", flat=True))
        for start in range(0, len(pks), ROWS_A_PIECE):
            piece = pks[start : start + ROWS_A_PIECE]
            found = {row.pk: filing_of(row) for row in rows.filter(pk__in=piece)}
            took = took_of(list(found.values()))
            for pk in piece:
                if pk in found:
                    row = found[pk]
                    times = {stage: days for stage, (days, _all) in took.get(row.pk, {}).items()}
                    cells = {**_cells(row, names), **{stage: times.get(stage) for stage in STAGE_WORDS}}
                    yield [cells[key] for key in keys]

    return read


FIGURES = ExportKind(Permission.FILING_VIEW, _read, open_figures)
FILINGS = ExportKind(Permission.FILING_VIEW, _read, open_filings)
