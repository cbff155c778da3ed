"""What custodians type in a ceremony."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from warrant.apps.accounts.models import Account
from warrant.apps.cardcentre.forms.keys import MasterForm
from warrant.apps.cardcentre.selectors import custodians
from warrant.apps.cardcentre.types import CEREMONIES_SHOWN, USAGE_LABELS, KeyActKind
from warrant.apps.foundation.pages import error_text
from warrant.core.crypto.secret import Secret
from warrant.core.errors import InvalidInput
from warrant.core.keys.hierarchy import KeyUsage
from warrant.core.keys.parts import LINE_LENGTH_MAX, Keys, read_line
from warrant.core.keys.sharing import SHARES_MAX, THRESHOLD_MIN

_TYPED = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
_HOLDERS = {
    KeyActKind.GENERATE_BY_COMPONENTS: _("2 到 3 名，每人一份分量，缺一不可"),
    KeyActKind.GENERATE_BY_SHARES: _("每人一份，执行后各自领取一次"),
    KeyActKind.BACK_UP: _("每人一份，执行后各自领取一次"),
    KeyActKind.RESTORE: _("带着份额到场的保管员，不少于恢复所需份数"),
}


class PartInput(forms.TextInput):
    """A line of a part: seen while it is typed, never sent back and never kept by the browser."""

    def __init__(self) -> None:
        super().__init__({**_TYPED, "data-never-kept": ""})

    def format_value(self, value: Any) -> None:
        """Return nothing, whatever was typed."""
        return


class CeremonyForm(MasterForm):
    """Which version, who holds a part, and how many of the parts are needed."""

    threshold = forms.IntegerField(
        label=_("恢复所需份数"),
        min_value=THRESHOLD_MIN,
        max_value=SHARES_MAX,
        help_text=_("任意这么多份合在一起就能恢复，少一份则什么也得不到"),
    )
    holders = forms.MultipleChoiceField(label=_("保管员"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *arguments: Any, kind: KeyActKind, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._people: dict[str, Account] = {str(account.pk): account for account in custodians()}
        people: Any = self.fields["holders"]
        people.choices = [(pk, account.display_name) for pk, account in self._people.items()]
        people.initial = list(self._people)
        people.help_text = _HOLDERS[kind]
        if kind is KeyActKind.GENERATE_BY_COMPONENTS:
            del self.fields["threshold"]
        if kind is KeyActKind.BACK_UP:
            self.fields["version"].help_text = _("要备份的密钥版本")
        if kind is KeyActKind.RESTORE:
            self.fields["version"].help_text = _("份额纸上写明的版本")
            self.fields["threshold"].help_text = _("份额纸上写明的份数")
            for usage in KeyUsage:
                self.fields[f"check_{usage.value}"] = forms.CharField(
                    label=_(USAGE_LABELS[usage]),
                    max_length=6,
                    required=False,
                    widget=forms.TextInput(attrs=_TYPED),
                )
        self.is_shown = kind in CEREMONIES_SHOWN

    def clean_holders(self) -> list[Account]:
        """Return the accounts that were ticked, in the order of the list."""
        return [self._people[pk] for pk in self._people if pk in self.cleaned_data["holders"]]

    def parameters(self) -> dict[str, Any]:
        """Return what the service asks for."""
        return {
            **self.cleaned_data,
            "check_values": {
                usage.value: self.cleaned_data.get(f"check_{usage.value}", "") for usage in KeyUsage
            },
        }


class PartForm(forms.Form):
    """Five lines of 32 hex digits, each with its check value; for a share also its number."""

    keeps_nothing = True
    """The page with the errors says so."""

    number = forms.IntegerField(
        label=_("份额编号"), min_value=1, max_value=SHARES_MAX, help_text=_("份额纸上的“第几份”")
    )

    def __init__(self, *arguments: Any, suite: str, is_share: bool, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._suite = suite
        if not is_share:
            del self.fields["number"]
        for usage in KeyUsage:
            self.fields[usage.value] = forms.CharField(
                label=_(USAGE_LABELS[usage]),
                help_text=_("32 位数字"),
                max_length=LINE_LENGTH_MAX,
                widget=PartInput(),
            )
            self.fields[f"{usage.value}_check"] = forms.CharField(
                label=_("校验值"), max_length=16, widget=forms.TextInput(attrs=_TYPED)
            )

    def clean(self) -> dict[str, Any]:
        """Read every line against its check value; the errors stand beside the lines."""
        cleaned: dict[str, Any] = super().clean() or {}
        self._lines: dict[KeyUsage, Secret] = {}
        for usage in KeyUsage:
            check = f"{usage.value}_check"
            if usage.value in cleaned and check in cleaned:
                try:
                    self._lines[usage] = read_line(
                        self._suite, cleaned[usage.value], cleaned[check], usage.value
                    )
                except InvalidInput as error:
                    self.add_error(error.place, error_text(error))
        return cleaned

    def keys(self) -> Keys:
        """Return the five lines of a valid form."""
        return self._lines

    def number_given(self) -> int | None:
        """Return the share's number, if the form asks for one."""
        number: int | None = self.cleaned_data.get("number")
        return number


__all__ = ["CeremonyForm", "PartForm"]
