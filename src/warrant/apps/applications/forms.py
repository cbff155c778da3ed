"""Forms of the application pages."""

from __future__ import annotations

from typing import cast

from django import forms
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from warrant.apps.applications.services.moving import LONGEST_REASON
from warrant.apps.applications.services.preparing import LONGEST_STATEMENT
from warrant.apps.applications.types import STATE_FACES
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.register import code_name
from warrant.core.standards.codes import ENFORCEMENT_CATEGORY

OPEN = "open"


class ListForm(forms.Form):
    """What part of the list."""

    text = forms.CharField(
        label=_("编号或姓名"),
        required=False,
        max_length=60,
        widget=forms.TextInput({"type": "search", "placeholder": _("编号开头或完整姓名")}),
    )
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=lambda: [
            ("", translate("全部")),
            (OPEN, translate("在办")),
            *((str(state), translate(face.word)) for state, face in STATE_FACES.items()),
        ],
    )


class CategoriesForm(forms.Form):
    """For which of the officer's enforcement categories."""

    categories = forms.MultipleChoiceField(
        label=_("执法门类"),
        help_text=_("只列出该人员已登记的门类"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("请至少选择一个执法门类"),
            "invalid_choice": _("该人员没有登记此门类"),
        },
    )

    def __init__(self, officer: Officer, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        codes = officer.category_codes
        field = cast(forms.MultipleChoiceField, self.fields["categories"])
        field.choices = [(code, code_name(ENFORCEMENT_CATEGORY, code) or code) for code in codes]
        if len(codes) == 1:
            field.initial = codes


class StatementForm(forms.Form):
    """The unit's statement."""

    statement = forms.CharField(
        label=_("单位意见"),
        required=False,
        max_length=LONGEST_STATEMENT,
        help_text=_("写明品行表现、身体状况和是否同意申领，至少 10 个字；自动保存"),
        widget=forms.Textarea({"rows": 5}),
        error_messages={"max_length": _("单位意见最多 2000 个字")},
    )


class ReasonForm(forms.Form):
    """What the person says with the act."""

    reason = forms.CharField(
        label=_("意见"),
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"max_length": _("最多 1000 个字")},
    )

    def __init__(self, needs_reason: bool, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if needs_reason:
            field = self.fields["reason"]
            field.label = _("理由")
            field.required = True
            field.help_text = _("至少 5 个字，使对方知道如何补正")
            field.error_messages["required"] = _("请写明理由，至少 5 个字")
