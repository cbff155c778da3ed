"""The stock of cards: deliveries, movements between stores, destructions, closed days; and the balance to the card.

Nothing is known by a bare count: every figure is a number of serials, each of which stands in one store and one state.
Source: 2009 notice, 三(二), 四(二); ADR-0025.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from warrant.core.access import Permission
from warrant.core.errors import N_
from warrant.core.lifecycle.card import CardState
from warrant.core.lifecycle.table import Machine, Transition


class StoreKind(StrEnum):
    """What a store is; the value is stored. A node has one central store."""

    CENTRAL = "central"
    STATION = "station"


class BatchState(StrEnum):
    """Where a delivery of blanks stands; the value is stored."""

    ARRIVED = "arrived"
    DIFFERENT = "different"
    USABLE = "usable"


class MovementState(StrEnum):
    """Where a movement between two stores stands; the value is stored."""

    GIVEN = "given"
    TAKEN = "taken"
    REFUSED = "refused"


class DestructionState(StrEnum):
    """Where a destruction stands; the value is stored."""

    PROPOSED = "proposed"
    WITNESSED = "witnessed"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class StockDayState(StrEnum):
    """Where the closing of a store's day stands; the value is stored."""

    CLOSED = "closed"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


B = BatchState
M = MovementState
D = DestructionState
Y = StockDayState

CARD_BATCH = Machine(
    name="card batch",
    states=BatchState,
    initial=B.ARRIVED,
    final=frozenset({B.USABLE}),
    transitions=(
        Transition(
            "count",
            (B.ARRIVED,),
            (B.USABLE, B.DIFFERENT),
            Permission.CARD_STOCK,
            needs_second_person=True,
            label=N_("清点到货"),
        ),
        Transition(
            "settle",
            (B.DIFFERENT,),
            (B.USABLE,),
            Permission.CARD_STOCK,
            needs_reason=True,
            needs_second_person=True,
            label=N_("处理清点差异"),
        ),
    ),
)

CARD_MOVEMENT = Machine(
    name="card movement",
    states=MovementState,
    initial=M.GIVEN,
    final=frozenset({M.TAKEN, M.REFUSED}),
    transitions=(
        Transition(
            "take", (M.GIVEN,), (M.TAKEN,), Permission.CARD_STOCK, needs_second_person=True, label=N_("接收")
        ),
        Transition(
            "refuse", (M.GIVEN,), (M.REFUSED,), Permission.CARD_STOCK, needs_reason=True, label=N_("退回")
        ),
    ),
)

CARD_DESTRUCTION = Machine(
    name="card destruction",
    states=DestructionState,
    initial=D.PROPOSED,
    final=frozenset({D.DONE, D.WITHDRAWN}),
    transitions=(
        Transition(
            "witness",
            (D.PROPOSED, D.WITNESSED),
            (D.WITNESSED, D.DONE),
            Permission.CARD_VIEW,
            needs_second_person=True,
            label=N_("见证销毁"),
        ),
        Transition(
            "withdraw",
            (D.PROPOSED, D.WITNESSED),
            (D.WITHDRAWN,),
            Permission.CARD_STOCK,
            needs_reason=True,
            label=N_("撤回销毁"),
        ),
    ),
)

STOCK_DAY = Machine(
    name="stock day",
    states=StockDayState,
    initial=Y.CLOSED,
    final=frozenset({Y.CONFIRMED, Y.REJECTED}),
    transitions=(
        Transition(
            "confirm",
            (Y.CLOSED,),
            (Y.CONFIRMED,),
            Permission.CARD_STOCK,
            needs_second_person=True,
            label=N_("确认日结"),
        ),
        Transition(
            "reject",
            (Y.CLOSED,),
            (Y.REJECTED,),
            Permission.CARD_STOCK,
            needs_reason=True,
            needs_second_person=True,
            label=N_("退回重新盘点"),
        ),
    ),
)


class Standing(StrEnum):
    """How a card counts in the balance of its store."""

    IN_STORE = "in-store"
    AT_STATION = "at-station"
    MADE = "made"
    ISSUED = "issued"
    SPOILED = "spoiled"
    RETURNED = "returned"
    DESTROYED = "destroyed"
    LOST = "lost"


ANNOUNCED = (CardState.ARRIVED, CardState.MISSING, CardState.UNDELIVERED)
"""What a supplier's note names and nobody has counted: in no store, in no balance."""

LYING = (CardState.BLANK, CardState.SPOILED, CardState.RETURNED)
"""What lies in a store and is found there by a count: no job has it, no holder, no fire."""

_STANDINGS: Mapping[CardState, Standing] = {
    CardState.RESERVED: Standing.AT_STATION,
    CardState.PERSONALISED: Standing.MADE,
    CardState.HANDED_OVER: Standing.ISSUED,
    CardState.DEAD: Standing.ISSUED,
    CardState.SPOILED: Standing.SPOILED,
    CardState.RETURNED: Standing.RETURNED,
    CardState.LOST: Standing.LOST,
    CardState.DESTROYED: Standing.DESTROYED,
}


def standing_of(state: CardState, kind: StoreKind) -> Standing | None:
    """Return how a card in ``state`` counts in a store of ``kind``; nothing for one that is only announced."""
    if state in ANNOUNCED:
        return None
    if state is CardState.BLANK:
        return Standing.IN_STORE if kind is StoreKind.CENTRAL else Standing.AT_STATION
    return _STANDINGS[state]


@dataclass(frozen=True)
class Position:
    """Where a card stands: a store (its id), and how it counts there."""

    store: int
    standing: Standing


Flow = tuple[Position | None, Position | None, int]
"""So many cards went from one position to another; nothing stands for outside the stock."""


@dataclass(frozen=True)
class StoreBalance:
    """A store's period: ``opening + received + taken_over - given_over`` is what must stand there at its end.

    ``standings`` are the cards that stand there, by how they count; all figures are numbers of cards.
    """

    opening: int = 0
    received: int = 0
    taken_over: int = 0
    given_over: int = 0
    standings: Mapping[Standing, int] = field(default_factory=dict)

    @property
    def expected(self) -> int:
        """How many cards the period's receipts and movements leave."""
        return self.opening + self.received + self.taken_over - self.given_over

    @property
    def total(self) -> int:
        """How many cards stand there."""
        return sum(self.standings.values())

    @property
    def holds(self) -> bool:
        """Whether the two agree."""
        return self.expected == self.total and min(self.standings.values(), default=0) >= 0

    def __add__(self, other: StoreBalance) -> StoreBalance:
        """Return the balance of two stores together."""
        return StoreBalance(
            self.opening + other.opening,
            self.received + other.received,
            self.taken_over + other.taken_over,
            self.given_over + other.given_over,
            {one: self.standings.get(one, 0) + other.standings.get(one, 0) for one in Standing},
        )


def balances(opening: Mapping[Position, int], flows: Iterable[Flow]) -> dict[int, StoreBalance]:
    """Return the balance of every store that had cards at the beginning of a period or moved some in it.

    Raises: ValueError for a flow that leaves the stock: a card stays in the books for ever.
    """
    held = Counter(dict(opening))
    received: Counter[int] = Counter()
    taken: Counter[int] = Counter()
    given: Counter[int] = Counter()
    for before, after, count in flows:
        if after is None:
            if before is not None:
                raise ValueError("a card never leaves the books")
            continue
        held[after] += count
        if before is None:
            received[after.store] += count
            continue
        held[before] -= count
        if before.store != after.store:
            taken[after.store] += count
            given[before.store] += count
    began: Counter[int] = Counter()
    for position, count in opening.items():
        began[position.store] += count
    stores = {position.store for position in held} | set(began)
    return {
        store: StoreBalance(
            began[store],
            received[store],
            taken[store],
            given[store],
            {standing: held[Position(store, standing)] for standing in Standing},
        )
        for store in sorted(stores)
    }
