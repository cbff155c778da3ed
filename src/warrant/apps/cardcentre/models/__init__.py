"""Stock of cards, card jobs and their steps, key sets and the acts of their custodians."""

from warrant.apps.cardcentre.models.jobs import CardJob, CardJobStep, StationBatch
from warrant.apps.cardcentre.models.keys import KeyAct, KeySet, PeerTransportKey
from warrant.apps.cardcentre.models.stock import Card, CardBatch

__all__ = [
    "Card",
    "CardBatch",
    "CardJob",
    "CardJobStep",
    "KeyAct",
    "KeySet",
    "PeerTransportKey",
    "StationBatch",
]
