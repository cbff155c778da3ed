"""Signing in and out, the own password, and the administrators' pages of accounts and roles."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from warrant.apps.accounts.forms import AccountForm, AccountSearchForm, PasswordForm, RoleForm, SignInForm
from warrant.apps.accounts.models import Account, RoleAssignment
from warrant.apps.accounts.selectors import (
    account_for_administration,
    accounts_for_administration,
    assignment_of,
)
from warrant.apps.accounts.services import (
    assign_role,
    change_own_password,
    disable_account,
    open_account,
    reset_password,
    withdraw_role,
)
from warrant.apps.accounts.types import SEEN_AT, SIGNED_IN_AT
from warrant.apps.audit.selectors import history_of
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import (
    actor_of,
    add_error,
    error_text,
    local_path,
    permission_for_view,
    render_page,
)
from warrant.apps.foundation.paging import keyset_page
from warrant.apps.foundation.views import signed_in
from warrant.core.access import ROLE_NAMES, Permission, Role
from warrant.core.errors import N_, Conflict, InvalidInput

ACTION_WORDS = {
    "account.opened": N_("开立账号"),
    "account.disabled": N_("停用账号"),
    "account.password-reset": N_("重置密码"),
    "account.password-changed": N_("本人修改密码"),
    "role.assigned": N_("授予角色"),
    "role.withdrawn": N_("收回角色"),
    "delegation.proposed": N_("委托代理"),
    "delegation.confirmed": N_("确认代理"),
    "delegation.refused": N_("不予确认代理"),
    "delegation.ended": N_("结束代理"),
}


def _target(request: HttpRequest) -> str:
    return local_path(request, request.POST.get("next") or request.GET.get("next") or "/")


@permission_for_view(None)
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with user name and password."""
    if request.method == "GET" and isinstance(request.user, Account):
        return redirect("home")
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        account = authenticate(
            request,
            username=form.cleaned_data["username"].strip().lower(),
            password=form.cleaned_data["password"],
        )
        if isinstance(account, Account):
            login(request, account)
            # The first page after this needs no write of its own for the two time limits.
            request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = int(clock.now().timestamp())
            return HttpResponseRedirect(_target(request))
        if getattr(request, "axes_locked_out", False):
            return locked_out(request, {})
        form.add_error(None, _("用户名或密码不正确；连续 5 次错误后将锁定 15 分钟"))
    return render_page(
        request,
        "sign_in.jinja",
        {"form": form, "next": _target(request)},
        status=400 if form.errors else 200,
    )


def locked_out(request: HttpRequest, credentials: dict[str, Any], *args: object) -> HttpResponse:
    """Answer an attempt that came too often."""
    form = SignInForm({"username": request.POST.get("username", ""), "password": "-"})
    form.is_valid()
    form.add_error(None, _("连续 5 次登录失败，已锁定 15 分钟；请稍后再试，或联系系统管理员重置密码"))
    return render_page(request, "sign_in.jinja", {"form": form, "next": "/"}, status=429)


@signed_in
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("sign-in")


@signed_in
@sensitive_post_parameters("current_password", "new_password", "repeated_password")
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """Change the own password; forced after a generated one."""
    account = request.user
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and isinstance(account, Account):
        try:
            change_own_password(
                actor_of(request),
                account,
                form.cleaned_data["current_password"],
                form.cleaned_data["new_password"],
                now=clock.now(),
            )
        except InvalidInput as error:
            add_error(form, error)
        else:
            update_session_auth_hash(request, account)
            messages.success(request, _("密码已修改"))
            return redirect("home")
    return render_page(
        request,
        "page_form.jinja",
        {"title": _("修改密码"), "form": form, "submit_label": _("修改密码"), "cancel_url": "/"},
        status=400 if form.errors else 200,
    )


def _current(account: Account) -> list[RoleAssignment]:
    return [row for row in account.assignments.all() if row.withdrawn_at is None]


def _state(account: Account) -> dict[str, str]:
    if not account.is_active:
        return {"word": _("已停用"), "tone": "ended"}
    if account.must_change_password:
        return {"word": _("待改初始密码"), "tone": "waiting"}
    return {"word": _("正常"), "tone": "valid"}


@signed_in
@require_GET
def account_list(request: HttpRequest) -> HttpResponse:
    """List the node's accounts, for the system and the security administrator."""
    actor = actor_of(request)
    form = AccountSearchForm(request.GET)
    text, state = (
        (form.cleaned_data["q"].strip(), form.cleaned_data["state"]) if form.is_valid() else ("", "")
    )
    found = accounts_for_administration(actor, text, state)
    page = keyset_page(found, "username", request.GET.get("after", ""))

    def address(key: str) -> str:
        return f"?{urlencode({'q': text, 'state': state, 'after': key})}" if key else ""

    columns = [
        {"key": "username", "label": _("用户名")},
        {"key": "display_name", "label": _("姓名")},
        {"key": "agency", "label": _("所在单位")},
        {"key": "roles", "label": _("角色"), "kind": "clip"},
        {"key": "state", "label": _("状态"), "kind": "state"},
        {"key": "last_login", "label": _("上次登录"), "kind": "instant"},
    ]
    rows = [
        {
            "username": account.username,
            "display_name": account.display_name,
            "agency": account.agency.name,
            "roles": "、".join(dict.fromkeys(_(ROLE_NAMES[Role(row.role)]) for row in _current(account))),
            "state": _state(account),
            "last_login": account.last_login,
            "url": reverse("account-detail", args=[account.pk]),
        }
        for account in page.rows
    ]
    return render_page(
        request,
        "accounts/list.jinja",
        {
            "title": _("账号"),
            "columns": columns,
            "rows": rows,
            "filters": form,
            "list_url": reverse("account-list"),
            "table_name": "accounts",
            "count_text": _("共 %(count)s 个账号") % {"count": page.count_text},
            "next_url": address(page.next_key),
            "previous_url": address(page.previous_key),
            "allowed": {"open": actor.has_anywhere(Permission.ACCOUNT_MANAGE)},
        },
    )


@permission_for_view(Permission.ACCOUNT_MANAGE)
@never_cache
@require_http_methods(["GET", "POST"])
def account_open(request: HttpRequest) -> HttpResponse:
    """Open an account and show its generated password once."""
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            account, password = open_account(
                actor_of(request),
                form.cleaned_data["username"],
                form.cleaned_data["display_name"],
                form.cleaned_data["agency"],
                now=clock.now(),
            )
        except InvalidInput as error:
            add_error(form, error)
        else:
            return _password_page(request, account, password)
    return render_page(
        request,
        "page_form.jinja",
        {
            "title": _("开立账号"),
            "form": form,
            "submit_label": _("开立账号"),
            "cancel_url": reverse("account-list"),
            "breadcrumbs": [{"label": _("账号"), "url": reverse("account-list")}],
        },
        status=400 if form.errors else 200,
    )


def _password_page(request: HttpRequest, account: Account, password: str) -> HttpResponse:
    return render_page(request, "accounts/password.jinja", {"account": account, "password": password})


def _account_page(request: HttpRequest, account: Account, form: RoleForm, status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    is_own = actor.account_id == account.pk
    may_manage = actor.has_anywhere(Permission.ACCOUNT_MANAGE) and not is_own and account.is_active
    may_assign = actor.has_anywhere(Permission.ROLE_ASSIGN) and not is_own and account.is_active
    return render_page(
        request,
        "accounts/detail.jinja",
        {
            "title": account.display_name,
            "breadcrumbs": [{"label": _("账号"), "url": reverse("account-list")}],
            "state": _state(account),
            "account": account,
            "roles": [
                {
                    "id": row.pk,
                    "name": _(ROLE_NAMES[Role(row.role)]),
                    "unit": row.unit.name,
                    "at": row.assigned_at,
                }
                for row in _current(account)
            ],
            "entries": [
                {
                    "at": row.at,
                    "title": _(ACTION_WORDS.get(row.action, row.action)),
                    "person": row.account_name if row.account_id else _("系统"),
                }
                | {"text": row.summary if row.action.startswith(("role.assigned", "delegation.")) else ""}
                for row in history_of(f"account:{account.pk}")
            ],
            "form": form,
            "allowed": {"manage": may_manage, "assign": may_assign},
        },
        status=status,
    )


@signed_in
@require_GET
def account_detail(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show one account with its roles and what happened to it."""
    return _account_page(request, account_for_administration(actor_of(request), account_id), RoleForm())


@permission_for_view(Permission.ROLE_ASSIGN)
@require_POST
def role_assign(request: HttpRequest, account_id: int) -> HttpResponse:
    """Give the account a role over a unit."""
    account = account_for_administration(actor_of(request), account_id)
    form = RoleForm(request.POST)
    status = 400
    if form.is_valid():
        role, unit = Role(form.cleaned_data["role"]), form.cleaned_data["unit"]
        try:
            assign_role(actor_of(request), account, role, unit, now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        except Conflict as error:
            form.add_error(None, error_text(error))
            status = 409
        else:
            words = {"name": account.display_name, "role": _(ROLE_NAMES[role]), "unit": unit.name}
            messages.success(request, _("已授予%(name)s角色：%(role)s（%(unit)s）") % words)
            return redirect("account-detail", account_id)
    return _account_page(request, account, form, status)


@permission_for_view(Permission.ROLE_ASSIGN)
@require_POST
def role_withdraw(request: HttpRequest, account_id: int, assignment_id: int) -> HttpResponse:
    """End one role of the account at once."""
    account = account_for_administration(actor_of(request), account_id)
    assignment = assignment_of(account, assignment_id)
    withdraw_role(actor_of(request), assignment, now=clock.now())
    words = {"name": account.display_name, "role": _(ROLE_NAMES[Role(assignment.role)])}
    messages.success(request, _("已收回%(name)s的角色：%(role)s") % words)
    return redirect("account-detail", account_id)


@permission_for_view(Permission.ACCOUNT_MANAGE)
@never_cache
@require_POST
def password_reset(request: HttpRequest, account_id: int) -> HttpResponse:
    """Give the account a new generated password and show it once."""
    account = account_for_administration(actor_of(request), account_id)
    return _password_page(request, account, reset_password(actor_of(request), account, now=clock.now()))


@permission_for_view(Permission.ACCOUNT_MANAGE)
@require_POST
def account_disable(request: HttpRequest, account_id: int) -> HttpResponse:
    """Shut the account."""
    account = account_for_administration(actor_of(request), account_id)
    disable_account(actor_of(request), account, now=clock.now())
    messages.success(request, _("已停用账号%(name)s，其登录立即失效") % {"name": account.display_name})
    return redirect("account-detail", account_id)
