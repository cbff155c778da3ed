"""What is typed about the stock of cards."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from warrant.apps.cardcentre.forms.suites import suites_offered
from warrant.apps.cardcentre.models import CardStore
from warrant.apps.cardcentre.selectors.designs import faces_offered
from warrant.apps.cardcentre.types import CARD_FACES, MOVEMENT_FACES, TRANSPORT_KEY_LABEL

MOST = 100_000
_LIST = 130_000
"""So many characters hold the serials of the largest batch, one to a line."""


def serials_field(label: Any, help_text: Any, *, required: bool = True, rows: int = 4) -> forms.CharField:
    """Return a field for serials: one to a line, or from first to last."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=_LIST,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows, "spellcheck": "false", "autocapitalize": "characters"}),
    )


class ReceiveForm(forms.Form):
    """A delivery of blanks, as its note announces it."""

    supplier = forms.CharField(label=_("供卡单位"), max_length=80)
    delivery_note = forms.CharField(label=_("送货单号"), max_length=40)
    number = forms.CharField(label=_("批号"), max_length=40, help_text=_("供卡单位的生产批号，见包装标签"))
    suite = forms.ChoiceField(
        label=_("卡片算法"), choices=suites_offered, help_text=_("新卡用 SM4；旧卡用 3DES")
    )
    face_version = forms.TypedChoiceField(
        label=_("已印版面"),
        choices=faces_offered,
        coerce=int,
        required=False,
        help_text=_("印刷厂已印好的版面，版式号见卡面边缘的“版式”字样"),
    )
    serials = serials_field(_("芯片序列号"), _("十六进制，每行一个，或写“首号 至 末号”，见包装标签"))
    count = forms.IntegerField(
        label=_("送货张数"), min_value=1, max_value=MOST, help_text=_("送货单上的张数")
    )
    transport_key = forms.CharField(
        label=_("运输密钥"),
        max_length=40,
        initial=TRANSPORT_KEY_LABEL,
        help_text=_("密钥库中这批卡运输密钥的名称，与卡厂约定"),
    )
    use_required_attribute = False


class CountForm(forms.Form):
    """What a second person found in the box."""

    counted = forms.IntegerField(
        label=_("清点张数"),
        min_value=0,
        max_value=MOST,
        help_text=_("箱内实有的卡片张数"),
        widget=forms.NumberInput(attrs={"autofocus": True}),
    )
    missing = serials_field(
        _("缺少的序列号"), _("送货单上有、箱内没有的卡；每行一个或“首号 至 末号”"), required=False, rows=3
    )
    surplus = serials_field(
        _("多出的序列号"), _("箱内有、送货单上没有的卡；每行一个或“首号 至 末号”"), required=False, rows=3
    )
    use_required_attribute = False


class SettleForm(forms.Form):
    """How a difference is explained."""

    found = serials_field(
        _("找到的序列号"),
        _("清点时缺少、现已找到或补交的卡；每行一个或“首号 至 末号”"),
        required=False,
        rows=3,
    )
    explanation = forms.CharField(
        label=_("处理说明"),
        max_length=300,
        help_text=_("与供卡单位核对的结果，附证明的文号"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    use_required_attribute = False


class StockFilter(forms.Form):
    """What narrows the stock."""

    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部")), *((state.value, _(face.word)) for state, face in CARD_FACES.items())],
    )
    store = forms.ChoiceField(label=_("所在库"), required=False)
    serial = forms.CharField(
        label=_("芯片序列号"),
        required=False,
        max_length=24,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("开头几位")}),
    )

    def __init__(self, *arguments: Any, stores: Iterable[CardStore], **options: Any) -> None:
        super().__init__(*arguments, **options)
        _choices(self, "store", [("", _("全部")), *((str(store.pk), store.name) for store in stores)])


class MovementFilter(forms.Form):
    """What narrows the movements."""

    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部")), *((state.value, _(face.word)) for state, face in MOVEMENT_FACES.items())],
    )


class GiveForm(forms.Form):
    """Which cards go from one store to another."""

    from_store = forms.TypedChoiceField(label=_("移出库"), coerce=int)
    to_store = forms.TypedChoiceField(label=_("移入库"), coerce=int)
    serials = serials_field(
        _("芯片序列号"), _("每行一个，或写“首号 至 末号”；空白卡、废卡、收回的卡都可移交")
    )
    remark = forms.CharField(label=_("备注"), max_length=200, required=False)
    use_required_attribute = False

    def __init__(self, *arguments: Any, stores: list[CardStore], **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name in ("from_store", "to_store"):
            _choices(self, name, [(store.pk, store.name) for store in stores])


class TakeForm(forms.Form):
    """How many cards the taker counted."""

    counted = forms.IntegerField(
        label=_("清点张数"),
        min_value=0,
        max_value=MOST,
        help_text=_("当面逐一核对序列号后填写"),
        widget=forms.NumberInput(attrs={"autofocus": True}),
    )
    use_required_attribute = False


class StoreForm(forms.Form):
    """The store of a station."""

    name = forms.CharField(label=_("库名"), max_length=40)
    reader_name = forms.CharField(
        label=_("读卡器"),
        max_length=120,
        required=False,
        help_text=_("只供这台读卡器制卡；不填则不限"),
    )
    use_required_attribute = False


class TakeBackForm(forms.Form):
    """Where a card that was taken back is kept, and why it was."""

    store = forms.TypedChoiceField(label=_("存入"), coerce=int)
    reason = forms.CharField(
        label=_("理由"),
        max_length=300,
        help_text=_("谁交回、因何注销"),
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
    )
    use_required_attribute = False

    def __init__(self, *arguments: Any, stores: list[CardStore], **options: Any) -> None:
        super().__init__(*arguments, **options)
        _choices(self, "store", [(store.pk, store.name) for store in stores])


class DestructionForm(forms.Form):
    """Which cards are to be destroyed, and how."""

    store = forms.TypedChoiceField(label=_("所在库"), coerce=int)
    serials = serials_field(_("芯片序列号"), _("每行一个，或写“首号 至 末号”；只能是废卡和收回的卡"))
    method = forms.CharField(label=_("销毁方式"), max_length=80, help_text=_("如：剪断芯片后粉碎"))
    use_required_attribute = False

    def __init__(self, *arguments: Any, stores: list[CardStore], **options: Any) -> None:
        super().__init__(*arguments, **options)
        _choices(self, "store", [(store.pk, store.name) for store in stores])


class CloseForm(forms.Form):
    """What was found in a store at the end of its day."""

    found = forms.CharField(
        label=_("盘到的序列号"),
        required=False,
        max_length=1_300_000,
        help_text=_("库内实有的每一张卡（空白卡、废卡、收回的卡）；每行一个或“首号 至 末号”；没有卡时不填"),
        widget=forms.Textarea(attrs={"rows": 8, "autofocus": True, "spellcheck": "false"}),
    )
    explanation = forms.CharField(
        label=_("差异说明"),
        required=False,
        max_length=300,
        help_text=_("账上有而没有盘到、盘到而账上没有的卡，写明情况"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    use_required_attribute = False


def _choices(form: forms.Form, name: str, choices: list[tuple[Any, Any]]) -> None:
    cast("forms.ChoiceField", form.fields[name]).choices = choices
