"""What is typed on the certificate pages."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from warrant.apps.certificates.types import STATE_FACES
from warrant.apps.foundation.forms import DayInput
from warrant.core.lifecycle.certificate_grounds import DECLARATIONS, Declared, grounds_on


class DeclarationForm(forms.Form):
    """Ground, term and facts of one act on ``on``; the service says what is too little or too much."""

    ground = forms.ChoiceField(label=_("事由"))
    until = forms.DateField(
        label=_("暂扣至"),
        required=False,
        help_text=_("到这一天须决定发还、延长或者终结；不会自动发还。"),
        widget=DayInput,
    )
    reason = forms.CharField(
        label=_("理由"),
        required=False,
        help_text=_("写明事实和依据；写入证件经过，不可修改。"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    reason.required = True
    use_required_attribute = False

    def __init__(self, action: str, on: date, *args: Any, **keywords: Any) -> None:
        """Offer the grounds that count for ``action`` on the day, and the term where the act asks for one."""
        super().__init__(*args, **keywords)
        grounds = [(ground.code, _(ground.name)) for ground in grounds_on(action, on)]
        ground_field = cast(forms.ChoiceField, self.fields["ground"])
        ground_field.choices = [("", _("请选择")), *grounds]
        if not DECLARATIONS[action].asks_until:
            del self.fields["until"]

    @property
    def declared(self) -> Declared:
        """What was typed, once the form is valid."""
        typed = self.cleaned_data
        return Declared(typed["reason"], typed["ground"], typed.get("until"))


class CertificateFilter(forms.Form):
    """What narrows the list."""

    text = forms.CharField(
        label=_("编号或姓名"), required=False, max_length=40, widget=forms.TextInput(attrs={"type": "search"})
    )
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[
            ("", _("全部")),
            *((state.value, _(face.word)) for state, face in STATE_FACES.items()),
            ("expiring", _("60 日内到期")),
            ("overdue", _("挂失、暂扣到期未办")),
        ],
    )
