"""What is typed at the card centre and by the custodians."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from warrant.apps.cardcentre.types import CARD_FACES, SUITE_LABELS, province_label
from warrant.core.keys.hierarchy import VERSION_MAX

SUITES = [(suite, label) for suite, label in SUITE_LABELS.items()]


class ReceiveForm(forms.Form):
    """A box of blanks."""

    supplier = forms.CharField(label=_("供卡单位"), max_length=80)
    suite = forms.ChoiceField(label=_("卡片算法"), choices=SUITES, help_text=_("新卡用 SM4；旧卡用 3DES"))
    first_serial = forms.CharField(
        label=_("首号"), max_length=40, help_text=_("芯片序列号，十六进制，见包装标签")
    )
    last_serial = forms.CharField(label=_("末号"), max_length=40, help_text=_("只有一张时与首号相同"))


class ReasonForm(forms.Form):
    """Why something is given up or turned down."""

    reason = forms.CharField(
        label=_("理由"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
    )
    use_required_attribute = False


class StockFilter(forms.Form):
    """What narrows the stock."""

    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部")), *((state.value, _(face.word)) for state, face in CARD_FACES.items())],
    )


class HandOverForm(forms.Form):
    """Who signed for the card."""

    received_by_name = forms.CharField(
        label=_("签收人"),
        max_length=80,
        help_text=_("由持证人本人签收，姓名与证件一致"),
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )


class MasterForm(forms.Form):
    """Which master control key to generate."""

    suite = forms.ChoiceField(label=_("算法"), choices=SUITES)
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
