"""What a person says about a file that is to be made."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from warrant.apps.exports.types import (
    FORMATS,
    ID_NUMBER_WORDS,
    XLSX,
    ExportRequest,
    ExportSource,
    IdNumbers,
)
from warrant.apps.foundation.forms import DayInput
from warrant.core.standards.id_number import without_id_numbers

LONGEST_PURPOSE = 80
LONGEST_REASON = 200


class PurposeForm(forms.Form):
    """How much of ID numbers goes along, and what for; the two fields on whole numbers only where they are allowed."""

    id_numbers = forms.ChoiceField(label=_("身份证号码"), widget=forms.RadioSelect)
    purpose = forms.CharField(
        label=_("用途"),
        max_length=LONGEST_PURPOSE,
        help_text=_("例如“年度考核名册核对”；会写在文件的水印里"),
        error_messages={"required": _("请写明用途")},
    )
    reason = forms.CharField(
        label=_("导出完整号码的理由"),
        max_length=LONGEST_REASON,
        required=False,
        help_text=_("仅在导出完整身份证号码时填写；记入审计记录"),
    )

    def offer_id_numbers(self, *offered: IdNumbers) -> None:
        """Offer these ways; the first is chosen unless told otherwise."""
        self.offer("id_numbers", [(one.value, translate(ID_NUMBER_WORDS[one])) for one in offered])
        self.fields["id_numbers"].initial = offered[0].value
        if IdNumbers.WHOLE not in offered:
            del self.fields["reason"]

    def offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        """Set what can be chosen in a field."""
        field = self.fields[name]
        if not isinstance(field, forms.ChoiceField):
            raise TypeError(name)
        field.choices = choices

    def _without_id_number(self, field: str) -> str:
        text: str = self.cleaned_data[field].strip()
        if without_id_numbers(text) != text:
            raise forms.ValidationError(translate("这里不要写身份证号码"))
        return text

    def clean_purpose(self) -> str:
        """Refuse an ID number: the purpose is seen by everybody who opens the file."""
        return self._without_id_number("purpose")

    def clean_reason(self) -> str:
        """Refuse an ID number: reasons stand in the ledger."""
        return self._without_id_number("reason")

    def clean(self) -> dict[str, Any] | None:
        """Want a reason for whole numbers."""
        cleaned = super().clean() or {}
        is_whole = cleaned.get("id_numbers") == IdNumbers.WHOLE.value
        if is_whole and not cleaned.get("reason") and "reason" not in self.errors:
            self.add_error("reason", translate("导出完整身份证号码须写明理由"))
        return cleaned

    def wanted_as(self, file_format: str, columns: tuple[str, ...] = ()) -> ExportRequest:
        """Return what the person wants, as this kind of file; the form is valid."""
        return ExportRequest(
            format=file_format,
            columns=columns,
            purpose=self.cleaned_data["purpose"],
            id_numbers=IdNumbers(self.cleaned_data.get("id_numbers") or IdNumbers.NONE),
            reason=self.cleaned_data.get("reason") or "",
        )


class ExportForm(PurposeForm):
    """Columns, kind of file, and what it is for."""

    format = forms.ChoiceField(label=_("文件格式"), widget=forms.RadioSelect, initial=XLSX)
    columns = forms.MultipleChoiceField(
        label=_("栏目"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请至少选择一栏")},
    )
    field_order = ("format", "columns", "id_numbers", "purpose", "reason")

    def __init__(self, *arguments: Any, source: ExportSource, formats: tuple[str, ...], **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.offer("format", [(key, translate(FORMATS[key].label)) for key in formats])
        self.fields["format"].initial = formats[0]
        self.offer("columns", [(key, column.label) for key, column in source.columns.items()])
        self.fields["columns"].initial = list(source.chosen)
        if source.paper_columns:
            self.fields["format"].help_text = translate("PDF 按名册格式打印，栏目固定")
        if not source.has_id_numbers:
            del self.fields["id_numbers"], self.fields["reason"]
            return
        self.offer_id_numbers(*(one for one in IdNumbers if source.may_unmask or one is not IdNumbers.WHOLE))

    def wanted(self) -> ExportRequest:
        """Return what the person wants; the form is valid."""
        return self.wanted_as(self.cleaned_data["format"], tuple(self.cleaned_data["columns"]))


class DayForm(PurposeForm):
    """What is printed of one person: as of which day, and what for."""

    on = forms.DateField(
        label=_("情况截至"), widget=DayInput, help_text=_("打印当日的记录；选以前的日期可打印当时的情况")
    )
    field_order = ("on", "id_numbers", "purpose", "reason")

    def __init__(self, *arguments: Any, may_unmask: bool, **more: Any) -> None:
        super().__init__(*arguments, **more)
        whole = (IdNumbers.WHOLE,) if may_unmask else ()
        self.offer_id_numbers(IdNumbers.MASKED, *whole)
