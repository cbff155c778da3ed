"""Reading how far an exchange of keys has come: the cards in people's hands that still carry an earlier version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from warrant.apps.cardcentre.models import Card, KeySet
from warrant.apps.certificates.models import Certificate
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor, Permission
from warrant.core.lifecycle import CardState, CertificateState
from warrant.core.lifecycle.key import KeyState

_SUB = "sub"


class Behind(NamedTuple):
    """Cards of a unit that are behind: to be exchanged at a visit, begun and not finished, to be replaced (leaked)."""

    waiting: int = 0
    under_way: int = 0
    leaked: int = 0


def cards_behind(viewer: Actor) -> QuerySet[Card]:
    """Return handed-over cards of certificates in use, in scope, whose suite has another active version.

    ``has_leaked`` tells those whose own version is compromised or destroyed: they are replaced, not re-keyed.
    """
    certificates = Certificate.objects.visible_to(viewer, Permission.CARD_PRODUCE).filter(
        state__in=(CertificateState.ACTIVE, CertificateState.LAPSED)
    )
    versions = KeySet.objects.filter(kind=_SUB, suite=OuterRef("key_suite"))
    newer = versions.filter(state=KeyState.ACTIVE).exclude(version=OuterRef("key_version"))
    leaked = versions.filter(
        version=OuterRef("key_version"), state__in=(KeyState.COMPROMISED, KeyState.DESTROYED)
    )
    return Card.objects.filter(
        Exists(newer) | Q(next_key_version__isnull=False),
        state=CardState.HANDED_OVER,
        key_version__isnull=False,
        certificate__in=certificates,
    ).annotate(has_leaked=Exists(leaked))


def units_behind(viewer: Actor) -> QuerySet[Agency]:
    """Return the units that have such cards."""
    units = cards_behind(viewer).order_by().values("certificate__agency_unit")
    return Agency.objects.filter(pk__in=units)


def behind_by_unit(viewer: Actor, units: Sequence[Agency]) -> dict[int, Behind]:
    """Return for each unit how many of its cards are behind; one query for all."""
    is_under_way = Q(next_key_version__isnull=False)
    rows = (
        cards_behind(viewer)
        .filter(certificate__agency_unit__in=[unit.pk for unit in units])
        .order_by()
        .values(unit=F("certificate__agency_unit"))
        .annotate(
            waiting=Count("pk", filter=Q(has_leaked=False) & ~is_under_way),
            under_way=Count("pk", filter=is_under_way),
            leaked=Count("pk", filter=Q(has_leaked=True) & ~is_under_way),
        )
    )
    return {row["unit"]: Behind(row["waiting"], row["under_way"], row["leaked"]) for row in rows}


__all__ = ["Behind", "behind_by_unit", "cards_behind", "units_behind"]
