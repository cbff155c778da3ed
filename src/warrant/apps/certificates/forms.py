"""What is typed on the certificate pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from warrant.apps.certificates.types import STATE_FACES


class ReasonForm(forms.Form):
    """Why a certificate is lost, found, withheld, returned or ended; the service says what is too little or too much."""

    reason = forms.CharField(
        label=_("理由"),
        required=False,
        help_text=_("写明事实和依据；写入证件经过，不可修改。"),
        widget=forms.Textarea(attrs={"rows": 4, "autofocus": True}),
    )

    reason.required = True
    use_required_attribute = False


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
        ],
    )
