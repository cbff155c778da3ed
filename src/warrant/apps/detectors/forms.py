"""What is typed on the pages of findings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as plain
from django.utils.translation import gettext_lazy as _

from warrant.apps.accounts.models import Account
from warrant.apps.detectors.types import SHOWN
from warrant.core.qualification.detection import SUBJECT_WORDS


class FindingFilter(forms.Form):
    """What narrows the queue."""

    shown = forms.ChoiceField(label=_("显示"), required=False)
    detector = forms.ChoiceField(label=_("发现"), required=False)
    unit = forms.CharField(required=False, max_length=24, widget=forms.HiddenInput())

    def __init__(self, *args: Any, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        shown = [(code, plain(word)) for code, word in SHOWN.items()]
        cast("forms.ChoiceField", self.fields["shown"]).choices = shown
        detectors = [(one.value, plain(word)) for one, word in SUBJECT_WORDS.items()]
        cast("forms.ChoiceField", self.fields["detector"]).choices = [("", plain("全部")), *detectors]


class AssignForm(forms.Form):
    """Who deals with a finding."""

    owner = forms.TypedChoiceField(
        label=_("承办人"),
        coerce=int,
        help_text=_("本单位和上级单位有权办理的人员"),
        error_messages={"required": _("请选择承办人"), "invalid_choice": _("请选择列出的人员")},
    )
    use_required_attribute = False

    def __init__(self, *args: Any, people: Iterable[Account], **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        cast("forms.ChoiceField", self.fields["owner"]).choices = [
            ("", plain("请选择")),
            *((one.pk, f"{one.display_name}（{one.agency.name}）") for one in people),
        ]


class CloseForm(forms.Form):
    """Why a finding is closed although it may still hold; the service says what is too short."""

    reason = forms.CharField(
        label=_("情况说明"),
        required=False,
        help_text=_("写明核实的情况和已采取的措施；情况仍在的，期限过后会重新列出"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    use_required_attribute = False
