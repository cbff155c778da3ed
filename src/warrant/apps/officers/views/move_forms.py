"""Forms of transfers, leaving, duplicates and proposals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.urls import reverse_lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from warrant.apps.foundation.forms import DayInput
from warrant.apps.officers.forms import code_choices
from warrant.apps.officers.selectors.moving import LEAVING_NAMES
from warrant.apps.officers.selectors.transfers import KIND_NAMES
from warrant.core.standards import codes

_ACCEPTED_FILES = "application/pdf,image/jpeg,image/png"


class MoveForm(forms.Form):
    """A form that says in two words what an empty field needs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            is_file = isinstance(field, forms.FileField)
            field.error_messages["required"] = _("请选择文件") if is_file else _("请填写")


class UnitInput(forms.TextInput):
    """A unit by its name: while somebody types, the units of the province that fit are offered."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Draw the field and the list of offers that follows the typing."""
        anchor = f"{name}-offers"
        asking = {
            "list": anchor,
            "autocomplete": "off",
            "hx-get": str(reverse_lazy("transfer-units")),
            "hx-trigger": "input changed delay:200ms, focus once",
            "hx-target": f"#{anchor}",
            "hx-params": name,
        }
        field = super().render(name, value, {**(attrs or {}), **asking}, renderer)
        return format_html('{}<datalist id="{}"></datalist>', field, anchor)


class TransferForm(MoveForm):
    """A transfer as the side that proposes it fills it in."""

    unit_name = forms.CharField(
        label=_("调入单位"),
        max_length=120,
        help_text=_("输入几个字，从全省单位中选择"),
        widget=UnitInput(),
    )
    effective_on = forms.DateField(
        label=_("生效日期"), widget=DayInput(), help_text=_("到新单位的第一天；可以是今后的日期")
    )
    kind = forms.ChoiceField(label=_("调动类型"))
    categories = forms.MultipleChoiceField(label=_("调动后执法门类"), widget=forms.CheckboxSelectMultiple())
    document_number = forms.CharField(label=_("调令文号"), max_length=80)
    proof = forms.FileField(
        label=_("调令"),
        help_text=_("扫描件，PDF、JPEG 或 PNG，不超过 10 MB"),
        widget=forms.FileInput({"accept": _ACCEPTED_FILES}),
    )
    reason = forms.CharField(label=_("调动事由"), max_length=300, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["kind"]).choices = [
            (kind.value, translate(name)) for kind, name in KIND_NAMES.items()
        ]
        cast(forms.ChoiceField, self.fields["categories"]).choices = code_choices(
            codes.ENFORCEMENT_CATEGORY, blank=False
        )
        self.fields["categories"].error_messages["required"] = _(
            "请选择调动后的执法门类；不再从事执法的，请办理离职登记"
        )


class SendingForm(TransferForm):
    """Letting somebody go."""

    withdraws_application = forms.BooleanField(
        label=_("同时撤回在办的资格申请"), required=False, help_text=_("由新单位按新的岗位重新申请")
    )

    def __init__(self, *args: Any, has_application: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_application:
            del self.fields["withdraws_application"]


class ReceivingForm(TransferForm):
    """Asking for somebody of another unit."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    id_number = forms.CharField(
        label=_("身份证号码"),
        max_length=24,
        help_text=_("姓名与号码都相符才能提出；号码不留在网址和日志里"),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ("name", "id_number", "unit_name")


class AcceptForm(MoveForm):
    """What the side that lets go chooses when it agrees."""

    withdraws_application = forms.BooleanField(
        label=_("同时撤回在办的资格申请"), required=False, help_text=_("由新单位按新的岗位重新申请")
    )


class DecisionForm(MoveForm):
    """A written reason."""

    reason = forms.CharField(label=_("理由"), max_length=300, widget=forms.Textarea({"rows": 3}))


class LeavingForm(MoveForm):
    """Somebody leaves."""

    kind = forms.ChoiceField(label=_("离职原因"))
    left_on = forms.DateField(
        label=_("离职日期"),
        widget=DayInput(),
        help_text=_("不再在职的第一天；可以提前一年登记，到日自动生效"),
    )
    is_for_cause = forms.BooleanField(
        label=_("因违法违纪被辞退或开除"),
        required=False,
        help_text=_("证件即行暂扣，由省级审批员决定吊销；吊销后不得再申领"),
    )
    document_number = forms.CharField(
        label=_("批准文号"), max_length=80, required=False, help_text=_("去世的可以不填")
    )
    proof = forms.FileField(
        label=_("证明材料"),
        required=False,
        help_text=_("扫描件，PDF、JPEG 或 PNG，不超过 10 MB"),
        widget=forms.FileInput({"accept": _ACCEPTED_FILES}),
    )
    reason = forms.CharField(label=_("说明"), max_length=300, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["kind"]).choices = lines(LEAVING_NAMES.items())


class CancelForm(MoveForm):
    """A planned leaving is taken back."""

    reason = forms.CharField(label=_("理由"), max_length=300, widget=forms.Textarea({"rows": 2}))


class ReturnForm(MoveForm):
    """Somebody comes back."""

    back_on = forms.DateField(label=_("恢复在职日期"), widget=DayInput())
    document_number = forms.CharField(label=_("批准文号"), max_length=80)
    reason = forms.CharField(label=_("说明"), max_length=300, widget=forms.Textarea({"rows": 2}))


def lines(pairs: Iterable[tuple[Any, str]]) -> list[tuple[str, str]]:
    """Return choices with their names in the language of the request."""
    return [(str(value), translate(name)) for value, name in pairs]
