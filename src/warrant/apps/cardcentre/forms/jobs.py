"""What is typed at a station and at a hand-over."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ReasonForm(forms.Form):
    """Why something is given up or turned down."""

    reason = forms.CharField(
        label=_("理由"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
    )
    use_required_attribute = False


class HandOverForm(forms.Form):
    """Who signed for the card."""

    received_by_name = forms.CharField(
        label=_("签收人"),
        max_length=80,
        help_text=_("由持证人本人签收，姓名与证件一致"),
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )


class ParcelForm(forms.Form):
    """Which unit's cards to send, and how."""

    agency = forms.TypedChoiceField(label=_("收件单位"), coerce=int)
    carrier = forms.CharField(
        label=_("交寄方式"), max_length=120, help_text=_("快递公司和单号，或取件人姓名")
    )

    def __init__(self, *arguments: Any, units: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["agency"].choices = units  # type: ignore[attr-defined]  # a ChoiceField


class CountForm(forms.Form):
    """What whoever counts a parcel has to say."""

    note = forms.CharField(label=_("点收情况"), max_length=300, required=False)
