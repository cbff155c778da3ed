"""What other apps have built on an officer: it keeps a record from being deleted and an import from being undone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet, Value
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

UseProvider = Callable[[Collection[int]], Sequence[QuerySet[Any, Any]]]
"""Takes officers' primary keys; returns questions made by :func:`counted`, which are then asked as one.

Named in ``settings.WARRANT_OFFICER_USES``.
"""


def counted(rows: QuerySet[Any], words: str) -> QuerySet[Any, Any]:
    """Return the question how many of ``rows`` each officer has; ``words`` is a message id with ``%(count)s``."""
    counts = rows.order_by().values("officer_id").annotate(words=Value(words), count=Count("pk"))
    question: QuerySet[Any, Any] = counts.values_list("officer_id", "words", "count")
    return question


def uses_of(pks: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Return what stands on these officers, by primary key, in words; whoever is missing carries nothing. One query.

    Only what other apps keep (training, applications, certificates ...). What belongs to the record itself (entries,
    documents, later versions) shows in ``Officer.revision``, which is 1 as long as nobody touched the record.
    """
    questions: list[QuerySet[Any, Any]] = []
    for path in getattr(settings, "WARRANT_OFFICER_USES", ()):
        provider: UseProvider = import_string(path)
        questions.extend(provider(pks))
    if not questions:
        return {}
    found: dict[int, tuple[str, ...]] = {}
    first, *others = questions
    for pk, words, count in first.union(*others, all=True) if others else first:
        found[pk] = (*found.get(pk, ()), _(words) % {"count": count})
    return found
