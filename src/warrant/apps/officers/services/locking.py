"""Locking officers: first of all, and always in the same order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from warrant.apps.officers.models import Officer


def hold_officers(pks: Iterable[int] | QuerySet[Any, int]) -> list[int]:
    """Lock officers in the order of their ids and return these; a query of ids is asked in the same statement.

    For whoever reads the officers along with what hangs on them; :func:`lock_officers` returns them.
    """
    # Locked without the unit: somebody who moves between units meanwhile would drop out of the join, found nowhere.
    held = Officer.system.select_for_update().filter(pk__in=pks).order_by("pk")
    return list(held.values_list("pk", flat=True))


def lock_officers(pks: Iterable[int]) -> dict[int, Officer]:
    """Return officers by id, locked in the order of their ids; the caller checks the rights.

    Whoever also locks what hangs on an officer (an application, a certificate) locks the officer first: everywhere
    the same order, so that two acts at once wait for each other and never for ever.
    """
    held = hold_officers(set(pks))
    rows = Officer.system.select_related("agency").filter(pk__in=held) if held else ()
    return {officer.pk: officer for officer in rows}
