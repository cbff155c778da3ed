"""Reading the SAMs: all of them, one with its ledger, the counts, the signed block list."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from warrant.apps.cardcentre.models import KeySet, Sam, SamBlockList, SamCount
from warrant.core.access import Actor, Permission, require
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, NotFound
from warrant.core.lifecycle.key import KeyState


def sams(viewer: Actor, *, state: str = "", serial: str = "", version: int | None = None) -> QuerySet[Sam]:
    """Return the SAMs, narrowed by state, by the beginning of the serial, by a key version that they hold."""
    require(viewer, Permission.KEY_VIEW, NATION)
    rows = Sam.objects.select_related("agency")
    if state:
        rows = rows.filter(state=state)
    if serial:
        rows = rows.filter(serial__startswith=serial)
    if version is not None:
        holding = [pk for pk, held in Sam.objects.values_list("pk", "key_versions") if version in held]
        rows = rows.filter(pk__in=holding)
    return rows


def sam_counts(viewer: Actor) -> dict[str, int]:
    """Return how many SAMs stand in each state."""
    require(viewer, Permission.KEY_VIEW, NATION)
    rows = Sam.objects.order_by().values("state").annotate(count=Count("id"))
    return {row["state"]: row["count"] for row in rows}


def sam_for(viewer: Actor, serial: str) -> Sam:
    """Return one SAM. Raises: NotFound, NotPermitted."""
    require(viewer, Permission.KEY_VIEW, NATION)
    people = ("agency", "received_by", "accepted_by", "condemned_by", "destroyed_by")
    sam = Sam.objects.select_related(*people).filter(serial=serial.upper()).first()
    if sam is None:
        raise NotFound("sam-not-found", N_("没有登记过这张 SAM 卡"))
    return sam


def counts_of_sams(viewer: Actor) -> QuerySet[SamCount]:
    """Return the counts, newest first."""
    require(viewer, Permission.KEY_VIEW, NATION)
    return SamCount.objects.select_related("counted_by", "ended_by").order_by("-id")


def sam_count_for(viewer: Actor, pk: int) -> SamCount:
    """Return one count. Raises: NotFound, NotPermitted."""
    count = counts_of_sams(viewer).filter(pk=pk).first()
    if count is None:
        raise NotFound("sam-count-not-found", N_("没有这次盘点"))
    return count


def versions_for_sams() -> list[KeySet]:
    """Return the province's sub-keys that a SAM may hold, newest first."""
    usable = (KeyState.PRE_ACTIVE, KeyState.ACTIVE, KeyState.RETIRED)
    return list(KeySet.objects.filter(kind="sub", state__in=usable).order_by("suite", "-version"))


def block_list() -> SamBlockList | None:
    """Return the signed list as it stands, none before the first SAM."""
    return SamBlockList.objects.first()
