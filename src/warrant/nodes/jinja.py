"""The Jinja2 environment of all pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import lucide.jinja as lucide_jinja
from django.contrib.messages import get_messages
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone, translation
from jinja2 import Environment, StrictUndefined


def _url(name: str, **arguments: Any) -> str:
    return reverse(name, kwargs=arguments or None)


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
    made.globals.update(static=static, url=_url, get_messages=get_messages, icon=lucide_jinja.lucide)
    made.filters.update(date=_date, instant=_instant, mask_id=_mask_id)
    return made
