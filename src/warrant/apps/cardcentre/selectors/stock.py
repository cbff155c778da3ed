"""Reading the stock of cards."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from warrant.apps.cardcentre.models import Card
from warrant.apps.cardcentre.types import SUITE_LABELS
from warrant.core.access import Actor, Permission, require
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, NotFound
from warrant.core.lifecycle import CardState


def cards_in_stock(viewer: Actor, state: str = "") -> QuerySet[Card]:
    """Return the node's cards by serial. Raises: NotFound, NotPermitted."""
    require(viewer, Permission.CARD_STOCK, NATION)
    rows = Card.objects.select_related("certificate__officer", "batch")
    return rows.filter(state=state) if state else rows


def card_counts(viewer: Actor) -> dict[CardState, int]:
    """Return how many cards stand in each state."""
    require(viewer, Permission.CARD_STOCK, NATION)
    counted = dict(Card.objects.order_by().values_list("state").annotate(Count("id")))
    return {state: counted.get(state.value, 0) for state in CardState}


def blanks_by_suite() -> dict[str, int]:
    """Return how many blanks of each cipher suite are left."""
    rows = (
        Card.objects.filter(state=CardState.BLANK).order_by().values_list("key_suite").annotate(Count("id"))
    )
    return {SUITE_LABELS.get(suite, suite): count for suite, count in rows}


def card_for(viewer: Actor, serial: str) -> Card:
    """Return one card of the stock. Raises: NotFound, NotPermitted."""
    card = cards_in_stock(viewer).filter(serial=serial).first()
    if card is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return card
