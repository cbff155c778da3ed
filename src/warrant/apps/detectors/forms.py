"""What is typed on the pages of findings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as plain
from django.utils.translation import gettext_lazy as _

from warrant.apps.accounts.models import Account
from warrant.apps.detectors.types import SHOWN
from warrant.apps.foundation.forms import DayInput
from warrant.apps.organisations.models import Agency
from warrant.core.qualification.detection import SUBJECT_WORDS


class FindingFilter(forms.Form):
    """What narrows the queue."""

    shown = forms.ChoiceField(label=_("显示"), required=False)
    detector = forms.ChoiceField(label=_("发现"), required=False)
    unit = forms.CharField(required=False, max_length=24, widget=forms.HiddenInput())

    def __init__(self, *args: Any, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        shown = [(code, plain(word)) for code, word in SHOWN.items()]
        cast("forms.ChoiceField", self.fields["shown"]).choices = shown
        detectors = [(one.value, plain(word)) for one, word in SUBJECT_WORDS.items()]
        cast("forms.ChoiceField", self.fields["detector"]).choices = [("", plain("全部")), *detectors]


class AssignForm(forms.Form):
    """Who deals with a finding."""

    owner = forms.TypedChoiceField(
        label=_("承办人"),
        coerce=int,
        help_text=_("本单位和上级单位有权办理的人员"),
        error_messages={"required": _("请选择承办人"), "invalid_choice": _("请选择列出的人员")},
    )
    use_required_attribute = False

    def __init__(self, *args: Any, people: Iterable[Account], **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        cast("forms.ChoiceField", self.fields["owner"]).choices = [
            ("", plain("请选择")),
            *((one.pk, f"{one.display_name}（{one.agency.name}）") for one in people),
        ]


class CloseForm(forms.Form):
    """Why a finding is closed although it may still hold; the service says what is too short."""

    reason = forms.CharField(
        label=_("情况说明"),
        required=False,
        help_text=_("写明核实的情况和已采取的措施；情况仍在的，期限过后会重新列出"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    use_required_attribute = False


class HandInForm(forms.Form):
    """Days and sheet of what a unit hands in; the service says what is wrong with them."""

    unit = forms.TypedChoiceField(
        label=_("单位"),
        coerce=int,
        help_text=_("数据覆盖这个单位及其下级的全部持证人员"),
        error_messages={"required": _("请选择单位"), "invalid_choice": _("请选择列出的单位")},
    )
    from_on = forms.DateField(
        label=_("数据开始日"),
        widget=DayInput,
        error_messages={"required": _("请填写开始日"), "invalid": _("请按 2026-11-22 的格式填写日期")},
    )
    until_on = forms.DateField(
        label=_("数据截止日"),
        widget=DayInput,
        error_messages={"required": _("请填写截止日"), "invalid": _("请按 2026-11-22 的格式填写日期")},
    )
    table = forms.FileField(
        label=_("办案数据表"),
        help_text=_("xlsx、xls、ods 或 csv，须有“证件编号、最近执法日期”两栏；期间没有执法的人员不必列出"),
        widget=forms.FileInput({"accept": ".xlsx,.xls,.ods,.csv"}),
        error_messages={"required": _("请选择文件"), "empty": _("文件是空的，请核对所选文件")},
    )
    use_required_attribute = False

    def __init__(self, *args: Any, units: Iterable[Agency], **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        cast("forms.ChoiceField", self.fields["unit"]).choices = [(one.pk, one.name) for one in units]
