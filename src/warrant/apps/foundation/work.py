"""Work queue and navigation: apps offer queues, the node lists the offers, the shell shows them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import EmptyResultSet, FieldDoesNotExist
from django.db import connection
from django.db.models import DateField, DateTimeField, F, JSONField, Model, QuerySet, Value
from django.db.models.functions import JSONObject
from django.utils import timezone
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


def waits_from(day: date, made_at: datetime) -> datetime:
    """Return since when something waits that was made at one instant and can be done from a day on."""
    return max(timezone.make_aware(datetime.combine(day, time.min)), made_at)


@dataclass(frozen=True)
class Queue:
    """Rows that wait for the viewer, oldest first, and how one of them is shown.

    ``fields`` are all that ``item`` reads of a row: ``officer__agency__name`` comes as ``row.officer.agency.name``.
    Annotations of ``rows`` may be among them. At most ``most`` rows are read. The first page reads the queues of all
    apps in one query, however many of them the viewer has.
    """

    rows: QuerySet[Any]
    fields: tuple[str, ...]
    item: Callable[[Any], WorkItem]
    most: int = 30


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


WorkProvider = Callable[[Actor], list[Queue]]

GlanceProvider = Callable[[Actor], list[Glance]]


@dataclass(frozen=True)
class FirstPage:
    """What a person sees after signing in."""

    items: list[WorkItem] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)


def first_page(actor: Actor, limit: int = 30) -> FirstPage:
    """Collect the queue and the figures from every provider that the node names."""
    queues: list[Queue] = []
    for path in settings.WARRANT_WORK_PROVIDERS:
        provider: WorkProvider = import_string(path)
        queues.extend(provider(actor))
    glances: list[Glance] = []
    for path in settings.WARRANT_GLANCE_PROVIDERS:
        glance: GlanceProvider = import_string(path)
        glances.extend(glance(actor))
    return FirstPage(waiting(queues, limit), counted(glances))


def waiting(queues: Sequence[Queue], limit: int = 30) -> list[WorkItem]:
    """Read all queues in one query, and return what has waited longest."""
    parts: list[str] = []
    values: list[Any] = []
    for number, queue in enumerate(queues):
        contents = JSONObject(**{name: F(name) for name in queue.fields})
        rows = queue.rows.select_related(None).values_list(Value(number), contents)[: min(limit, queue.most)]
        try:
            sql, parameters = rows.query.sql_with_params()
        except EmptyResultSet:  # the viewer's scope is empty: there is nothing to ask
            continue
        parts.append(f"SELECT * FROM ({sql}) AS queue_{number}")  # noqa: S608 - Django's own SQL, values apart
        values.extend(parameters)
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        found = cursor.fetchall()
    items = [queues[number].item(_row(queues[number], json.loads(text))) for number, text in found]
    return sorted(items, key=lambda item: item.waiting_since)[:limit]


def _row(queue: Queue, contents: Mapping[str, Any]) -> SimpleNamespace:
    """Return the row as the object that its model would be, with what was read of it and of what it points to."""
    row = SimpleNamespace()
    for name, value in contents.items():
        *owners, last = name.split("__")
        holder = row
        for owner in owners:
            if not hasattr(holder, owner):
                setattr(holder, owner, SimpleNamespace())
            holder = getattr(holder, owner)
        setattr(holder, last, _cell(queue.rows, name, value))
    return row


def _cell(rows: QuerySet[Any], name: str, value: Any) -> Any:
    """Return a value out of JSON as the column's own kind; neither database keeps moments or days, SQLite no nested JSON."""
    if not isinstance(value, str):
        return value
    annotation, model = rows.query.annotations.get(name), cast(type[Model], rows.model)
    column = _column(model, name) if annotation is None else annotation.output_field
    if isinstance(column, JSONField):
        return json.loads(value)
    if isinstance(column, DateTimeField):
        moment = column.to_python(value)
        return timezone.make_aware(moment, UTC) if timezone.is_naive(moment) else moment
    return column.to_python(value) if isinstance(column, DateField) else value


@cache
def _column(model: type[Model], name: str) -> object:
    """Return the field at the end of ``officer__agency__name``, nothing for an annotation."""
    field_, reached = None, model
    for part in name.split("__"):
        try:
            field_ = reached._meta.pk if part == "pk" else reached._meta.get_field(part)
        except FieldDoesNotExist:
            return None
        reached = field_.related_model or reached
    return field_


def counted(glances: Sequence[Glance]) -> list[Figure]:
    """Count all glances in one query."""
    values = count_texts([glance.rows for glance in glances])
    return [Figure(glance.label, value, glance.url) for glance, value in zip(glances, values, strict=True)]
