"""What custodians type."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from warrant.apps.cardcentre.forms.suites import suites_offered
from warrant.apps.cardcentre.types import province_label
from warrant.core.keys.hierarchy import VERSION_MAX


class MasterForm(forms.Form):
    """Which master control key to generate."""

    suite = forms.ChoiceField(label=_("算法"), choices=suites_offered)
    version = forms.IntegerField(
        label=_("版本"), min_value=1, max_value=VERSION_MAX, help_text=_("1 到 255，从未用过的版本号")
    )


class SubKeyForm(MasterForm):
    """Which sub-keys to hand to which province."""

    province_code = forms.ChoiceField(label=_("省级节点"), help_text=_("只列出已送来传输公钥的省份"))

    def __init__(self, *arguments: Any, node_codes: list[str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["version"].help_text = _("已经生成的总控密钥版本")
        self.fields["province_code"].choices = [(code, province_label(code)) for code in node_codes]  # type: ignore[attr-defined]  # a ChoiceField
