"""What other apps have built on an officer: it keeps a record from being deleted and an import from being undone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from django.conf import settings
from django.utils.module_loading import import_string

UseProvider = Callable[[Collection[int]], Mapping[int, str]]
"""Takes officers' primary keys; returns for those that something stands on what it is, in translated words.

``{17: "有 2 份资格申请"}``. Named in ``settings.WARRANT_OFFICER_USES``. One query for all of them.
"""


def uses_of(pks: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Return what stands on these officers, by primary key, in words; whoever is missing carries nothing.

    Only what other apps keep (training, applications, certificates ...). What belongs to the record itself (entries,
    documents, later versions) shows in ``Officer.revision``, which is 1 as long as nobody touched the record.
    """
    found: dict[int, tuple[str, ...]] = {}
    for path in getattr(settings, "WARRANT_OFFICER_USES", ()):
        provider: UseProvider = import_string(path)
        for pk, text in provider(pks).items():
            found[pk] = (*found.get(pk, ()), text)
    return found
