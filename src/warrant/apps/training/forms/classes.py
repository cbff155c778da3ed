"""Forms of programmes and classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from warrant.apps.foundation.forms import DayInput
from warrant.apps.training.types import ClassPlan, ProgrammePlan, Proof, SessionPlan
from warrant.core.qualification.training import MOST_HOURS, MOST_SESSION_HOURS, PROGRAMME_KINDS


def _offer(form: forms.Form, name: str, choices: Sequence[tuple[object, object]]) -> None:
    cast("forms.ChoiceField", form.fields[name]).choices = list(choices)


def _unit(label: Any, asked: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, coerce=int, error_messages={"required": asked, "invalid_choice": asked}
    )


ENROL_HELP = _("此日（含）以前，下级单位可以编入本单位人员；不填则只由主办单位编入")


def _day(label: Any, help_text: Any = "", *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=DayInput(),
        error_messages={"required": _("请填写日期"), "invalid": _("请按 2026-11-22 的格式填写")},
    )


def _moment(label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        error_messages={"required": _("请填写时间"), "invalid": _("请按 08:30 的格式填写")},
    )


def _count(label: Any, most: int, **options: Any) -> forms.IntegerField:
    wrong = _("应为不超过 %(most)s 的整数") % {"most": most}
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=most,
        error_messages={
            "required": _("请填写数字"),
            **dict.fromkeys(("invalid", "min_value", "max_value"), wrong),
        },
        **options,
    )


class ProgrammeForm(forms.Form):
    """A programme; the hours by subject stand in fields of their own, named ``hours-`` and the subject."""

    name = forms.CharField(
        label=_("大纲名称"),
        max_length=100,
        help_text=_("培训班确认后，以此名称记入每人的培训记录"),
        error_messages={"required": _("请填写大纲名称")},
    )
    kind = forms.ChoiceField(label=_("培训类别"), error_messages={"required": _("请选择培训类别")})
    organiser = _unit(_("主办单位"), _("请选择主办单位"))

    def __init__(
        self,
        *args: Any,
        organisers: Sequence[tuple[int, str]],
        subjects: Sequence[tuple[str, str, int]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "kind", [(key, _(name)) for key, name in PROGRAMME_KINDS.items()])
        _offer(self, "organiser", organisers)
        self.subjects = [code for code, _name, _least in subjects]
        for code, name, least in subjects:
            self.fields[f"hours-{code}"] = _count(
                name,
                MOST_HOURS,
                required=False,
                help_text=_("学时；岗前培训至少 %(least)s") % {"least": least},
            )

    def plan(self) -> ProgrammePlan:
        """Return what was typed."""
        typed = self.cleaned_data
        hours = {code: typed[f"hours-{code}"] or 0 for code in self.subjects}
        return ProgrammePlan(typed["name"], typed["kind"], typed["organiser"], hours)


class ClassForm(forms.Form):
    """A class as it is planned."""

    programme = _unit(_("培训大纲"), _("请选择培训大纲"))
    organiser = _unit(_("主办单位"), _("请选择主办单位"))
    term = forms.CharField(
        label=_("期次"),
        max_length=40,
        help_text=_("例如“2026 年第三期”"),
        error_messages={"required": _("请填写期次")},
    )
    capacity = _count(_("名额"), 500)
    starts_on = _day(_("开始日期"))
    ends_on = _day(_("结束日期"))
    enrol_until = _day(_("报名截止日"), ENROL_HELP, required=False)
    venue = forms.CharField(
        label=_("培训地点"), max_length=120, error_messages={"required": _("请填写培训地点")}
    )
    teacher = forms.CharField(
        label=_("负责教师"),
        max_length=80,
        help_text=_("每课可以另填授课教师"),
        error_messages={"required": _("请填写负责教师")},
    )

    def __init__(
        self,
        *args: Any,
        programmes: Sequence[tuple[int, str]],
        organisers: Sequence[tuple[int, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "programme", programmes)
        _offer(self, "organiser", organisers)

    def plan(self) -> ClassPlan:
        """Return what was typed."""
        return ClassPlan(**self.cleaned_data)


class PlacesForm(forms.Form):
    """How many people a class takes, and until when units below enrol theirs."""

    capacity = _count(_("名额"), 500)
    enrol_until = _day(_("报名截止日"), ENROL_HELP, required=False)


class SessionForm(forms.Form):
    """A lesson of a class."""

    held_on = _day(_("上课日期"))
    subject = forms.ChoiceField(
        label=_("培训科目"),
        error_messages={"required": _("请选择大纲中的科目"), "invalid_choice": _("请选择大纲中的科目")},
    )
    begins_at = _moment(_("上课时间"))
    ends_at = _moment(_("下课时间"))
    hours = _count(_("学时"), MOST_SESSION_HOURS)
    teacher = forms.CharField(
        label=_("授课教师"), max_length=80, required=False, help_text=_("不填即为负责教师")
    )
    venue = forms.CharField(
        label=_("上课地点"), max_length=120, required=False, help_text=_("不填即为培训地点")
    )

    def __init__(self, *args: Any, subjects: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "subject", subjects)

    def plan(self) -> SessionPlan:
        """Return what was typed."""
        return SessionPlan(**self.cleaned_data)


class EnrolForm(forms.Form):
    """Which class the chosen officers join."""

    training_class = _unit(_("培训班"), _("请选择培训班"))

    def __init__(self, *args: Any, classes: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "training_class", classes)


class KeysForm(forms.Form):
    """A pasted list of people."""

    keys = forms.CharField(
        label=_("学员名单"),
        help_text=_("每行一人：姓名、姓名和单位全称（空格隔开）、证件编号或身份证号码；最多 200 行"),
        widget=forms.Textarea({"rows": 10, "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("请粘贴学员名单")},
    )


class HandInForm(forms.Form):
    """The signed attendance, with which a class is handed in."""

    proof = forms.FileField(
        label=_("签字的考勤表"),
        required=False,
        help_text=_("PDF、JPEG 或 PNG，不超过 10 MB；退回后再次报送时可沿用原件"),
        error_messages={"empty": _("文件是空的，请核对所选文件")},
        widget=forms.FileInput({"accept": "application/pdf,image/jpeg,image/png"}),
    )

    def uploaded(self) -> Proof | None:
        """Return the file, if one was sent."""
        sent: Any = self.cleaned_data.get("proof")
        return Proof(sent.read(), sent.name or "") if sent else None


class HoursCorrectionForm(forms.Form):
    """Why credited hours are wrong, and what proves it; the hours stand in the table above."""

    reason = forms.CharField(
        label=_("更正的理由"),
        max_length=200,
        help_text=_("写明哪里有误、依据是什么"),
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": _("请写明更正的理由")},
    )
    proof = forms.FileField(
        label=_("证明文件"),
        help_text=_("例如重新核对并签字的考勤表；PDF、JPEG 或 PNG，不超过 10 MB"),
        error_messages={"required": _("请选择证明文件"), "empty": _("文件是空的，请核对所选文件")},
        widget=forms.FileInput({"accept": "application/pdf,image/jpeg,image/png"}),
    )

    def uploaded(self) -> Proof:
        """Return the file."""
        sent: Any = self.cleaned_data["proof"]
        return Proof(sent.read(), sent.name or "")


class AnswerForm(forms.Form):
    """Why a correction is not agreed to."""

    answer = forms.CharField(max_length=200, required=False)


class ReasonForm(forms.Form):
    """Why a class is returned or cancelled."""

    reason = forms.CharField(label=_("理由"), max_length=200, error_messages={"required": _("请写明理由")})


class YearForm(forms.Form):
    """Which year a list is about; the unit of the address goes along."""

    year = forms.ChoiceField(label=_("年度"), required=False)
    unit = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, this_year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "year", [(str(year), str(year)) for year in range(this_year, this_year - 3, -1)])
        if not self.initial.get("unit"):
            del self.fields["unit"]
