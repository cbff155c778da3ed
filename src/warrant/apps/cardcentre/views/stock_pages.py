"""What the pages of the stock have in common: their tabs, their ways, how a state is shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.cardcentre.types import Face
from warrant.apps.foundation.pages import render_page
from warrant.core.errors import N_
from warrant.core.standards.card_serial import SerialRange

TABS: tuple[tuple[str, str], ...] = (
    ("card-stock", N_("卡片")),
    ("card-batches", N_("到货与清点")),
    ("card-movements", N_("移交")),
    ("card-destructions", N_("证卡销毁")),
    ("card-balance", N_("日结")),
    ("card-stores", N_("库")),
)


def stock_tabs(current: str) -> list[dict[str, Any]]:
    """Return the tabs of the stock, that of the page named ``current`` marked."""
    return [{"label": _(label), "url": reverse(name), "is_current": name == current} for name, label in TABS]


def way(*names: str) -> list[dict[str, str]]:
    """Return the way to a page of the stock, through the tabs named."""
    labels = dict(TABS)
    first = {"url": reverse("card-stock"), "label": _("空白卡库存")}
    return [first, *({"url": reverse(name), "label": _(labels[name])} for name in names)]


def shown(face: Face) -> dict[str, str]:
    """Return a state as the pages show it."""
    return {"word": _(face.word), "tone": face.tone}


def ranges_text(ranges: Iterable[SerialRange], most: int = 3) -> str:
    """Return the first ranges in one line, and that there are more."""
    listed = list(ranges)
    text = "、".join(str(stretch) for stretch in listed[:most])
    return f"{text} …" if len(listed) > most else text


def decision_page(request: HttpRequest, form: Any, **context: Any) -> HttpResponse:
    """Answer a page on which one thing is decided: 400 where the form has errors."""
    return render_page(
        request,
        context.pop("template", "page_confirm.jinja"),
        {"form": form, **context},
        status=400 if form and form.errors else 200,
    )
