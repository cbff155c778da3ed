"""What is typed on the filing pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from warrant.apps.filing.types import FILING_FACES


class FilingFilter(forms.Form):
    """What narrows the register; ``provinces`` are the choices (node code, name)."""

    text = forms.CharField(
        label=_("姓名、申请号或备案号"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部")), *((state.value, _(face.word)) for state, face in FILING_FACES.items())],
    )
    province = forms.ChoiceField(label=_("报送省份"), required=False)

    def __init__(self, *args: object, provinces: dict[str, str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed through as they came
        self.fields["province"].choices = [("", _("全部")), *provinces.items()]  # type: ignore[attr-defined]  # a ChoiceField


class ReasonForm(forms.Form):
    """Why a filing is decided so; the service says what is too little or too much. ``help_text`` says what to write."""

    reason = forms.CharField(
        label=_("理由"),
        required=False,
        help_text=_("写明哪一项不符合、依据什么、如何补正；随签名回执送达该省，不可修改。"),
        widget=forms.Textarea(attrs={"rows": 4, "autofocus": True}),
    )

    reason.required = True
    use_required_attribute = False

    def __init__(self, *args: object, help_text: str = "", **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed through as they came
        if help_text:
            self.fields["reason"].help_text = help_text

    def clean_reason(self) -> str:
        """Let the service judge; an empty reason gets its message there."""
        return str(self.cleaned_data.get("reason", ""))
