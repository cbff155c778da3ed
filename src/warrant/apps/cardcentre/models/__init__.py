"""Stock of cards, card jobs and their steps, key sets and the acts of their custodians."""

from warrant.apps.cardcentre.models.jobs import CardJob, CardJobStep, StationBatch
from warrant.apps.cardcentre.models.keys import KeyAct, KeyPart, KeySet, PeerTransportKey
from warrant.apps.cardcentre.models.parcels import Parcel, ParcelLine
from warrant.apps.cardcentre.models.sams import Sam, SamBlockList, SamCount, SamEntry
from warrant.apps.cardcentre.models.stock import Card, CardBatch, CardEntry, CardStore
from warrant.apps.cardcentre.models.stock_acts import CardDestruction, CardMovement, StockDay

__all__ = [
    "Card",
    "CardBatch",
    "CardDestruction",
    "CardEntry",
    "CardJob",
    "CardJobStep",
    "CardMovement",
    "CardStore",
    "KeyAct",
    "KeyPart",
    "KeySet",
    "Parcel",
    "ParcelLine",
    "PeerTransportKey",
    "Sam",
    "SamBlockList",
    "SamCount",
    "SamEntry",
    "StationBatch",
    "StockDay",
]
