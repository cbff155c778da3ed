"""Forms of assessments."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _


class AssessmentForm(forms.Form):
    """Which unit is assessed for which year."""

    year = forms.TypedChoiceField(
        label=_("考核年度"),
        coerce=int,
        error_messages={"required": _("请选择考核年度"), "invalid_choice": _("请选择考核年度")},
    )
    unit = forms.TypedChoiceField(
        label=_("单位"),
        coerce=int,
        error_messages={"required": _("请选择单位"), "invalid_choice": _("请选择单位")},
    )

    def __init__(self, *args: Any, years: list[int], units: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["year"]).choices = [(year, str(year)) for year in years]
        cast("forms.ChoiceField", self.fields["unit"]).choices = units


class ObjectionForm(forms.Form):
    """Why the officer objects to the own outcome, and what proves it."""

    reason = forms.CharField(
        label=_("申请理由"),
        max_length=300,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("写明对哪一项有异议、事实是什么；每项结果可申请一次"),
        error_messages={"required": _("请写明理由")},
    )
    proof = forms.FileField(
        label=_("证明材料"),
        required=False,
        help_text=_("有证明的请附上，拍照或扫描均可：PDF、JPEG 或 PNG，不超过 10 MB"),
        widget=forms.FileInput({"accept": "application/pdf,image/jpeg,image/png"}),
    )


class ReasonForm(forms.Form):
    """Why something is returned or cancelled."""

    reason = forms.CharField(label=_("理由"), max_length=200, error_messages={"required": _("请写明理由")})
