"""Forms of examinations."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from warrant.apps.examinations.types import MOST_CANDIDATES, ExaminationEntry, SittingPlan
from warrant.apps.foundation.forms import DayInput
from warrant.apps.training.forms import ProofForm
from warrant.apps.training.types import Proof
from warrant.core.qualification.examination import PAPERS


def upload_of(form: forms.Form, name: str) -> Proof | None:
    """Return a file that was sent, if one was."""
    sent: Any = form.cleaned_data.get(name)
    return Proof(sent.read(), sent.name or "") if sent else None


class ExaminationForm(ProofForm):
    """One result."""

    field_order = ("paper", "sat_on", "score", "organiser", "proof")

    paper = forms.ChoiceField(
        label=_("考试科目"),
        choices=[(paper, _(name)) for paper, name in PAPERS.items()],
        help_text=_("先考专门法律知识，合格后再考通用法律知识"),
        error_messages={"required": _("请选择考试科目"), "invalid_choice": _("请选择考试科目")},
    )
    sat_on = forms.DateField(
        label=_("考试日期"), widget=DayInput(), error_messages={"required": _("请填写考试日期")}
    )
    organiser = forms.CharField(
        label=_("主考单位"), max_length=120, error_messages={"required": _("请填写主考单位全称")}
    )
    score = forms.DecimalField(
        label=_("成绩"),
        help_text=_("百分制，最多一位小数；合格分数按考试当天的“考试要求”"),
        min_value=0,
        max_value=100,
        max_digits=4,
        decimal_places=1,
        error_messages={
            "required": _("请填写成绩"),
            **dict.fromkeys(
                ("invalid", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits"),
                _("分数应为 0 至 100，最多一位小数"),
            ),
        },
    )

    def entry(self) -> ExaminationEntry:
        """Return what was typed."""
        typed = self.cleaned_data
        return ExaminationEntry(typed["paper"], typed["sat_on"], typed["organiser"], typed["score"])


class UnitForm(forms.Form):
    """Which unit a list is narrowed to."""

    unit = forms.ChoiceField(label=_("单位"), required=False)

    def __init__(self, *args: Any, units: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["unit"]).choices = [("", _("全部单位")), *units]


class PlacesForm(forms.Form):
    """When it begins, how many may sit, and until when units below enrol their own people."""

    begins_at = forms.TimeField(
        label=_("开考时间"),
        required=False,
        help_text=_("印在准考证和考生签到表上"),
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("请按 08:30 的格式填写")},
    )
    capacity = forms.IntegerField(
        label=_("名额"),
        min_value=1,
        max_value=MOST_CANDIDATES,
        error_messages={
            "required": _("请填写名额"),
            **dict.fromkeys(("invalid", "min_value", "max_value"), _("名额应为 1 至 500 人")),
        },
    )
    enrol_until = forms.DateField(
        label=_("下级单位报名截止日"),
        required=False,
        help_text=_("填写后，下属各单位可以在这一天以前（含当日）为本单位人员报名；不填则不开放"),
        widget=DayInput(),
        error_messages={"invalid": _("请按 2026-11-22 的格式填写")},
    )


class SittingForm(PlacesForm):
    """A sitting as it is planned."""

    field_order = ("paper", "sat_on", "begins_at", "organiser", "venue", "capacity", "enrol_until")

    paper = forms.ChoiceField(
        label=_("考试科目"),
        help_text=_("先考专门法律知识，合格后再考通用法律知识"),
        error_messages={"required": _("请选择考试科目"), "invalid_choice": _("请选择考试科目")},
    )
    sat_on = forms.DateField(
        label=_("考试日期"),
        widget=DayInput(),
        error_messages={"required": _("请填写考试日期"), "invalid": _("请按 2026-11-22 的格式填写")},
    )
    organiser = forms.TypedChoiceField(
        label=_("主考单位"),
        coerce=int,
        error_messages={"required": _("请选择主考单位"), "invalid_choice": _("请选择主考单位")},
    )
    venue = forms.CharField(
        label=_("考试地点"), max_length=120, error_messages={"required": _("请填写考试地点")}
    )

    def __init__(self, *args: Any, organisers: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["paper"]).choices = [
            (key, _(name)) for key, name in PAPERS.items()
        ]
        cast("forms.ChoiceField", self.fields["organiser"]).choices = organisers

    def plan(self) -> SittingPlan:
        """Return what was typed."""
        typed = self.cleaned_data
        return SittingPlan(
            typed["paper"],
            typed["sat_on"],
            typed["venue"],
            typed["organiser"],
            typed["capacity"],
            typed["enrol_until"],
            typed["begins_at"],
        )


class PeopleForm(forms.Form):
    """Who is put on the list: a pasted list, or everybody who finished a class."""

    training_class = forms.TypedChoiceField(
        label=_("结业的培训班"),
        coerce=int,
        required=False,
        empty_value=None,
        help_text=_("选择后，该班取得学时的人员都报名；不能参加的逐人说明"),
        error_messages={"invalid_choice": _("请选择已确认的培训班")},
    )
    keys = forms.CharField(
        label=_("考生名单"),
        required=False,
        help_text=_("每行一人：姓名、姓名和单位全称（空格隔开）、证件编号或身份证号码；最多 200 行"),
        widget=forms.Textarea({"rows": 10, "autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, classes: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["training_class"]).choices = [("", _("不按培训班")), *classes]

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        typed = super().clean() or {}
        if not self.errors and not typed.get("keys") and typed.get("training_class") is None:
            self.add_error("keys", _("请粘贴考生名单，或者选择结业的培训班"))
        return typed


class EnrolForm(forms.Form):
    """Which sitting the chosen officers are put on."""

    sitting = forms.TypedChoiceField(
        label=_("考试场次"),
        coerce=int,
        error_messages={"required": _("请选择考试场次"), "invalid_choice": _("请选择考试场次")},
    )

    def __init__(self, *args: Any, sittings: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["sitting"]).choices = sittings


class SheetForm(forms.Form):
    """The signed score sheet, from the first person who enters."""

    sheet = forms.FileField(
        label=_("签字的成绩表"),
        required=False,
        help_text=_("PDF、JPEG 或 PNG，不超过 10 MB；由第一位登记人上传"),
        widget=forms.FileInput({"accept": "application/pdf,image/jpeg,image/png"}),
    )


class ImportForm(SheetForm):
    """A spreadsheet with scores, as one person's entry."""

    field_order = ("table", "sheet")

    table = forms.FileField(
        label=_("成绩电子表"),
        help_text=_("xlsx、xls、ods 或 csv，须有“考号、姓名、成绩”三栏；没有参加的填“缺考”"),
        widget=forms.FileInput({"accept": ".xlsx,.xls,.ods,.csv"}),
        error_messages={"required": _("请选择成绩电子表"), "empty": _("文件是空的，请核对所选文件")},
    )


class CancelForm(forms.Form):
    """Why a sitting is cancelled."""

    reason = forms.CharField(
        label=_("取消的理由"), max_length=200, error_messages={"required": _("请写明取消的理由")}
    )
