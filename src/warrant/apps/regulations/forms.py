"""Forms of regulations: the heading, one line as its values ask for it, a new line, a reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from warrant.apps.foundation.forms import DayInput
from warrant.apps.regulations.selectors.reading import Wording
from warrant.apps.regulations.services import Heading
from warrant.core.regulation import Content
from warrant.core.regulation.fields import FieldKind, Leaf, assemble, leaves, row_lists, with_spare_rows

LONGEST_TEXT = 400
LONGEST_LIST = 4000
LARGEST_NUMBER = 999_999
_SEPARATORS = re.compile(r"[、，,;；\s]+")


class HeadingForm(forms.Form):
    """What a version is called, why it is changed, and from which day it counts."""

    title = forms.CharField(
        label=gettext_lazy("版本名称"),
        max_length=120,
        help_text=gettext_lazy("说明改了什么，例如“初领培训学时调整为 80 学时”"),
        error_messages={"required": gettext_lazy("请填写版本名称")},
    )
    basis = forms.CharField(
        label=gettext_lazy("修改依据"),
        max_length=400,
        help_text=gettext_lazy("文件名称和文号"),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("请填写修改依据")},
    )
    valid_from = forms.DateField(
        label=gettext_lazy("生效日期"),
        widget=DayInput(),
        help_text=gettext_lazy("今天或以后；此前的决定不受影响"),
        error_messages={
            "required": gettext_lazy("请填写生效日期"),
            "invalid": gettext_lazy("请按 2026-11-22 的格式填写"),
        },
    )
    read_at = forms.CharField(required=False, widget=forms.HiddenInput)

    def heading(self) -> Heading:
        """Return what was typed."""
        typed = self.cleaned_data
        return Heading(typed["title"], typed["basis"], typed["valid_from"])


class ReasonForm(forms.Form):
    """Why a draft goes back; the service says what is too little or too much."""

    reason = forms.CharField(
        label=gettext_lazy("要改什么"),
        max_length=400,
        help_text=gettext_lazy("起草人在待办中看到这段话"),
        widget=forms.Textarea(attrs={"rows": 4, "autofocus": True}),
        error_messages={"required": gettext_lazy("请写明要改什么，至少四个字")},
    )


class NewLineForm(forms.Form):
    """The id of a new line, and the line that it begins as a copy of."""

    identity = forms.RegexField(
        r"[a-z0-9][a-z0-9/-]{0,59}",
        label=gettext_lazy("编号"),
        help_text=gettext_lazy("小写字母、数字和连字符，例如 health-check；日历用四位年份。发布后不再改"),
        error_messages={
            "required": gettext_lazy("请填写编号"),
            "invalid": gettext_lazy("编号只能用小写字母、数字、“-”和“/”，最多 60 个字符"),
        },
    )
    copied = forms.ChoiceField(
        label=gettext_lazy("以哪一条为样本"),
        help_text=gettext_lazy("新条目先照抄样本，再逐项修改"),
        error_messages={
            "required": gettext_lazy("请选择样本"),
            "invalid_choice": gettext_lazy("请选择列表中的样本"),
        },
    )

    def __init__(self, *args: Any, lines: Mapping[str, str], taken: frozenset[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._taken = taken
        self.fields["copied"].choices = list(lines.items())  # type: ignore[attr-defined]  # a ChoiceField

    def clean_identity(self) -> str:
        """Refuse an id that a line has already."""
        identity = str(self.cleaned_data["identity"])
        if identity in self._taken:
            raise forms.ValidationError(_("编号“%(id)s”已经有了，请换一个") % {"id": identity})
        return identity


class WordsField(forms.CharField):
    """A list of texts in one field, set apart by commas, blanks or new lines."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.Textarea(attrs={"rows": 2}),
            max_length=LONGEST_LIST,
            help_text=_("用顿号、逗号或换行隔开"),
            **kwargs,
        )

    def clean(self, value: Any) -> list[str]:
        """Return the texts in their order."""
        return [word for word in _SEPARATORS.split(super().clean(value)) if word]


class CountsField(forms.CharField):
    """Whole numbers by name: one ``name 20`` a line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.Textarea(attrs={"rows": 4}),
            max_length=LONGEST_LIST,
            help_text=_("每行一项：名称、空格、整数"),
            **kwargs,
        )

    def clean(self, value: Any) -> dict[str, int]:
        """Return the numbers by name."""
        counts: dict[str, int] = {}
        for row in super().clean(value).splitlines():
            if not row.strip():
                continue
            name, _blank, number = row.strip().replace("：", " ").rpartition(" ")
            if not name.strip() or not (number.isascii() and number.isdigit() and len(number) < 7):
                raise forms.ValidationError(_("“%(row)s”应为名称、空格和整数") % {"row": row.strip()[:40]})
            counts[name.strip()] = int(number)
        return counts


def _field(leaf: Leaf, label: str, is_required: bool) -> forms.Field:
    kind = leaf.field.kind
    common: dict[str, Any] = {"label": label, "required": is_required, "initial": _initial(leaf)}
    if kind is FieldKind.FLAG:
        return forms.BooleanField(**{**common, "required": False})
    if kind is FieldKind.WHOLE:
        return forms.IntegerField(
            min_value=-LARGEST_NUMBER,
            max_value=LARGEST_NUMBER,
            error_messages={"required": _("请填写整数"), "invalid": _("请填写整数")},
            **common,
        )
    if kind is FieldKind.DAY:
        return forms.DateField(
            widget=DayInput(),
            error_messages={"required": _("请填写日期"), "invalid": _("请按 2026-11-22 的格式填写")},
            **common,
        )
    if kind in (FieldKind.CHOICE, FieldKind.CHOICES):
        choices = [(code, _(word)) for code, word in leaf.field.choices.items()]
        if kind is FieldKind.CHOICES:
            return forms.MultipleChoiceField(
                choices=choices, widget=forms.CheckboxSelectMultiple, **{**common, "required": False}
            )
        return forms.ChoiceField(choices=[("", "—"), *choices], **common)
    if kind is FieldKind.WORDS:
        return WordsField(**{**common, "required": False})
    if kind is FieldKind.COUNTS:
        return CountsField(**{**common, "required": False})
    widget = forms.Textarea(attrs={"rows": 2}) if kind is FieldKind.LONG_TEXT else forms.TextInput()
    return forms.CharField(
        max_length=LONGEST_TEXT, widget=widget, error_messages={"required": _("请填写")}, **common
    )


def _initial(leaf: Leaf) -> Any:
    if leaf.field.kind is FieldKind.WORDS:
        return "、".join(leaf.value or ())
    if leaf.field.kind is FieldKind.COUNTS:
        return "\n".join(f"{name} {number}" for name, number in (leaf.value or {}).items())
    return leaf.value


def _in_the_order_of(before: list[str], chosen: list[str]) -> list[str]:
    """Return what was chosen, first what stood there in its order: another order alone is no change."""
    return [*(one for one in before if one in chosen), *(one for one in chosen if one not in before)]


class LineForm(forms.Form):
    """The single values of one line, or of what stands beside the lines; a list of rows has two empty rows at its end."""

    read_at = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, line: Content, wording: Wording, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._wording = wording
        self._roomy = with_spare_rows(line, wording.blanks)
        self._rows = set(row_lists(self._roomy, wording.blanks))
        self.leaves = [
            leaf for leaf in leaves(self._roomy, wording.describe) if leaf.path[0] not in wording.read_only
        ]
        for leaf in self.leaves:
            is_required = leaf.path[0] not in self._rows and not leaf.field.may_be_empty
            self.fields[leaf.name] = _field(leaf, wording.label(self._roomy, leaf.path), is_required)

    def groups(self) -> list[dict[str, Any]]:
        """Return the fields for the page: single ones together, lists of rows as tables."""
        singles = [leaf.name for leaf in self.leaves if leaf.path[0] not in self._rows]
        groups: list[dict[str, Any]] = [{"title": "", "names": singles, "rows": []}] if singles else []
        for name in self._roomy:
            if name not in self._rows:
                continue
            rows: dict[int, list[str]] = {}
            heads: dict[str, str] = {}
            for leaf in self.leaves:
                if leaf.path[0] == name:
                    rows.setdefault(int(leaf.path[1]), []).append(leaf.name)
                    heads[".".join(leaf.names)] = self._wording.label(
                        self._roomy, tuple(leaf.names[1:]) or leaf.path
                    )
            groups.append(
                {
                    "title": self._wording.one_label(self._roomy, (name,)),
                    "names": [],
                    "heads": list(heads.values()),
                    "rows": list(rows.values()),
                }
            )
        return groups

    def wide_names(self) -> list[str]:
        """Return the fields that take the whole width."""
        wide = (FieldKind.LONG_TEXT, FieldKind.WORDS, FieldKind.COUNTS, FieldKind.CHOICES)
        return [leaf.name for leaf in self.leaves if leaf.field.kind in wide]

    def line(self) -> dict[str, Any]:
        """Return the line as it was typed; rows in which nothing stands fall away."""
        values: dict[str, Any] = {}
        for leaf in self.leaves:
            typed = self.cleaned_data[leaf.name]
            if isinstance(typed, date):
                typed = typed.isoformat()
            elif leaf.field.kind is FieldKind.CHOICES:
                typed = _in_the_order_of(leaf.value, typed)
            values[leaf.name] = typed
        return assemble(self._roomy, values, self._wording.blanks)
