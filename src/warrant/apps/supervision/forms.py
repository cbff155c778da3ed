"""What a person asks of the statistics: unit, day, and what is crossed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from warrant.apps.foundation.forms import DayInput
from warrant.apps.organisations.models import Agency
from warrant.core.indicators import CATEGORY, DIMENSIONS, EDUCATION
from warrant.core.qualification.year_figures import FigureKind

FIRST_DAY = date(2009, 11, 25)
"""The day of the notice that ordered the register: nobody is counted before it."""

AGAINST = (
    ("", gettext_lazy("占本行")),
    ("above", gettext_lazy("与上级相比")),
    ("before", gettext_lazy("与去年同日相比")),
)


KIND_WORDS = {
    FigureKind.EXAMINATION: gettext_lazy("考试"),
    FigureKind.TRAINING: gettext_lazy("培训班"),
    FigureKind.ASSESSMENT: gettext_lazy("年度考核"),
}


class UnitSelect(forms.Select):
    """Offers the units near the chosen one, those above it marked by an arrow up and those below by one down."""

    def offer(self, units: Sequence[Agency], chosen: Agency) -> None:
        """Set the choices."""
        place = next(number for number, unit in enumerate(units) if unit.pk == chosen.pk)
        marks = [("↑ " if number < place else "↓ " if number > place else "") for number in range(len(units))]
        self.choices = [(unit.code, f"{mark}{unit.name}") for mark, unit in zip(marks, units, strict=True)]


class UnitForm(forms.Form):
    """Which unit; shown as a choice of the units near it."""

    unit = forms.CharField(label=gettext_lazy("单位"), required=False, max_length=24, widget=UnitSelect())

    def __init__(self, *args: Any, units: Sequence[Agency], chosen: Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("unit", chosen.code)
        widget = self.fields["unit"].widget
        if isinstance(widget, UnitSelect):
            widget.offer(units, chosen)


class StatisticsForm(UnitForm):
    """Which unit, as of which day."""

    on = forms.DateField(
        label=gettext_lazy("统计日"),
        required=False,
        widget=DayInput(),
        error_messages={"invalid": gettext_lazy("统计日应写作 2026-11-22")},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today
        self.fields["on"].widget.attrs |= {"max": today.isoformat(), "min": FIRST_DAY.isoformat()}

    def clean_on(self) -> date:
        """Take today without a day; refuse days that no record can speak of."""
        day: date = self.cleaned_data["on"] or self._today
        if day > self._today:
            raise forms.ValidationError(_("统计日不能晚于今天"))
        if day < FIRST_DAY:
            raise forms.ValidationError(_("统计日不能早于 %(day)s") % {"day": FIRST_DAY.isoformat()})
        return day


_DIMENSION_CHOICES = [(dimension.key, gettext_lazy(dimension.label)) for dimension in DIMENSIONS]


USUAL_CROSSING = {"rows": EDUCATION.key, "columns": CATEGORY.key}


class CrossForm(StatisticsForm):
    """Which two statistics are crossed, and what the shares are compared with."""

    rows = forms.ChoiceField(label=gettext_lazy("行"), choices=_DIMENSION_CHOICES)
    columns = forms.ChoiceField(label=gettext_lazy("列"), choices=_DIMENSION_CHOICES)
    against = forms.ChoiceField(label=gettext_lazy("百分比"), required=False, choices=AGAINST)

    def clean(self) -> dict[str, Any]:
        """Refuse to cross a statistic with itself."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("rows") and cleaned.get("rows") == cleaned.get("columns"):
            self.add_error("columns", _("行和列请选择不同的统计项"))
        return cleaned


class FlowForm(UnitForm):
    """Which unit, in which year."""

    year = forms.TypedChoiceField(label=gettext_lazy("年份"), required=False, coerce=int)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = range(today.year, FIRST_DAY.year - 1, -1)
        self.fields["year"].choices = [(year, str(year)) for year in years]  # type: ignore[attr-defined]  # a choice field
        self.initial.setdefault("year", today.year)


class FiguresFilter(forms.Form):
    """Which year of which kind: training, examinations or assessments."""

    kind = forms.ChoiceField(
        label=gettext_lazy("内容"),
        required=False,
        choices=[(key.value, word) for key, word in KIND_WORDS.items()],
    )
    year = forms.TypedChoiceField(label=gettext_lazy("年度"), required=False, coerce=int)

    def offer_years(self, years: Sequence[int]) -> None:
        """Set the years to choose from."""
        field = self.fields["year"]
        field.choices = [(year, str(year)) for year in years]  # type: ignore[attr-defined]  # of a choice field
