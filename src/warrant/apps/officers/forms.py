"""Forms of the officer pages, in the order of the paper form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from warrant.apps.foundation.forms import DayInput
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.history import CHANGE_NAMES, FIELDS
from warrant.apps.officers.selectors.register import described
from warrant.core.record import EntryField, FieldType, Kind
from warrant.core.standards import codes
from warrant.core.standards.code_table import CodeTable


class _Form(forms.Form):
    """A form that says in two words what an empty field needs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            is_file = isinstance(field, forms.FileField)
            field.error_messages["required"] = _("请选择文件") if is_file else _("请填写")


class SuggestingInput(forms.TextInput):
    """A text field that offers values; anything else may be typed too."""

    def __init__(self, suggestions: Iterable[str] = (), attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.suggestions = list(suggestions)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Draw the field and its list."""
        anchor = f"{name}-offers"
        field = super().render(name, value, {**(attrs or {}), "list": anchor}, renderer)
        options = format_html_join("", '<option value="{}"></option>', ((text,) for text in self.suggestions))
        return format_html('{}<datalist id="{}">{}</datalist>', field, anchor, options)


def code_choices(table: CodeTable, only: Sequence[str] = (), *, blank: bool = True) -> list[tuple[str, str]]:
    """Return the lines of a code table as choices in the language of the request."""
    is_english = (get_language() or "").startswith("en")
    lines = [
        (code.code, code.english if is_english else code.name)
        for code in table
        if not only or code.code in only
    ]
    return [("", translate("请选择")), *lines] if blank else lines


EDUCATIONS_OFFERED = (
    "11", "14", "17", "21", "22", "28", "31", "32", "41", "44", "47", "61", "71", "81", "90",
)  # fmt: skip
DEGREES_OFFERED = ("2", "3", "4")


class OfficerForm(_Form):
    """The basic data of an officer; sex and birth date come from the ID number."""

    name = forms.CharField(label=_("姓名"), max_length=60, help_text=_("与居民身份证一致，间隔号用“·”"))
    id_number = forms.CharField(
        label=_("身份证号码"),
        max_length=24,
        help_text=_("性别、出生日期由身份证号码得出"),
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "text", "spellcheck": "false"}),
    )
    ethnicity = forms.ChoiceField(label=_("民族"), required=False)
    political_status = forms.ChoiceField(label=_("政治面貌"), required=False)
    education = forms.ChoiceField(label=_("学历"), required=False)
    degree = forms.ChoiceField(label=_("学位"), required=False)
    school = forms.CharField(label=_("毕业院校"), required=False, max_length=80)
    major = forms.CharField(label=_("所学专业"), required=False, max_length=80)
    agency = forms.CharField(label=_("所在单位"), max_length=120, help_text=_("填写单位全称"))
    categories = forms.MultipleChoiceField(label=_("执法门类"), widget=forms.CheckboxSelectMultiple())
    post = forms.CharField(label=_("岗位"), required=False, max_length=40)
    position = forms.CharField(label=_("职务"), required=False, max_length=40)
    staffing = forms.ChoiceField(label=_("编制性质"), required=False)
    work_started = forms.CharField(
        label=_("参加工作时间"),
        required=False,
        max_length=20,
        help_text=_("如 2018-06-01；只知年月时填 2018-06"),
    )
    enforcement_started = forms.CharField(
        label=_("从事执法时间"), required=False, max_length=20, help_text=_("如 2019-03")
    )
    phone = forms.CharField(
        label=_("联系电话"), required=False, max_length=24, widget=forms.TextInput({"inputmode": "tel"})
    )
    remark = forms.CharField(
        label=_("备注"), required=False, max_length=300, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args: Any, units: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tables = {
            "ethnicity": code_choices(codes.ETHNIC_GROUP),
            "political_status": code_choices(codes.POLITICAL_STATUS),
            "education": code_choices(codes.EDUCATION, EDUCATIONS_OFFERED),
            "degree": code_choices(codes.DEGREE, DEGREES_OFFERED),
            "staffing": code_choices(codes.STAFFING),
            "categories": code_choices(codes.ENFORCEMENT_CATEGORY, blank=False),
        }
        for field, choices in tables.items():
            cast(forms.ChoiceField, self.fields[field]).choices = choices
        self.fields["categories"].error_messages["required"] = _("至少选择一个执法门类")
        self.fields["agency"].widget = SuggestingInput(units, {"autocomplete": "off"})
        self.fields["post"].widget = SuggestingInput(codes.POST.names())

    def values(self) -> dict[str, str]:
        """Return what was typed as texts by field, as the rules of a roster row read them."""
        return {
            field: "、".join(value) if isinstance(value, list) else str(value)
            for field, value in self.cleaned_data.items()
        }


class ChangeForm(OfficerForm):
    """The basic data without unit and ID number, which change by other ways."""

    revision = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput())

    def __init__(self, *args: Any, officer: Officer, **kwargs: Any) -> None:
        shown = described(officer)
        initial = {
            **shown,
            "ethnicity": officer.ethnicity,
            "political_status": officer.political_status,
            "education": officer.education,
            "degree": officer.degree,
            "staffing": officer.staffing,
            "categories": officer.category_codes,
            "revision": officer.revision,
        }
        super().__init__(*args, initial=initial, **kwargs)
        del self.fields["agency"]
        del self.fields["id_number"]
        for field, table in (("education", codes.EDUCATION), ("degree", codes.DEGREE)):
            self._keep_choice(field, table, initial[field])

    def _keep_choice(self, field: str, table: CodeTable, code: Any) -> None:
        """Offer the code that the record has, although it is none of the usual ones."""
        choice_field = cast(forms.ChoiceField, self.fields[field])
        offered = list(cast(Iterable[tuple[str, str]], choice_field.choices))
        if code and all(value != code for value, _name in offered):
            choice_field.choices = [*offered, *code_choices(table, (code,), blank=False)]

    def values(self) -> dict[str, str]:
        """Return what was typed, without the revision."""
        return {field: text for field, text in super().values().items() if field != "revision"}


class ReasonForm(_Form):
    """Why somebody wants to see what is masked."""

    reason = forms.CharField(
        label=_("事由"),
        max_length=200,
        help_text=_("与查看人、时间一并写入审计记录"),
        widget=forms.Textarea({"rows": 2}),
    )


class PhotoForm(_Form):
    """A portrait."""

    photo = forms.FileField(
        label=_("照片"),
        help_text=_("JPEG 或 PNG，二寸证件照比例，白底、免冠、着制服；至少 295×413 像素"),
        widget=forms.FileInput({"accept": "image/jpeg,image/png"}),
    )


class EducationForm(_Form):
    """One education with its proof."""

    education = forms.ChoiceField(label=_("学历"))
    degree = forms.ChoiceField(label=_("学位"), required=False)
    school = forms.CharField(label=_("毕业院校"), max_length=80)
    major = forms.CharField(label=_("所学专业"), max_length=80)
    graduated_on = forms.DateField(label=_("毕业日期"), widget=DayInput())
    proof = forms.FileField(
        label=_("证明材料"),
        help_text=_("毕业证书扫描件，PDF、JPEG 或 PNG，不超过 10 MB"),
        widget=forms.FileInput({"accept": "application/pdf,image/jpeg,image/png"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["education"]).choices = code_choices(
            codes.EDUCATION, EDUCATIONS_OFFERED
        )
        cast(forms.ChoiceField, self.fields["degree"]).choices = code_choices(codes.DEGREE, DEGREES_OFFERED)


def make_correction(form: forms.Form) -> None:
    """Make a record's form that of its correction: says why, and a new proof only if there is one."""
    form.fields["proof"].required = False
    form.fields["reason"] = forms.CharField(
        label=_("更正理由"),
        max_length=200,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": _("请填写")},
    )
    form.order_fields([*(name for name in form.fields if name not in ("reason", "proof")), "reason", "proof"])


class AccountForm(_Form):
    """The user name of the officer's own account."""

    username = forms.CharField(
        label=_("用户名"), max_length=40, help_text=_("字母、数字和 - _ .，建议用姓名拼音加数字")
    )


class SeveralFilesInput(forms.ClearableFileInput):
    """A field for several files at once."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class SeveralFilesField(forms.FileField):
    """Several files; the value is a list, empty when none was chosen."""

    widget = SeveralFilesInput

    def clean(self, value: Any, initial: Any = None) -> Any:
        """Return the files that were sent."""
        files = [file for file in (value if isinstance(value, list | tuple) else [value]) if file]
        if not files and self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return files


def _entry_field(field: EntryField) -> forms.Field:
    common: dict[str, Any] = {
        "label": translate(field.label),
        "required": field.is_required,
        "help_text": translate(field.hint) if field.hint else "",
    }
    if field.type is FieldType.CODE and field.table is not None:
        return forms.ChoiceField(choices=code_choices(field.table), **common)
    if field.type is FieldType.DAY:
        return forms.CharField(widget=DayInput(), max_length=20, **common)
    if field.type is FieldType.YEAR:
        return forms.CharField(
            widget=forms.TextInput({"inputmode": "numeric", "placeholder": "2024"}), max_length=8, **common
        )
    return forms.CharField(max_length=field.longest, **common)


class EntryForm(_Form):
    """One entry of a kind of additional data, with its proofs; a correction also says why."""

    def __init__(self, *args: Any, kind: Kind, is_correction: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        for field in kind.fields:
            self.fields[field.name] = _entry_field(field)
        if is_correction:
            self.fields["reason"] = forms.CharField(
                label=_("更正理由"), max_length=200, widget=forms.Textarea({"rows": 2})
            )
        hint = translate(kind.proof_hint)
        self.fields["proofs"] = SeveralFilesField(
            label=_("证明材料"),
            required=kind.needs_proof and not is_correction,
            help_text=translate("%(what)s，PDF、JPEG 或 PNG，可选多个，每个不超过 10 MB") % {"what": hint},
            widget=SeveralFilesInput({"accept": "application/pdf,image/jpeg,image/png"}),
        )
        for name, field_ in self.fields.items():
            field_.error_messages["required"] = _("请选择文件") if name == "proofs" else _("请填写")

    def typed(self) -> dict[str, str]:
        """Return what was typed, by field of the kind."""
        return {field.name: str(self.cleaned_data.get(field.name, "")) for field in self.kind.fields}

    def uploads(self) -> list[tuple[bytes, str]]:
        """Return the files that came along: bytes and name."""
        return [(file.read(), file.name) for file in self.cleaned_data.get("proofs", [])]


class HistoryForm(_Form):
    """Which changes of a record are shown."""

    field = forms.ChoiceField(label=_("项目"), required=False)
    kind = forms.ChoiceField(label=_("类别"), required=False)
    before = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = [("", translate("全部"))]
        cast(forms.ChoiceField, self.fields["field"]).choices = [
            *everything,
            *((name, translate(field.label)) for name, field in FIELDS.items()),
        ]
        cast(forms.ChoiceField, self.fields["kind"]).choices = [
            *everything,
            *((kind, translate(name)) for kind, name in CHANGE_NAMES.items()),
        ]


class DeletionForm(_Form):
    """Why a record shall be deleted."""

    reason = forms.CharField(
        label=_("删除理由"),
        max_length=200,
        help_text=_("第二人据此核对，并写入审计记录"),
        widget=forms.Textarea({"rows": 3}),
    )


class IdNumberCorrectionForm(_Form):
    """The right ID number, with its proof."""

    id_number = forms.CharField(
        label=_("正确的身份证号码"),
        max_length=24,
        help_text=_("性别、出生日期随号码一并更正"),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    reason = forms.CharField(label=_("更正理由"), max_length=200, widget=forms.Textarea({"rows": 2}))
    proof = forms.FileField(
        label=_("证明材料"),
        help_text=_("居民身份证或公安机关证明扫描件，PDF、JPEG 或 PNG，不超过 10 MB"),
        widget=forms.FileInput({"accept": "application/pdf,image/jpeg,image/png"}),
    )


class RequestDecisionForm(_Form):
    """The second person's decision; for an ID number with the number as read from the proof."""

    id_number = forms.CharField(
        label=_("对照证明材料录入新号码"),
        required=False,
        max_length=24,
        help_text=_("两次录入一致才能更正"),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    opinion = forms.CharField(
        label=_("意见"),
        required=False,
        max_length=200,
        help_text=_("驳回时必填"),
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, *args: Any, has_number: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_number:
            del self.fields["id_number"]


class UndoForm(_Form):
    """Why a deleted record comes back."""

    opinion = forms.CharField(label=_("恢复理由"), max_length=200, widget=forms.Textarea({"rows": 2}))
