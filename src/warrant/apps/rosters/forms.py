"""Forms of the roster pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class RosterForm(forms.Form):
    """A roster file."""

    file = forms.FileField(
        label=_("花名册文件"),
        help_text=_("xlsx、xls、ods 或 csv，不超过 32 MB；保留单位原来的表样即可"),
        widget=forms.FileInput({"accept": ".xlsx,.xls,.ods,.csv,.txt,.tsv"}),
        error_messages={"required": _("请选择文件")},
    )
