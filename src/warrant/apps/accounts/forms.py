"""Forms of the account pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class SignInForm(forms.Form):
    """User name and password."""

    username = forms.CharField(
        label=_("用户名"), max_length=40, widget=forms.TextInput({"autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("密码"), max_length=128, widget=forms.PasswordInput({"autocomplete": "current-password"})
    )


class PasswordForm(forms.Form):
    """The own password, old and new."""

    current_password = forms.CharField(
        label=_("当前密码"), max_length=128, widget=forms.PasswordInput({"autocomplete": "current-password"})
    )
    new_password = forms.CharField(
        label=_("新密码"),
        max_length=128,
        help_text=_("至少 10 个字符，不能全是数字，不能与姓名或用户名相近"),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    repeated_password = forms.CharField(
        label=_("再次输入新密码"),
        max_length=128,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, object]:
        """The new password is typed twice alike."""
        values = super().clean() or {}
        if values.get("new_password") != values.get("repeated_password"):
            self.add_error("repeated_password", _("两次输入的新密码不一致"))
        return values
