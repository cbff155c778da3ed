"""Signing in and out, and the own password."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from warrant.apps.accounts.forms import PasswordForm, SignInForm
from warrant.apps.accounts.models import Account
from warrant.apps.accounts.services import change_own_password
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, permission_for_view, render_page
from warrant.apps.foundation.views import signed_in
from warrant.core.errors import InvalidInput


def _target(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or "/"
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}) else "/"


@permission_for_view(None)
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with user name and password."""
    if request.method == "GET" and isinstance(request.user, Account):
        return redirect("home")
    form = SignInForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        account = authenticate(
            request,
            username=form.cleaned_data["username"].strip().lower(),
            password=form.cleaned_data["password"],
        )
        if isinstance(account, Account):
            login(request, account)
            return redirect(_target(request))
        if getattr(request, "axes_locked_out", False):
            return locked_out(request, {})
        form.add_error(None, _("用户名或密码不正确；连续 5 次错误后将锁定 15 分钟"))
        status = 400
    return render_page(request, "sign_in.jinja", {"form": form, "next": _target(request)}, status=status)


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
