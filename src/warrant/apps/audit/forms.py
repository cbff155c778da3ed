"""The filter of the audit ledger."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class AuditSearchForm(forms.Form):
    """By thing and by person."""

    subject = forms.CharField(label=_("对象编号"), required=False, max_length=80)
    account_name = forms.CharField(label=_("操作人姓名"), required=False, max_length=80)
