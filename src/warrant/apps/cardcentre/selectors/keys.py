"""Reading the keys: acts, versions, the cards that carry them, the transport keys of provinces."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from warrant.apps.cardcentre.models import Card, KeyAct, KeySet, PeerTransportKey
from warrant.apps.cardcentre.types import KEY_ACT_LABELS, SUITE_LABELS, KeyActKind
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor, Permission, require
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, NotFound
from warrant.core.lifecycle import CardState, KeyActState

UNITS_SHOWN = 200


def key_acts(viewer: Actor, *, is_waiting: bool) -> QuerySet[KeyAct]:
    """Return the acts that wait (oldest first), or those that are over (newest first)."""
    require(viewer, Permission.KEY_VIEW, NATION)
    rows = KeyAct.objects.select_related("proposed_by", "confirmed_by").defer("package")
    if is_waiting:
        return rows.filter(state=KeyActState.PROPOSED).order_by("proposed_at", "id")
    return rows.exclude(state=KeyActState.PROPOSED).order_by("-confirmed_at", "-id")


def key_act_for(viewer: Actor, pk: int) -> KeyAct:
    """Return one act. Raises: NotFound, NotPermitted."""
    require(viewer, Permission.KEY_VIEW, NATION)
    act = KeyAct.objects.select_related("proposed_by", "confirmed_by").filter(pk=pk).first()
    if act is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return act


def key_sets(viewer: Actor) -> QuerySet[KeySet]:
    """Return the key sets that the register knows: the master's first, then by province."""
    require(viewer, Permission.KEY_VIEW, NATION)
    return KeySet.objects.order_by("kind", "province_code", "suite", "version")


def key_set_for(viewer: Actor, pk: int) -> KeySet:
    """Return one version of keys. Raises: NotFound, NotPermitted."""
    key_set = key_sets(viewer).filter(pk=pk).first()
    if key_set is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return key_set


def cards_with(key_set: KeySet) -> QuerySet[Card]:
    """Return the cards in people's hands, or on their way there, that carry keys of a version."""
    return Card.objects.filter(
        key_suite=key_set.suite,
        key_version=key_set.version,
        state__in=(CardState.RESERVED, CardState.PERSONALISED, CardState.HANDED_OVER),
    )


def cards_by_unit(viewer: Actor, key_set: KeySet) -> list[dict[str, Any]]:
    """Return how many cards carry keys of a version, by the holders' present unit, the one with most of them first."""
    require(viewer, Permission.KEY_VIEW, NATION)
    unit = F("certificate__agency_unit")
    name = Subquery(Agency.objects.filter(pk=OuterRef("unit")).values("name")[:1])
    rows = cards_with(key_set).order_by().values(unit=unit).annotate(count=Count("id"), name=name)
    return [
        {"agency": row["name"] or "", "count": row["count"]}
        for row in rows.order_by("-count", "name")[:UNITS_SHOWN]
    ]


def transport_keys(viewer: Actor) -> QuerySet[PeerTransportKey]:
    """Return the transport keys that provinces have sent up."""
    require(viewer, Permission.KEY_VIEW, NATION)
    return PeerTransportKey.objects.order_by("node_code")


def key_act_title(act: KeyAct) -> str:
    """Return what an act does, in one line: 下发分密钥 SM4 第 1 版 320000."""
    return _("%(kind)s %(suite)s 第 %(version)s 版") % {
        "kind": _(KEY_ACT_LABELS[KeyActKind(act.kind)]),
        "suite": SUITE_LABELS.get(act.parameters["suite"], act.parameters["suite"]),
        "version": act.parameters["version"],
    }
