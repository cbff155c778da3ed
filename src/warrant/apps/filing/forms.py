"""What is typed on the filing pages."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from warrant.apps.applications.types import MARKABLE_FIELDS
from warrant.apps.filing.selectors.documents import ORIGINAL_FACES
from warrant.apps.filing.services.review import checked_reason
from warrant.apps.filing.types import FILING_FACES, Statement
from warrant.apps.filing.types.statements import LONGEST_NAME, LONGEST_NOTE, LONGEST_PLACE
from warrant.core.errors import InvalidInput
from warrant.core.qualification.filing_reasons import FILING_REASON, checked_reason_code


class FilingFilter(forms.Form):
    """What narrows the register; ``provinces`` are the choices (node code, name)."""

    text = forms.CharField(
        label=_("姓名、申请号或备案号"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部")), *((state.value, _(face.word)) for state, face in FILING_FACES.items())],
    )
    province = forms.ChoiceField(label=_("报送省份"), required=False)

    def __init__(self, *args: object, provinces: dict[str, str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed through as they came
        self.fields["province"].choices = [("", _("全部")), *provinces.items()]  # type: ignore[attr-defined]  # a ChoiceField


class ReasonForm(forms.Form):
    """Why filings are decided so. ``help_text`` says what to write."""

    reason = forms.CharField(
        label=_("理由"),
        error_messages={"required": _("请写明理由，至少 5 个字")},
        help_text=_("写明哪一项不符合、依据什么、如何补正；随签名回执送达该省，不可修改。"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    use_required_attribute = False

    def __init__(self, *args: object, help_text: str = "", **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed through as they came
        if help_text:
            self.fields["reason"].help_text = help_text

    def clean_reason(self) -> str:
        """Say what the service would say, so that every fault of the form is shown at once."""
        text = str(self.cleaned_data.get("reason", ""))
        try:
            return checked_reason(text, is_needed=True)
        except InvalidInput as error:
            raise forms.ValidationError(translate(error.message) % error.fields) from error


def _reason_classes() -> list[tuple[str, str]]:
    is_english = (get_language() or "").startswith("en")
    named = [(row.code, row.english if is_english else row.name) for row in FILING_REASON]
    return [("", translate("请选择")), *named]


class RefusalForm(ReasonForm):
    """Why a filing is not granted: the class of the reason beside the words."""

    reason_code = forms.ChoiceField(
        label=_("原因分类"),
        error_messages={"required": _("请选择原因分类")},
        choices=_reason_classes,
        help_text=_("用于统计；有几个原因的，选最主要的一个。"),
    )
    field_order = ("reason_code", "marked_fields", "reason")

    def clean_reason_code(self) -> str:
        """Say what the service would say."""
        code = str(self.cleaned_data.get("reason_code", ""))
        try:
            return checked_reason_code(code, is_needed=True)
        except InvalidInput as error:
            raise forms.ValidationError(translate(error.message) % error.fields) from error


class ReturnForm(RefusalForm):
    """Why a filing is returned, and what in the case has to be mended."""

    marked_fields = forms.MultipleChoiceField(
        label=_("需要补正的项目"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(name, translate(word)) for name, word in MARKABLE_FIELDS.items()],
        help_text=_("标记的项目显示给该省审批人员。"),
    )


MEASURES = (("workdays", _("工作日")), ("days", _("自然日")))


class StatisticsForm(forms.Form):
    """Which period is counted, and in which days; ``selectors.listing.read_wanted`` reads it."""

    from_on = forms.DateField(
        label=_("决定日期从"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("请按 2026-11-22 的格式填写日期")},
    )
    until_on = forms.DateField(
        label=_("至"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("请按 2026-11-22 的格式填写日期")},
    )
    measure = forms.ChoiceField(label=_("用时按"), required=False, choices=MEASURES)


class DocumentsForm(ReasonForm):
    """Which documents of a filing the province is to hold against their originals; ``named``: digest to what it is of."""

    digests = forms.MultipleChoiceField(
        label=_("要核对的材料"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请勾选要核对的材料")},
    )
    field_order = ("digests", "reason")

    def __init__(self, *args: object, named: dict[str, str], **kwargs: object) -> None:
        super().__init__(*args, help_text=translate("写明要核对什么、为什么；送达该省。"), **kwargs)
        field = self.fields["digests"]
        field.choices = [(digest, f"{translate(word)} {digest[:12]}") for digest, word in named.items()]  # type: ignore[attr-defined]  # a MultipleChoiceField


class StatementsForm(forms.Form):
    """What the province found for each document; the service judges, the fields are numbered from 0."""

    use_required_attribute = False

    def __init__(self, *args: object, documents: Sequence[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed through as they came
        self.documents = documents
        for number in range(len(documents)):
            self.fields[f"original-{number}"] = forms.ChoiceField(
                label=translate("原件核对结果"),
                required=False,
                widget=forms.RadioSelect,
                choices=[(state.value, translate(face[0])) for state, face in ORIGINAL_FACES.items()],
            )
            self.fields[f"seen_by-{number}"] = forms.CharField(
                label=translate("核对人"), required=False, max_length=LONGEST_NAME
            )
            self.fields[f"seen_on-{number}"] = forms.DateField(
                label=translate("核对日期"),
                required=False,
                widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
                error_messages={"invalid": translate("请按 2026-11-22 的格式填写日期")},
            )
            self.fields[f"place-{number}"] = forms.CharField(
                label=translate("核对地点"), required=False, max_length=LONGEST_PLACE
            )
            self.fields[f"note-{number}"] = forms.CharField(
                label=translate("说明"),
                required=False,
                max_length=LONGEST_NOTE,
                help_text=translate("没有原件或不一致时必须填写"),
            )

    def statements(self) -> list[Statement]:
        """Return what was typed, once the form is valid."""
        data = self.cleaned_data
        return [
            Statement(
                digest=digest,
                is_kept=False,
                original=data[f"original-{number}"],
                seen_by=data[f"seen_by-{number}"],
                seen_on=day.isoformat() if (day := data[f"seen_on-{number}"]) else "",
                place=data[f"place-{number}"],
                note=data[f"note-{number}"],
            )
            for number, (digest, _word) in enumerate(self.documents)
        ]

    def groups(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """Return the fields document by document: what it is of, its digest, its fields."""
        names = ("original", "seen_by", "seen_on", "place", "note")
        return [
            (word, digest, [self[f"{name}-{number}"] for name in names])
            for number, (digest, word) in enumerate(self.documents)
        ]
