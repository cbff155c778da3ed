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
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup


@lru_cache(maxsize=512)
def _fixed_url(name: str, prefix: str, configuration: str) -> str:
    return reverse(name)


def _url(name: str, **arguments: Any) -> str:
    if arguments:
        return reverse(name, kwargs=arguments)
    return _fixed_url(name, get_script_prefix(), settings.ROOT_URLCONF)


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
    made.globals.update(static=static, url=_url, get_messages=get_messages, icon=_icon, _=_gettext)
    made.filters.update(date=_date, instant=_instant, mask_id=_mask_id)
    return made
