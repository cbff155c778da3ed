"""Forms of eligibility: which day and kind to explain, asking for a waiver, deciding on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from warrant.apps.eligibility.services.waiving import (
    LONGEST_BASIS,
    LONGEST_REASON,
    WaiverRequest,
)
from warrant.apps.eligibility.types import KIND_NAMES
from warrant.apps.foundation.forms import DayInput
from warrant.apps.officers.services.documents import LARGEST_DOCUMENT_BYTES
from warrant.apps.regulations.models import RegulationVersion


class ExplainForm(forms.Form):
    """The day, and what would be applied for."""

    on = forms.DateField(label=_("日期"), required=False, widget=DayInput())
    kind = forms.ChoiceField(
        label=_("申请种类"),
        required=False,
        choices=[("", _("按现状")), *((kind, _(name)) for kind, name in KIND_NAMES.items())],
    )


class WaiverForm(forms.Form):
    """What is asked for."""

    reason = forms.CharField(
        label=_("豁免理由"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("请写明理由")},
    )
    basis = forms.CharField(
        label=_("依据"),
        help_text=_("允许豁免的规定或决定，写明文号"),
        max_length=LONGEST_BASIS,
        error_messages={"required": _("请写明依据")},
    )
    until_on = forms.DateField(
        label=_("豁免截止日期"),
        help_text=_("最长一年"),
        widget=DayInput(),
        error_messages={"required": _("请填写截止日期")},
    )
    proof = forms.FileField(
        label=_("证明文件"),
        required=False,
        help_text=_("PDF、JPEG 或 PNG，不超过 10 MB；可不上传"),
        widget=forms.FileInput({"accept": "application/pdf,image/jpeg,image/png"}),
    )

    def clean_proof(self) -> UploadedFile | None:
        """Refuse what is too large before it is read into memory."""
        upload: UploadedFile | None = self.cleaned_data["proof"]
        if upload is not None and (upload.size or 0) > LARGEST_DOCUMENT_BYTES:
            raise forms.ValidationError(_("文件超过 10 MB；请压缩或降低扫描分辨率后再上传"))
        return upload

    def request(self) -> WaiverRequest:
        """Return what is asked for."""
        upload = self.cleaned_data["proof"]
        return WaiverRequest(
            reason=self.cleaned_data["reason"],
            basis=self.cleaned_data["basis"],
            until_on=self.cleaned_data["until_on"],
            proof=(upload.read(), upload.name or "") if upload else None,
        )


class OpinionForm(forms.Form):
    """The opinion with which a waiver is decided."""

    opinion = forms.CharField(
        label=_("意见"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("请填写意见，至少 5 个字")},
    )


class TryForm(forms.Form):
    """Which draft to try, as of which day, for which kind of application."""

    version = forms.ChoiceField(label=_("草案"), error_messages={"required": _("请选择草案")})
    on = forms.DateField(
        label=_("按何日试算"),
        widget=DayInput(),
        error_messages={"required": _("请填写日期")},
    )
    kind = forms.ChoiceField(
        label=_("申请种类"),
        help_text=_("按现状：持证人员按换发，其他人员按首次申领"),
        required=False,
        choices=[("", _("按现状")), *((kind, _(name)) for kind, name in KIND_NAMES.items())],
    )

    def __init__(
        self, drafts: Sequence[RegulationVersion], today: date, data: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(data, initial={"on": max([today, *(one.valid_from for one in drafts[:1])])})
        self.fields["version"].choices = [  # type: ignore[attr-defined]  # a ChoiceField, as declared above
            (str(one.pk), f"{one.title} ({one.valid_from})") for one in drafts
        ]
