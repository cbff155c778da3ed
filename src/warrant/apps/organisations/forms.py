"""Forms of the organisation pages."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from warrant.apps.foundation.forms import DayInput
from warrant.apps.organisations.models import LEVEL_LABELS, Agency
from warrant.apps.organisations.services import LEVELS_BELOW
from warrant.core.access import Level


class TreeFilterForm(forms.Form):
    """What part of the tree, and as of which day."""

    text = forms.CharField(
        label=_("机构名称或代码"), required=False, max_length=60, widget=forms.TextInput({"type": "search"})
    )
    on = forms.DateField(label=_("截至日期"), required=False, widget=DayInput())


class OpenForm(forms.Form):
    """A new unit below another."""

    level = forms.ChoiceField(label=_("级别"))
    name = forms.CharField(label=_("机构全称"), max_length=120, help_text=_("与批准设立的文件一致"))
    division_code = forms.CharField(
        label=_("行政区划代码"),
        required=False,
        max_length=6,
        help_text=_("设立市、县主管部门时填写 6 位代码；执法机构不必填写"),
    )
    on = forms.DateField(label=_("设立日期"), widget=DayInput(), help_text=_("自当天起存在"))

    def __init__(self, *args: Any, parent: Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["level"]).choices = [
            (level.value, translate(LEVEL_LABELS[level])) for level in LEVELS_BELOW[Level(parent.level)]
        ]


class RenameForm(forms.Form):
    """Another name from a day."""

    name = forms.CharField(label=_("新名称"), max_length=120, help_text=_("与批准更名的文件一致"))
    on = forms.DateField(label=_("生效日期"), widget=DayInput(), help_text=_("此前的记录和统计仍显示原名称"))


class MergeForm(forms.Form):
    """Where the unit goes."""

    successor = forms.ModelChoiceField(label=_("并入机构"), queryset=Agency.objects.none())
    on = forms.DateField(label=_("生效日期"), widget=DayInput())
    reason = forms.CharField(label=_("依据或理由"), max_length=300, help_text=_("如批准文件的名称和文号"))

    def __init__(self, *args: Any, candidates: QuerySet[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[Agency]", self.fields["successor"]).queryset = candidates


class CloseForm(forms.Form):
    """The end of the unit."""

    on = forms.DateField(label=_("撤销日期"), widget=DayInput(), help_text=_("自当天起不再存在"))
    reason = forms.CharField(label=_("依据或理由"), max_length=300, help_text=_("如批准文件的名称和文号"))
