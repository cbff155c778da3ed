"""Work queue and navigation: apps offer items, the node lists the offers, the shell shows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from warrant.core.access import Actor, Permission


@dataclass(frozen=True)
class WorkItem:
    """One thing that waits for the viewer. ``waiting_since`` orders the queue, oldest first."""

    kind: str
    title: str
    detail: str
    url: str
    waiting_since: datetime
    tone: str = "waiting"


@dataclass(frozen=True)
class Glance:
    """One figure of the unit at a glance, with the list behind it."""

    label: str
    value: str
    url: str


@dataclass(frozen=True)
class NavigationItem:
    """One entry of the navigation; shown to whoever holds the permission anywhere."""

    section: str
    label: str
    url_name: str
    icon: str
    permission: Permission | None = None


WorkProvider = Callable[[Actor, int], list[WorkItem]]
"""Returns at most the given number of items, oldest first."""

GlanceProvider = Callable[[Actor], list[Glance]]


@dataclass(frozen=True)
class FirstPage:
    """What a person sees after signing in."""

    items: list[WorkItem] = field(default_factory=list)
    glances: list[Glance] = field(default_factory=list)


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
    return FirstPage(sorted(items, key=lambda item: item.waiting_since)[:limit], glances)
