"""The Jinja2 environment of all pages."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any

import lucide.jinja as lucide_jinja
from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject
from jinja2 import Environment, StrictUndefined, pass_environment
from markupsafe import Markup

from warrant.apps.foundation.pages import fixed_url


def _url(name: str, **arguments: Any) -> str:
    if arguments:
        return reverse(name, kwargs=arguments)
    return fixed_url(name)


@lru_cache(maxsize=512)
def _static(path: str) -> str:
    """Return the address of a file that comes with the program; the settings behind it do not change while it runs."""
    return static(path)


@lru_cache(maxsize=1024)
def _icon(name: str, **attributes: Any) -> Markup:
    """Draw an icon once: a page has thirty, and the library builds each from its XML tree."""
    return Markup(lucide_jinja.lucide(name, **attributes))  # noqa: S704 - drawn by the library


@lru_cache(maxsize=8192)
def _text(language: str | None, message: str) -> Markup:
    return Markup(translation.gettext(message))  # noqa: S704 - our own texts


def _gettext(message: str, **variables: Any) -> Markup:
    """Translate as Jinja's own ``_`` does, remembering what a text is in each language; a list says 300 of them."""
    text = _text(translation.get_language(), message)
    return text % variables if variables or "%" in text else text


@lru_cache(maxsize=512)
def _drawn(
    pages: Environment,
    template: str,
    language: str | None,
    place: tuple[str, str],
    context: tuple[tuple[str, Any], ...],
) -> Markup:
    """Draw a part of a page; ``language`` and ``place`` (prefix and table of addresses) are there to be compared."""
    return Markup(pages.get_template(template).render(dict(context)))  # noqa: S704 - escaped by the template


@pass_environment
def _remembered(pages: Environment, template: str, **context: Any) -> Markup:
    """Draw ``template``, which shows nothing but ``context`` and our own words, and remember it while that is the same.

    For what stands on page after page: navigation, dialogues, the choices of a filter. A context that cannot be
    compared (a list, a form) is drawn anew each time.
    """
    given = tuple(context.items())
    place = (get_script_prefix(), settings.ROOT_URLCONF)
    try:
        hash(given)
    except TypeError:
        return _drawn.__wrapped__(pages, template, None, place, given)
    return _drawn(pages, template, translation.get_language(), place, given)


def _date(value: date | datetime | None) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value.isoformat()


def _instant(value: datetime | None) -> str:
    return "" if value is None else timezone.localtime(value).strftime("%Y-%m-%d %H:%M")


def _mask_id(value: str) -> str:
    return f"{value[:3]}{'*' * (len(value) - 7)}{value[-4:]}" if len(value) > 7 else "*" * len(value)


def one_csrf_input(request: HttpRequest) -> dict[str, Any]:
    """Give a page one hidden field for all its forms; Django would mask the secret anew for each of them."""
    return {"csrf_input": SimpleLazyObject(lambda: csrf_input(request))}


def environment(**options: Any) -> Environment:
    """Make the environment; undefined names are errors, so a template cannot silently show nothing."""
    made = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        **{name: value for name, value in options.items() if name not in ("autoescape", "undefined")},
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    made.install_gettext_callables(translation.gettext, translation.ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals.update(
        static=_static, url=_url, get_messages=get_messages, icon=_icon, _=_gettext, remembered=_remembered
    )
    made.filters.update(date=_date, instant=_instant, mask_id=_mask_id)
    return made
