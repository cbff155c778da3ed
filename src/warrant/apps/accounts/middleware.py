"""Who acts in a request: the account with its grants as they stand now, and the session's two time limits."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import account_of_session, actor_for
from warrant.apps.accounts.types import SEEN_AT, SEEN_STEP_SECONDS, SIGNED_IN_AT
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import ShellAccount
from warrant.core.access import ROLE_NAMES, Grant


class AccountOfSession(ModelBackend):
    """Signs in by password as Django does; reads the account of a session together with its grants."""

    def get_user(self, user_id: int) -> Account | None:
        """Return the account of a session, none if it is gone or disabled."""
        account = account_of_session(user_id)
        return account if account is not None and account.is_active else None


def _role_name(grant: Grant) -> str:
    role = _(ROLE_NAMES[grant.role])
    if grant.on_behalf_of is None:
        return role
    return _("%(role)s（代%(name)s）") % {"role": role, "name": grant.on_behalf_of.name}


class ActorOfRequest:
    """Puts ``request.actor`` and ``request.shell_account`` on the request, or ends an over-age session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        account = request.user
        if isinstance(account, AnonymousUser) or not isinstance(account, Account):
            return self.get_response(request)
        if self._is_over(request) or not account.is_active:
            logout(request)
            return self.get_response(request)
        actor = actor_for(account)
        request.actor = actor  # type: ignore[attr-defined]  # read through foundation.pages.actor_of
        request.shell_account = ShellAccount(  # type: ignore[attr-defined]  # read by the shell
            account.display_name,
            account.agency.name,
            tuple(dict.fromkeys(_role_name(grant) for grant in actor.grants)),
        )
        if account.must_change_password and not request.path.startswith(
            ("/account/", "/static/", "/language/")
        ):
            return redirect("change-password")
        return self.get_response(request)

    def _is_over(self, request: HttpRequest) -> bool:
        seconds = int(clock.now().timestamp())
        signed_in_at = request.session.setdefault(SIGNED_IN_AT, seconds)
        seen_at = request.session.get(SEEN_AT, seconds)
        if seconds - signed_in_at > settings.WARRANT_SESSION_ABSOLUTE_SECONDS:
            return True
        if seconds - seen_at > settings.SESSION_COOKIE_AGE:
            return True
        # A page that asks by itself says so; it may not keep the session of somebody who has gone.
        is_person = "X-Unattended" not in request.headers
        if SEEN_AT not in request.session or (is_person and seconds - seen_at >= SEEN_STEP_SECONDS):
            request.session[SEEN_AT] = seconds
        return False
