"""What custodians type about SAMs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from warrant.apps.cardcentre.forms.stock import serials_field
from warrant.apps.cardcentre.models import KeySet
from warrant.apps.cardcentre.types import SAM_FACES, SAM_USAGES, SUITE_LABELS, USAGE_LABELS


class SamFilter(forms.Form):
    """What narrows the list."""

    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部")), *((state.value, _(face.word)) for state, face in SAM_FACES.items())],
    )
    version = forms.IntegerField(label=_("密钥版本"), required=False, min_value=1, max_value=255)
    serial = forms.CharField(
        label=_("芯片序列号"),
        required=False,
        max_length=24,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("开头几位")}),
    )


class SamReceiveForm(forms.Form):
    """SAMs as they come from the key centre."""

    serials = serials_field(_("芯片序列号"), _("十六进制，每行一个，或写“首号 至 末号”，见随卡清单"))
    keys = forms.MultipleChoiceField(
        label=_("卡内密钥"),
        help_text=_("换密期间新旧两版都要装；只能选同一种算法"),
        widget=forms.CheckboxSelectMultiple,
    )
    supplier = forms.CharField(label=_("送来的单位"), max_length=80)
    use_required_attribute = False

    def __init__(self, *arguments: Any, versions: Iterable[KeySet], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["keys"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (
                f"{row.suite} {row.version}",
                _("%(suite)s 第 %(version)s 版")
                % {"suite": SUITE_LABELS.get(row.suite, row.suite), "version": row.version},
            )
            for row in versions
        ]

    def clean_keys(self) -> tuple[str, list[int]]:
        """Return suite and versions; all have to be of one suite."""
        chosen = [text.split() for text in self.cleaned_data["keys"]]
        if len({suite for suite, _version in chosen}) != 1:
            raise forms.ValidationError(_("只能选同一种算法的密钥"))
        return chosen[0][0], [int(version) for _suite, version in chosen]


class SamAcceptForm(forms.Form):
    """The check values that the SAM itself shows, for each usage that it holds."""

    use_required_attribute = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for usage in SAM_USAGES:
            self.fields[usage.value] = forms.CharField(
                label=_("%(usage)s校验值") % {"usage": _(USAGE_LABELS[usage])},
                max_length=20,
                help_text=_("用装载工具读出卡内最新一版的校验值，照抄"),
                widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
            )


class SamIssueForm(forms.Form):
    """Which unit, which device, and who signs."""

    agency = forms.CharField(label=_("领用单位"), max_length=120, help_text=_("填写单位全称或编码"))
    device = forms.CharField(label=_("稽查终端编号"), max_length=40, help_text=_("终端机身上的编号"))
    keeper = forms.CharField(label=_("领用人"), max_length=60, help_text=_("在领用单上签字的人"))
    use_required_attribute = False


class SamCountForm(forms.Form):
    """What was found, all stores and units together."""

    found = serials_field(
        _("盘到的序列号"), _("每行一个，或写“首号 至 末号”；终端里的卡由各单位报来"), required=False, rows=8
    )
    explanation = forms.CharField(
        label=_("没有盘到的说明"),
        max_length=300,
        required=False,
        help_text=_("有没盘到的卡时必填：在哪里用、怎样查找、由谁负责"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    use_required_attribute = False
