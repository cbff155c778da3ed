"""The filter of the ministry's page."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class PublishedFilter(forms.Form):
    """A certificate number or a whole name."""

    text = forms.CharField(label=_("证件编号或姓名"), required=False, max_length=60)
