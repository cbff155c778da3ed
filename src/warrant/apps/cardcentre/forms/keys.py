"""What custodians type."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from warrant.apps.cardcentre.forms.suites import suites_offered
from warrant.apps.cardcentre.types import province_label
from warrant.core.keys.hierarchy import VERSION_MAX
from warrant.core.keys.spoken import TYPED_MAX


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


class HeardForm(forms.Form):
    """Who spoke at the other end, and the number that was read aloud."""

    partner = forms.CharField(
        label=_("对方通话人"), max_length=60, help_text=_("对方节点的密钥保管员；拨打事先登记的电话号码")
    )
    digits = forms.CharField(
        label=_("听到的数字"),
        max_length=TYPED_MAX,
        help_text=_("8 组，每组 5 位，对方逐组读出；空格不影响"),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "spellcheck": "false",
                "inputmode": "numeric",
                "data-never-kept": "",
            }
        ),
    )
    use_required_attribute = False
