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
from warrant.core.standards.id_number import without_id_numbers

LONGEST_PURPOSE = 80
LONGEST_REASON = 200


class ExportForm(forms.Form):
    """Columns, kind of file, and what it is for."""

    format = forms.ChoiceField(label=_("文件格式"), widget=forms.RadioSelect, initial=XLSX)
    columns = forms.MultipleChoiceField(
        label=_("栏目"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请至少选择一栏")},
    )
    id_numbers = forms.ChoiceField(
        label=_("身份证号码"),
        widget=forms.RadioSelect,
        initial=IdNumbers.NONE.value,
    )
    purpose = forms.CharField(
        label=_("用途"),
        max_length=LONGEST_PURPOSE,
        help_text=_("例如“年度考核名册核对”；会写在文件第一行的水印里"),
    )
    reason = forms.CharField(
        label=_("导出完整号码的理由"),
        max_length=LONGEST_REASON,
        required=False,
        help_text=_("仅在导出完整身份证号码时填写；记入审计记录"),
    )

    def __init__(self, *arguments: Any, source: ExportSource, formats: tuple[str, ...], **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._offer("format", [(key, translate(FORMATS[key].label)) for key in formats])
        self.fields["format"].initial = formats[0]
        self._offer("columns", [(key, column.label) for key, column in source.columns.items()])
        self.fields["columns"].initial = list(source.chosen)
        if source.paper_columns:
            self.fields["format"].help_text = translate("PDF 按名册格式打印，栏目固定")
        if not source.has_id_numbers:
            del self.fields["id_numbers"], self.fields["reason"]
            return
        offered = [one for one in IdNumbers if one is not IdNumbers.WHOLE or source.may_unmask]
        self._offer("id_numbers", [(one.value, translate(ID_NUMBER_WORDS[one])) for one in offered])
        if not source.may_unmask:
            del self.fields["reason"]

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - the fields stand above; the type checker must be told
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
        if cleaned.get("id_numbers") == IdNumbers.WHOLE.value and not cleaned.get("reason"):
            self.add_error("reason", translate("导出完整身份证号码须写明理由"))
        return cleaned

    def wanted(self) -> ExportRequest:
        """Return what the person wants; the form is valid."""
        return ExportRequest(
            format=self.cleaned_data["format"],
            columns=tuple(self.cleaned_data["columns"]),
            purpose=self.cleaned_data["purpose"],
            id_numbers=IdNumbers(self.cleaned_data.get("id_numbers") or IdNumbers.NONE),
            reason=self.cleaned_data.get("reason") or "",
        )
