"""Rendering: every page goes through here and gets the shell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache, wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import get_script_prefix, reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from warrant.apps.foundation import clock
from warrant.apps.foundation.work import NavigationItem
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, NotPermitted, WarrantError


@dataclass(frozen=True)
class ShellItem:
    """One navigation entry as the shell shows it."""

    label: str
    url: str
    icon: str
    is_current: bool
    count: int | None = None
    hint: str = ""


@dataclass(frozen=True)
class ShellSection:
    """A titled group of navigation entries."""

    title: str
    items: Sequence[ShellItem]


@dataclass(frozen=True)
class ShellAccount:
    """The signed-in person as the shell shows them."""

    display_name: str
    agency_name: str
    role_names: tuple[str, ...]


@dataclass(frozen=True)
class Shell:
    """What is the same on every page."""

    node_name: str
    node_kind: str
    account: ShellAccount | None
    navigation: Sequence[ShellSection]
    language: str
    now: datetime
    search_url: str = ""


@lru_cache(maxsize=512)
def _fixed_url(name: str, prefix: str, configuration: str) -> str:
    """Look an address up; prefix and table of addresses are there to be compared."""
    return reverse(name)


def fixed_url(name: str) -> str:
    """Return the address of a page without arguments, looked up once; pages with many links ask for it again and again."""
    return _fixed_url(name, get_script_prefix(), settings.ROOT_URLCONF)


def actor_of(request: HttpRequest) -> Actor:
    """Return the actor that the accounts middleware found.

    Raises:
        NotPermitted: nobody is signed in.
    """
    actor = getattr(request, "actor", None)
    if not isinstance(actor, Actor):
        raise NotPermitted("not-signed-in", N_("请先登录"))
    return actor


@lru_cache(maxsize=256)
def _entries(
    named: str, configuration: str, prefix: str, language: str | None, rights: frozenset[Permission]
) -> tuple[tuple[str, ShellItem], ...]:
    """Return section and entry, each once, of all that holders of ``rights`` are offered, in the language of the request."""
    items: Iterable[NavigationItem] = import_string(named)
    found = (
        (
            _(item.section),
            ShellItem(
                _(item.label),
                reverse(item.url_name),
                item.icon,
                is_current=False,
                hint=_(item.hint) if item.hint else "",
            ),
        )
        for item in items
        if item.permission is None or item.permission in rights
    )
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=1024)
def _sections(entries: tuple[tuple[str, ShellItem], ...], current: str) -> tuple[ShellSection, ...]:
    sections: dict[str, list[ShellItem]] = {}
    for title, item in entries:
        sections.setdefault(title, []).append(replace(item, is_current=item.url == current))
    return tuple(ShellSection(title, tuple(items)) for title, items in sections.items())


def _navigation(request: HttpRequest, actor: Actor) -> tuple[ShellSection, ...]:
    """Return the entries for this viewer; worded once for all viewers with the same rights."""
    entries = _entries(
        settings.WARRANT_NAVIGATION,
        settings.ROOT_URLCONF,
        get_script_prefix(),
        translation.get_language(),
        frozenset[Permission]().union(*(grant.permissions for grant in actor.grants)),
    )
    path = request.path
    # The first page stands at the root of every address; only at its own is it the current one.
    here = [
        item.url
        for _title, item in entries
        if path == item.url or (item.url != "/" and path.startswith(item.url))
    ]
    return _sections(entries, max(here, key=len, default=""))


def shell_of(request: HttpRequest) -> Shell:
    """Build the shell for a request, signed in or not."""
    actor = getattr(request, "actor", None)
    account = getattr(request, "shell_account", None)
    return Shell(
        node_name=_(settings.WARRANT_NODE.name),
        node_kind=settings.WARRANT_NODE.kind,
        account=account,
        navigation=_navigation(request, actor) if isinstance(actor, Actor) else (),
        language=translation.get_language() or settings.LANGUAGE_CODE,
        now=clock.now(),
        search_url=_search_url(actor) if isinstance(actor, Actor) else "",
    )


def _search_url(actor: Actor) -> str:
    """Return where the search box of the bar asks; empty for whoever has nothing to search."""
    if settings.WARRANT_SEARCH is None:
        return ""
    url_name, permission = settings.WARRANT_SEARCH
    return fixed_url(url_name) if actor.has_anywhere(permission) else ""


def render_page(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Render ``template`` with the shell."""
    return render(request, template, {"shell": shell_of(request), **(context or {})}, status=status)


def local_path(request: HttpRequest, target: str) -> str:
    """Return ``target`` if it is a path of this node, else the first page: nobody is sent elsewhere."""
    is_here = target.startswith("/") and url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}
    )
    return target if is_here else "/"


def permission_for_view(
    permission: Permission | None,
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Declare what a view needs; ``None`` declares that it is open to everybody.

    The test about URLs fails for a view without this mark. Holding the permission somewhere lets a person in; which
    rows they see and change is decided by the services, at the place of each row.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if permission is not None and not actor_of(request).has_anywhere(permission):
                raise NotPermitted(
                    "not-permitted",
                    N_("您没有这项权限（%(permission)s），请与本单位系统管理员联系"),
                    permission=permission.value,
                )
            return view(request, *args, **kwargs)

        guarded.required_permission = permission  # type: ignore[attr-defined]  # read by the middleware and by tests
        return guarded

    return decorate


def error_text(error: WarrantError) -> str:
    """Return the error's message in the language of the request."""
    text = _(error.message)
    return text % error.fields if error.fields else text


def add_error(form: Any, error: WarrantError) -> None:
    """Put ``error`` beside its field of a Django form, or on top if the form has no such field."""
    place = error.place if error.place in form.fields else None
    form.add_error(place, error_text(error))
