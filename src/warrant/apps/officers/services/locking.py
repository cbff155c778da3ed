"""Locking officers: first of all, and always in the same order."""

from __future__ import annotations

from collections.abc import Iterable

from warrant.apps.officers.models import Officer


def lock_officers(pks: Iterable[int]) -> dict[int, Officer]:
    """Return officers by id, locked in the order of their ids; the caller checks the rights.

    Whoever also locks what hangs on an officer (an application, a certificate) locks the officer first: everywhere
    the same order, so that two acts at once wait for each other and never for ever.
    """
    wanted = set(pks)
    # Locked without the unit: somebody who moves between units meanwhile would drop out of the join, found nowhere.
    locked = list(Officer.system.select_for_update().filter(pk__in=wanted).order_by("pk").values_list("pk"))
    rows = Officer.system.select_related("agency").filter(pk__in=wanted) if locked else ()
    return {officer.pk: officer for officer in rows}
