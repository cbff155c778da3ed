"""The tables of the statistics as workbook or CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, permission_for_view
from warrant.apps.foundation.ports import port
from warrant.apps.supervision.forms import USUAL_CROSSING, CrossForm, StatisticsForm
from warrant.apps.supervision.selectors.flows import IN, OUT, flows_of
from warrant.apps.supervision.selectors.units import VIEW
from warrant.apps.supervision.views.asking import asked_of, band_label, share_of, year_before
from warrant.apps.supervision.views.crossing import chosen_dimensions, count_crossing
from warrant.apps.supervision.views.flowing import flow_question, kinds_shown
from warrant.apps.supervision.views.overview import count_overview, lines_of
from warrant.apps.supervision.views.words import FLOW_WORDS
from warrant.core.errors import N_, InvalidInput
from warrant.core.indicators import DIMENSIONS
from warrant.core.ports import CellKind, Table, TableColumn, TableWriter

_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
_NUMBER = CellKind.NUMBER

Rows = Iterator[Sequence[object]]


def _share(share: float | None) -> float | None:
    """Return a share as percent with two decimals."""
    return None if share is None else round(share * 100, 2)


def _overview(request: HttpRequest) -> tuple[str, str, list[TableColumn], Rows]:
    asked, _form = asked_of(request, StatisticsForm)
    if asked.is_refused:
        raise InvalidInput("statistics-day", N_("统计日有误；请从统计页重新进入"))
    counted = count_overview(asked, DIMENSIONS)
    columns = [
        TableColumn(_("统计项"), width=18),
        TableColumn(_("分组"), width=26),
        TableColumn(_("人数"), _NUMBER),
        TableColumn(_("占比（%）"), _NUMBER),
        TableColumn(_("上级占比（%）"), _NUMBER, 14),
        TableColumn(_("去年同日人数"), _NUMBER, 14),
        TableColumn(_("去年同日占比（%）"), _NUMBER, 18),
    ]

    def rows() -> Rows:
        before = counted[1].total
        yield _("全部人员"), "", counted[0].total, 100.0, 100.0 if asked.above else None, before, 100.0
        for dimension in DIMENSIONS:
            for line in lines_of(asked, counted, dimension):
                yield (
                    _(dimension.label),
                    line.label,
                    line.count,
                    _share(line.share),
                    _share(line.above_share),
                    line.before_count,
                    _share(line.before_share),
                )

    about = _("截至 %(day)s，去年同日 %(before)s") % {
        "day": asked.day.isoformat(),
        "before": year_before(asked.day).isoformat(),
    }
    return asked.unit.name, about, columns, rows()


def _cross(request: HttpRequest) -> tuple[str, str, list[TableColumn], Rows]:
    asked, form = asked_of(request, CrossForm, USUAL_CROSSING)
    row_dimension, column_dimension = chosen_dimensions(form)
    crossing = count_crossing(asked, row_dimension, column_dimension)
    bands = crossing.bands(column_dimension)
    columns = [
        TableColumn(f"{_(row_dimension.label)} × {_(column_dimension.label)}", width=30),
        *(TableColumn(band_label(band), _NUMBER, 16) for band in bands),
        TableColumn(_("合计（人）"), _NUMBER),
        TableColumn(_("占比（%）"), _NUMBER),
    ]
    cells = crossing.here.crossed(row_dimension, column_dimension)
    row_totals, column_totals = crossing.here.by_band(row_dimension), crossing.here.by_band(column_dimension)

    def rows() -> Rows:
        total = crossing.here.total
        for row in crossing.bands(row_dimension):
            yield (
                band_label(row),
                *(cells.get((row.number, band.number), 0) for band in bands),
                row_totals[row.number],
                _share(share_of(row_totals[row.number], total)),
            )
        yield (
            _("合计（人）"),
            *(column_totals[band.number] for band in bands),
            total,
            100.0 if total else None,
        )

    return asked.unit.name, _("截至 %(day)s") % {"day": asked.day.isoformat()}, columns, rows()


def _flows(request: HttpRequest) -> tuple[str, str, list[TableColumn], Rows]:
    unit, year, _form = flow_question(request)
    flows = flows_of(actor_of(request), unit, (year,), clock.today())[year]
    kinds = kinds_shown(flows)
    columns = [TableColumn(_("月份"))]
    for direction, kind in kinds:
        word = _("%(kind)s（进）") if direction == IN else _("%(kind)s（出）")
        columns.append(TableColumn(word % {"kind": _(FLOW_WORDS[kind])}, _NUMBER, 18))
    columns += [TableColumn(word, _NUMBER) for word in (_("进"), _("出"), _("净增"))]

    def rows() -> Rows:
        for month in (*range(1, 13), 0):
            coming, going = flows.of(IN, month), flows.of(OUT, month)
            label = f"{year}-{month:02d}" if month else _("全年")
            yield (label, *(flows.of(way, month, kind) for way, kind in kinds), coming, going, coming - going)

    return unit.name, _("%(year)s 年逐月进出") % {"year": year}, columns, rows()


_WHAT = {"overview": _overview, "cross": _cross, "flows": _flows}


@permission_for_view(VIEW)
@require_safe
def statistics_export(request: HttpRequest) -> HttpResponse:
    """One table of the statistics as a file."""
    what, kind = request.GET.get("what", ""), request.GET.get("format", "")
    if what not in _WHAT or kind not in _TYPES:
        raise InvalidInput("export-unknown", N_("没有这种导出；请从统计页重新选择"))
    unit_name, about, columns, rows = _WHAT[what](request)
    person = actor_of(request).name
    taken_at = timezone.localtime(clock.now()).strftime("%Y-%m-%d %H:%M")
    table = Table(
        title=_("队伍统计"),
        watermark=_("%(unit)s　%(about)s　导出人 %(person)s　%(at)s")
        % {"unit": unit_name, "about": about, "person": person, "at": taken_at},
        columns=columns,
        rows=rows,
        about=lambda: [
            (_("单位"), unit_name),
            (_("口径"), about),
            (_("导出人"), person),
            (_("导出时间"), taken_at),
        ],
        about_title=_("说明"),
    )
    target = BytesIO()
    writer = cast(TableWriter, port("table_writer"))
    if kind == "xlsx":
        writer.write_workbook(table, target)
    else:
        writer.write_delimited(table, target, "utf-8-sig")
    name = f"{_('队伍统计')}-{unit_name}-{clock.today().isoformat()}.{kind}"
    headers = {
        "Content-Disposition": content_disposition_header(True, name) or "",
        "Cache-Control": "no-store",
    }
    return HttpResponse(target.getvalue(), content_type=_TYPES[kind], headers=headers)
