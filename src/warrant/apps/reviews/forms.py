"""Forms of annual reviews."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext as plain
from django.utils.translation import gettext_lazy as _

from warrant.apps.reviews.types import NOT_PASSED, PASSED, RESULT_WORDS


class OpenForm(forms.Form):
    """The year whose review is opened."""

    year = forms.TypedChoiceField(
        label=_("年审年度"),
        coerce=int,
        help_text=_("截止日和审查内容按今天有效的规则确定，开始后不再改变"),
        error_messages={"required": _("请选择年度"), "invalid_choice": _("请选择列出的年度")},
    )

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["year"]).choices = [(year, str(year)) for year in years]


class ResultForm(forms.Form):
    """The proposed result of one certificate; the service says what is missing."""

    result = forms.ChoiceField(
        label=_("年审结果"),
        widget=forms.RadioSelect(),
        error_messages={"required": _("请选择年审结果"), "invalid_choice": _("请选择年审结果")},
    )
    reason = forms.CharField(
        label=_("理由"),
        required=False,
        help_text=_("写明核实了什么、依据是什么；写入审计记录"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["result"]).choices = [
            (code, plain(RESULT_WORDS[code])) for code in (PASSED, NOT_PASSED)
        ]


class RefusalForm(forms.Form):
    """Why a proposal is turned down or taken back."""

    reason = forms.CharField(label=_("退回的理由"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    use_required_attribute = False
