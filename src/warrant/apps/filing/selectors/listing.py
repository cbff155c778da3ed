"""The filings behind one figure of the statistics, as a list and as a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from warrant.apps.filing.models import Filing, FilingRequest, FilingStretch
from warrant.apps.filing.selectors.figures import UNCLASSED
from warrant.apps.filing.selectors.statistics import (
    STAGE_WORDS,
    decided_rows,
    group_names,
    in_group,
    in_period,
    keeps_register,
    limit_of_review,
    reason_words,
    stretches_of,
    waiting_rows,
    with_reason,
)
from warrant.apps.filing.types import FILING_FACES
from warrant.core.access import Actor
from warrant.core.errors import N_, InvalidInput
from warrant.core.lifecycle import FilingState
from warrant.core.qualification.filing_reasons import FILING_REASON
from warrant.core.qualification.lead_times import Period, checked_period, month_of

AGE, OVERDUE = "age", "overdue"
LONGEST_DIGITS = 9
_RELATED = ("application__officer",)


@dataclass(frozen=True)
class Wanted:
    """Which filings a figure counts. Empty texts narrow nothing.

    ``waits`` is ``age``, ``overdue`` or an age in working days such as ``6-10`` or ``21-``; ``least``/``most`` are read
    from it.
    """

    period: Period
    measure: str = "workdays"
    group: str = ""
    state: str = ""
    reason: str = ""
    stage: str = ""
    waits: str = ""
    least: int = 0
    most: int | None = None

    @property
    def is_waiting(self) -> bool:
        """Tell whether what still waits is meant; the period then counts for nothing."""
        return bool(self.waits)

    def as_parameters(self) -> dict[str, str]:
        """Return it as the parts of an address."""
        parts = {
            "period": "" if self.is_waiting else _period_text(self.period),
            "measure": "" if self.measure == "workdays" else self.measure,
            "group": self.group,
            "state": self.state,
            "reason": self.reason,
            "stage": self.stage,
            "waits": self.waits,
        }
        return {name: text for name, text in parts.items() if text}


def read_wanted(fields: Mapping[str, object], today: date) -> Wanted:
    """Return what the parts of an address mean; nothing given means the month of ``today``.

    A period stands in an address as ``period=202611`` or ``period=20261109-20261115``, or as it was typed in two fields.

    Raises:
        InvalidInput: a part is not understood; ``place`` names it.
    """
    month = month_of(today)
    if fields.get("period"):
        fields = {**fields, **_two_days(str(fields["period"]))}
    from_on, until_on = _day(fields, "from_on"), _day(fields, "until_on")
    if from_on is None and until_on is not None:
        from_on = until_on.replace(day=1)
    if until_on is None and from_on is not None:
        until_on = month_of(from_on).until_on
    least, most = _ages(fields)
    return Wanted(
        checked_period(from_on or month.from_on, until_on or month.until_on),
        _one_of(fields, "measure", ("workdays", "days")) or "workdays",
        group=_digits(fields, "group"),
        state=_one_of(fields, "state", tuple(state.value for state in FilingState)),
        reason=_one_of(fields, "reason", (UNCLASSED, *(row.code for row in FILING_REASON))),
        stage=_one_of(fields, "stage", tuple(STAGE_WORDS)),
        waits=str(fields.get("waits", "")),
        least=least,
        most=most,
    )


def _period_text(period: Period) -> str:
    """Return a period as it stands in an address: ``202611`` for a month, ``2026`` for a year, else two days."""
    if period.months == 12 and period.from_on.month == 1:
        return f"{period.from_on:%Y}"
    if period.months == 1:
        return f"{period.from_on:%Y%m}"
    return f"{period.from_on:%Y%m%d}-{period.until_on:%Y%m%d}"


def _two_days(text: str) -> dict[str, str]:
    from_on, _dash, until_on = text.partition("-")
    if len(text) == len("2026"):
        return {"from_on": f"{text}0101", "until_on": f"{text}1231"}
    if len(text) == len("202611"):
        return {"from_on": f"{text}01", "until_on": ""}
    return {"from_on": from_on, "until_on": until_on}


def _ages(fields: Mapping[str, object]) -> tuple[int, int | None]:
    """Return the least and the most age in working days: of ``6-10``, ``21-``; of everything where none is named."""
    text = str(fields.get("waits", ""))
    if text in ("", AGE, OVERDUE):
        return 0, None
    least, dash, most = text.partition("-")
    parts = [part for part in (least, most) if part]
    if (
        not dash
        or not least
        or any(not (part.isascii() and part.isdigit() and len(part) <= 3) for part in parts)
    ):
        raise InvalidInput("bad-choice", N_("地址不完整或已改动；请返回备案统计页重新选择"), place="waits")
    return int(least), int(most) if most else None


def _day(fields: Mapping[str, object], name: str) -> date | None:
    text = str(fields.get(name, "")).strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidInput("not-a-day", N_("请按 2026-11-22 的格式填写日期"), place=name) from error


def _one_of(fields: Mapping[str, object], name: str, choices: Sequence[str]) -> str:
    text = str(fields.get(name, ""))
    if text and text not in choices:
        raise InvalidInput("bad-choice", N_("地址不完整或已改动；请返回备案统计页重新选择"), place=name)
    return text


def _digits(fields: Mapping[str, object], name: str) -> str:
    text = str(fields.get(name, ""))
    if text and not (text.isascii() and text.isdigit() and len(text) <= LONGEST_DIGITS):
        raise InvalidInput("bad-choice", N_("地址不完整或已改动；请返回备案统计页重新选择"), place=name)
    return text


def rows_of(viewer: Actor, wanted: Wanted, today: date) -> tuple[QuerySet[Any], str]:
    """Return the rows behind a figure and their order: those of a stage slowest first, else newest or oldest first.

    The rows of a stage are stretches, all others filings (at the ministry) or requests (in a province).
    """
    if wanted.is_waiting:
        rows = _waiting(viewer, wanted, today)
        return _with_officer(in_group(rows, wanted.group)), (
            "received_at" if keeps_register() else "requested_at"
        )
    if wanted.stage:
        stretches = stretches_of(viewer, wanted.period).filter(stage=wanted.stage)
        if wanted.group:
            ids = in_group(decided_rows(viewer), wanted.group).values("pk")
            stretches = stretches.filter(**{"filing__in" if keeps_register() else "request__in": ids})
        side = ("filing",) if keeps_register() else ("request__application__officer",)
        return stretches.select_related(*side), f"-{wanted.measure}"
    rows = in_group(in_period(decided_rows(viewer), wanted.period), wanted.group)
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    return _with_officer(with_reason(rows, wanted.reason)), "-decided_at"


def _with_officer(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows if keeps_register() else rows.select_related(*_RELATED)


def _waiting(viewer: Actor, wanted: Wanted, today: date) -> QuerySet[Any]:
    if wanted.waits != OVERDUE:
        return waiting_rows(viewer, wanted.least, wanted.most, today)
    limit = limit_of_review(today)
    rows = waiting_rows(viewer, 0 if limit is None else limit + 1, None, today)
    rows = rows.filter(waits_for_documents=False)
    return rows.none() if limit is None else rows


def filing_of(row: Any) -> Filing | FilingRequest:
    """Return the filing or request of a row of :func:`rows_of`."""
    found = (row.filing or row.request) if isinstance(row, FilingStretch) else row
    return cast(Filing | FilingRequest, found)


def took_shown(
    took: Mapping[str, tuple[int, int]], measure: str, stages: Sequence[str]
) -> dict[str, int | str]:
    """Return how long the stages of one filing took, in the measure that was asked for."""
    number = 0 if measure == "workdays" else 1
    return {stage: took[stage][number] if stage in took else "" for stage in stages}


def described(wanted: Wanted) -> Iterator[tuple[str, str]]:
    """Yield what was asked for as pairs of words."""
    if wanted.is_waiting:
        yield _("状态"), _("等待部级审查")
        if wanted.waits == OVERDUE:
            yield _("等待"), _("已超过审查时限")
        elif wanted.most is not None:
            yield (
                _("等待"),
                _("%(least)s—%(most)s 个工作日") % {"least": wanted.least, "most": wanted.most},
            )
        elif wanted.least:
            yield _("等待"), _("%(least)s 个工作日以上") % {"least": wanted.least}
    else:
        yield _("决定日期"), f"{wanted.period.from_on} — {wanted.period.until_on}"
    if wanted.group:
        label = _("报送省份") if keeps_register() else _("市")
        yield label, group_names().get(wanted.group, wanted.group)
    if wanted.state:
        yield _("决定"), _(FILING_FACES[FilingState(wanted.state)].word)
    if wanted.reason:
        is_english = (get_language() or "").startswith("en")
        yield _("原因分类"), reason_words(wanted.reason, is_english=is_english)
    if wanted.stage:
        yield _("环节"), _(STAGE_WORDS[wanted.stage])


def wanted_in_words(wanted: Wanted) -> str:
    """Return what was asked for as one line."""
    return _("，").join(f"{label} {text}" for label, text in described(wanted))
