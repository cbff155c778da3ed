"""Work queue and navigation: apps offer items, the node lists the offers, the shell shows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from warrant.apps.foundation.paging import count_texts
from warrant.core.access import Actor, Permission


@dataclass(frozen=True)
class WorkItem:
    """One thing that waits for the viewer. ``waiting_since`` orders the queue, oldest first.

    ``due`` (words beside the tone) and ``action`` (the verb on the button) are the queue's own where they are empty.
    """

    kind: str
    title: str
    detail: str
    url: str
    waiting_since: datetime
    tone: str = "waiting"
    due: str = ""
    action: str = ""


@dataclass(frozen=True)
class Glance:
    """One figure of the unit at a glance: how many ``rows`` there are, with the list behind them.

    The first page counts the rows of all glances at once, up to a cap.
    """

    label: str
    rows: QuerySet[Any]
    url: str


@dataclass(frozen=True)
class Figure:
    """A glance that has been counted."""

    label: str
    value: str
    url: str


@dataclass(frozen=True)
class NavigationItem:
    """One entry of the navigation; shown to whoever holds the permission anywhere.

    ``hint`` says on the first page what one does there.
    """

    section: str
    label: str
    url_name: str
    icon: str
    permission: Permission | None = None
    hint: str = ""


WorkProvider = Callable[[Actor, int], list[WorkItem]]
"""Returns at most the given number of items, oldest first."""

GlanceProvider = Callable[[Actor], list[Glance]]


@dataclass(frozen=True)
class FirstPage:
    """What a person sees after signing in."""

    items: list[WorkItem] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)


def first_page(actor: Actor, limit: int = 30) -> FirstPage:
    """Collect the queue and the figures from every provider that the node names."""
    items: list[WorkItem] = []
    for path in settings.WARRANT_WORK_PROVIDERS:
        provider: WorkProvider = import_string(path)
        items.extend(provider(actor, limit))
    glances: list[Glance] = []
    for path in settings.WARRANT_GLANCE_PROVIDERS:
        glance: GlanceProvider = import_string(path)
        glances.extend(glance(actor))
    return FirstPage(sorted(items, key=lambda item: item.waiting_since)[:limit], counted(glances))


def counted(glances: Sequence[Glance]) -> list[Figure]:
    """Count all glances in one query."""
    values = count_texts([glance.rows for glance in glances])
    return [Figure(glance.label, value, glance.url) for glance, value in zip(glances, values, strict=True)]
