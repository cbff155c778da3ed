"""Forms of the account pages."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, cast

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from warrant.apps.accounts.models import Account, RoleAssignment
from warrant.apps.accounts.types import ACCOUNT_STATES
from warrant.apps.organisations.models import Agency
from warrant.core.access import ROLE_NAMES, Role


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


def _open_units() -> QuerySet[Agency]:
    return Agency.objects.filter(closed_on=None).order_by("code")


def _roles() -> list[tuple[str, str]]:
    """The roles that can be given; an officer's own role comes with the officer's account."""
    return [(role.value, gettext(ROLE_NAMES[role])) for role in Role if role is not Role.OFFICER]


class AccountSearchForm(forms.Form):
    """Finds accounts by user name or name."""

    q = forms.CharField(
        label=_("用户名或姓名"), max_length=40, required=False, widget=forms.TextInput({"type": "search"})
    )
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部")), *((state, _(word)) for state, word in ACCOUNT_STATES.items())],
    )


class AccountForm(forms.Form):
    """A new account."""

    display_name = forms.CharField(label=_("姓名"), max_length=80)
    username = forms.CharField(
        label=_("用户名"),
        max_length=40,
        help_text=_("字母、数字和 - _ . ，登录时不分大小写"),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    agency = forms.ModelChoiceField(
        label=_("所在单位"), queryset=Agency.objects.none(), empty_label=_("请选择")
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed through as they came
        self.fields["agency"].queryset = _open_units()  # type: ignore[attr-defined]  # a ModelChoiceField


class RoleForm(forms.Form):
    """A role over a unit and all below it."""

    role = forms.ChoiceField(label=_("角色"), choices=_roles)
    unit = forms.ModelChoiceField(
        label=_("管辖单位"),
        queryset=Agency.objects.none(),
        empty_label=_("请选择"),
        help_text=_("含其所有下级单位"),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed through as they came
        self.fields["unit"].queryset = _open_units()  # type: ignore[attr-defined]  # a ModelChoiceField


if TYPE_CHECKING:
    _ModelChoiceField = forms.ModelChoiceField[RoleAssignment]
    _AccountChoiceField = forms.ModelChoiceField[Account]
else:  # Django's field takes no type at run time
    _ModelChoiceField = _AccountChoiceField = forms.ModelChoiceField


class _HeldRoleField(_ModelChoiceField):
    """A role over a unit in words."""

    def label_from_instance(self, obj: RoleAssignment) -> str:
        """Return role and unit."""
        return f"{gettext(ROLE_NAMES[Role(obj.role)])}，{obj.unit.name}"


class _ColleagueField(_AccountChoiceField):
    """A person by name and unit."""

    def label_from_instance(self, obj: Account) -> str:
        """Return name and unit."""
        return f"{obj.display_name}（{obj.agency.name}）"


class DelegationForm(forms.Form):
    """A substitute for one of the own roles, from a day to a day."""

    held = _HeldRoleField(label=_("角色"), queryset=RoleAssignment.objects.none(), empty_label=None)
    substitute = _ColleagueField(
        label=_("代理人"),
        queryset=Account.objects.none(),
        empty_label=_("请选择"),
        help_text=_("本单位的在用账号"),
    )
    from_on = forms.DateField(label=_("自"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    until_on = forms.DateField(
        label=_("至"),
        help_text=_("含当日，到期自动结束"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(
        label=_("理由"),
        max_length=200,
        help_text=_("例如：年休假、出差、培训"),
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(
        self,
        held: list[RoleAssignment],
        substitutes: QuerySet[Account],
        fields: QueryDict | None = None,
        *,
        from_on: date | None = None,
    ) -> None:
        super().__init__(fields, initial={"from_on": from_on})
        roles = RoleAssignment.objects.filter(pk__in=[row.pk for row in held]).select_related("unit")
        cast(_HeldRoleField, self.fields["held"]).queryset = roles
        cast(_ColleagueField, self.fields["substitute"]).queryset = substitutes


class LeaveForm(forms.Form):
    """Who is away, from which day to which."""

    person = _ColleagueField(label=_("休假人员"), queryset=Account.objects.none(), empty_label=None)
    from_on = forms.DateField(label=_("自"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    until_on = forms.DateField(
        label=_("至"),
        help_text=_("含当日"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, people: QuerySet[Account], own_id: int, fields: QueryDict | None = None) -> None:
        super().__init__(fields, initial={"person": own_id})
        cast(_ColleagueField, self.fields["person"]).queryset = people
