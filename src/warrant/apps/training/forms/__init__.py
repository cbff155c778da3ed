"""Forms of training, in the order of the paper record."""

from __future__ import annotations

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from warrant.apps.foundation.forms import DayInput
from warrant.apps.officers.services.documents import LARGEST_DOCUMENT_BYTES
from warrant.apps.training.types import Proof, TrainingEntry


class ProofForm(forms.Form):
    """What a form of a record ends with: the proof."""

    proof = forms.FileField(
        label=_("证明文件"),
        help_text=_("PDF、JPEG 或 PNG，不超过 10 MB；其他栏目有误时需要重新选择文件"),
        error_messages={"required": _("请选择证明文件"), "empty": _("文件是空的，请核对所选文件")},
        widget=forms.FileInput({"accept": "application/pdf,image/jpeg,image/png"}),
    )

    def clean_proof(self) -> UploadedFile | None:
        """Refuse what is too large before it is read into memory."""
        upload: UploadedFile | None = self.cleaned_data["proof"]
        if upload is not None and (upload.size or 0) > LARGEST_DOCUMENT_BYTES:
            raise forms.ValidationError(_("文件超过 10 MB；请压缩或降低扫描分辨率后再上传"))
        return upload

    def uploaded_proof(self) -> Proof:
        """Return the checked upload."""
        upload = self.cleaned_data["proof"]
        return Proof(upload.read(), upload.name or "")


class TrainingForm(ProofForm):
    """One finished course."""

    field_order = ("course", "organiser", "started_on", "finished_on", "hours", "proof")

    course = forms.CharField(
        label=_("培训名称"), max_length=120, error_messages={"required": _("请填写培训名称")}
    )
    organiser = forms.CharField(
        label=_("主办单位"), max_length=120, error_messages={"required": _("请填写主办单位全称")}
    )
    started_on = forms.DateField(
        label=_("开始日期"), widget=DayInput(), error_messages={"required": _("请填写开始日期")}
    )
    finished_on = forms.DateField(
        label=_("结束日期"), widget=DayInput(), error_messages={"required": _("请填写结束日期")}
    )
    hours = forms.IntegerField(
        label=_("学时"),
        help_text=_("面授学时，1 至 400"),
        min_value=1,
        max_value=400,
        error_messages={
            "required": _("请填写学时"),
            "invalid": _("学时应为 1 至 400 的整数"),
            "min_value": _("学时应为 1 至 400 的整数"),
            "max_value": _("学时应为 1 至 400 的整数"),
        },
    )

    def entry(self) -> TrainingEntry:
        """Return what was typed."""
        typed = self.cleaned_data
        return TrainingEntry(
            typed["course"], typed["organiser"], typed["hours"], typed["started_on"], typed["finished_on"]
        )


class AssignmentForm(forms.Form):
    """A course that officers are to take."""

    course = forms.CharField(
        label=_("培训名称"),
        max_length=120,
        help_text=_("与培训大纲的名称一致，培训班确认后自动记为完成；其他单位的课程与登记的名称一致"),
        error_messages={"required": _("请填写培训名称")},
    )
    due_on = forms.DateField(
        label=_("完成期限"),
        widget=DayInput(),
        error_messages={"required": _("请填写完成期限"), "invalid": _("请按 2026-11-22 的格式填写")},
    )
    note = forms.CharField(label=_("说明"), max_length=200, required=False)
