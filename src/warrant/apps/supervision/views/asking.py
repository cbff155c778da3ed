"""What all pages of the statistics share: the unit and day that were asked for, addresses, and words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar
from urllib.parse import quote_plus

from django.http import HttpRequest
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, fixed_url
from warrant.apps.organisations.models import Agency
from warrant.apps.supervision.forms import FIRST_DAY, StatisticsForm
from warrant.apps.supervision.selectors.counting import Target
from warrant.apps.supervision.selectors.units import unit_above, unit_for, units_to_choose
from warrant.core.access import Actor
from warrant.core.errors import N_, InvalidInput
from warrant.core.indicators import Band

F = TypeVar("F", bound=StatisticsForm)


@dataclass(frozen=True)
class Asked:
    """The unit and the day, the form they came from, and what the figures are compared with."""

    viewer: Actor
    unit: Agency
    day: date
    above: Agency | None
    is_refused: bool

    @property
    def targets(self) -> list[Target]:
        """The unit on the day, the unit a year before, and the unit above on the day."""
        wanted = [Target(self.unit, self.day), Target(self.unit, year_before(self.day))]
        return [*wanted, Target(self.above, self.day)] if self.above else wanted

    def address(self, name: str, **values: object) -> str:
        """Return the address of a page about the same unit and day."""
        asked = "".join(
            f"&{quote_plus(key)}={quote_plus(str(value))}" for key, value in values.items() if value != ""
        )
        return f"{fixed_url(name)}?unit={quote_plus(self.unit.code)}&on={self.day.isoformat()}{asked}"


def page_address(name: str, **values: object) -> str:
    """Return the address of a page with its question; what is empty is left out."""
    return f"{fixed_url(name)}?{urlencode({key: str(value) for key, value in values.items() if value != ''})}"


def year_before(day: date) -> date:
    """Return the same day a year earlier; of 29 February, the 28th."""
    if (day.month, day.day) == (2, 29):
        day -= timedelta(days=1)
    return day.replace(year=day.year - 1)


def asked_plainly(request: HttpRequest) -> Asked:
    """Read unit and day from an address that the system itself made; there is no form to correct.

    Raises:
        InvalidInput: "statistics-day".
    """
    viewer, today = actor_of(request), clock.today()
    unit = unit_for(viewer, request.GET.get("unit", ""))
    text = request.GET.get("on", "")
    try:
        day = date.fromisoformat(text) if text else today
    except ValueError:
        day = date.max
    if not FIRST_DAY <= day <= today:
        raise InvalidInput("statistics-day", N_("统计日有误；请从统计页重新进入"))
    return Asked(viewer, unit, day, None, False)


def asked_of(
    request: HttpRequest, form_class: type[F], usual: Mapping[str, str] | None = None
) -> tuple[Asked, F]:
    """Read unit and day from the address. A wrong day is shown beside its field, the page then speaks of today.

    ``usual`` is what further fields mean where the address does not name them.
    """
    viewer, today = actor_of(request), clock.today()
    unit = unit_for(viewer, request.GET.get("unit", ""))
    question = request.GET.copy()
    question["unit"] = unit.code
    for name, text in {**(usual or {}), "on": today.isoformat()}.items():
        question[name] = question.get(name) or text
    form = form_class(question, today=today, chosen=unit, units=units_to_choose(viewer, unit, today))
    is_valid = form.is_valid()
    day: date = form.cleaned_data.get("on") or today
    return Asked(viewer, unit, day, unit_above(unit), not is_valid), form


def band_label(band: Band) -> str:
    """Return the name of a band in the language of the request."""
    if band.english and (translation.get_language() or "").startswith("en"):
        return band.english
    return _(band.label)


def share_of(count: int, total: int) -> float | None:
    """Return the share, or nothing where there is nobody."""
    return count / total if total else None


def percent_text(share: float | None) -> str:
    """Return a share as ``12.3%``; empty without one."""
    return "" if share is None else f"{share * 100:.1f}%"


def points(share: float | None, other: float | None) -> float | None:
    """Return by how many percentage points two shares differ, rounded as shown."""
    if share is None or other is None:
        return None
    return round(share * 100 - other * 100, 1)


def points_text(value: float | None) -> str:
    """Return a difference as ``+3.2``, ``−3.2`` or ``0.0``; empty without one."""
    if value is None:
        return ""
    return f"+{value:.1f}" if value > 0 else f"−{abs(value):.1f}" if value < 0 else "0.0"


def page_tabs(asked_unit: Agency, day: date, current: str) -> list[dict[str, Any]]:
    """Return the pages of the statistics as tabs."""
    on = {"unit": asked_unit.code, "on": day.isoformat()}
    pages = (
        ("composition", _("队伍结构"), page_address("statistics-overview", **on)),
        ("standing", _("培训考试年审"), page_address("statistics-overview", **on, group="standing")),
        ("work", _("岗位与证件"), page_address("statistics-overview", **on, group="work")),
        ("cross", _("交叉分析"), page_address("statistics-cross", **on)),
        ("flows", _("人员流动"), page_address("statistics-flows", unit=asked_unit.code, year=day.year)),
    )
    return [{"label": label, "url": url, "is_current": key == current} for key, label, url in pages]
