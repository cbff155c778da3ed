"""The card (the physical chip card) and the job that makes it.

A job is reserved, acted, read back, recorded; what a crash leaves is a job that can be resumed or a spoiled card.
Source: 2009 notice, 三(二), 四(二).
"""

from __future__ import annotations

from enum import StrEnum

from warrant.core.access import Permission
from warrant.core.errors import N_
from warrant.core.lifecycle.table import Machine, Transition


class CardState(StrEnum):
    """Where a card stands; the value is stored. The first three are announced by a supplier and not in stock."""

    ARRIVED = "arrived"
    MISSING = "missing"
    UNDELIVERED = "undelivered"
    BLANK = "blank"
    RESERVED = "reserved"
    PERSONALISED = "personalised"
    HANDED_OVER = "handed-over"
    SPOILED = "spoiled"
    DEAD = "dead"
    RETURNED = "returned"
    LOST = "lost"
    DESTROYED = "destroyed"


class CardJobState(StrEnum):
    """Where a card job stands: taken to a station, at the chip (survives a crash), made and to be checked, ended."""

    WAITING = "waiting"
    RUNNING = "running"
    MADE = "made"
    FINISHED = "finished"
    SPOILED = "spoiled"


K = CardState
J = CardJobState

CARD = Machine(
    name="card",
    states=CardState,
    initial=K.ARRIVED,
    final=frozenset({K.UNDELIVERED, K.DESTROYED}),
    transitions=(
        Transition(
            "count", (K.ARRIVED,), (K.BLANK, K.MISSING), Permission.CARD_STOCK, needs_second_person=True
        ),
        Transition(
            "settle",
            (K.ARRIVED, K.MISSING),
            (K.BLANK, K.UNDELIVERED),
            Permission.CARD_STOCK,
            needs_reason=True,
            needs_second_person=True,
        ),
        Transition("reserve", (K.BLANK,), (K.RESERVED,), Permission.CARD_PRODUCE, guards=("at-station",)),
        Transition("record-personalisation", (K.RESERVED,), (K.PERSONALISED,), Permission.CARD_PRODUCE),
        Transition(
            "spoil",
            (K.BLANK, K.RESERVED, K.PERSONALISED),
            (K.SPOILED,),
            Permission.CARD_PRODUCE,
            needs_reason=True,
            label=N_("作废此卡"),
        ),
        Transition("hand-over", (K.PERSONALISED,), (K.HANDED_OVER,), Permission.CARD_HAND_OVER),
        Transition("kill", (K.PERSONALISED, K.HANDED_OVER), (K.DEAD,), None),
        Transition(
            "take-back",
            (K.PERSONALISED, K.HANDED_OVER, K.DEAD),
            (K.RETURNED,),
            Permission.CARD_STOCK,
            guards=("certificate-ended",),
            needs_reason=True,
            label=N_("收回此卡"),
        ),
        Transition(
            "lose",
            (K.BLANK, K.SPOILED, K.RETURNED),
            (K.LOST,),
            Permission.CARD_STOCK,
            needs_reason=True,
            needs_second_person=True,
        ),
        Transition(
            "find", (K.LOST,), (K.SPOILED,), Permission.CARD_STOCK, needs_reason=True, label=N_("找到此卡")
        ),
        Transition(
            "destroy",
            (K.SPOILED, K.RETURNED),
            (K.DESTROYED,),
            Permission.CARD_VIEW,
            guards=("two-witnesses",),
            needs_second_person=True,
        ),
    ),
)

CARD_JOB = Machine(
    name="card job",
    states=CardJobState,
    initial=J.WAITING,
    final=frozenset({J.FINISHED, J.SPOILED}),
    transitions=(
        Transition(
            "start",
            (J.WAITING,),
            (J.RUNNING,),
            Permission.CARD_PRODUCE,
            guards=("verified-receipt",),
            label=N_("开始制卡"),
        ),
        Transition(
            "resume",
            (J.RUNNING,),
            (J.RUNNING,),
            Permission.CARD_PRODUCE,
            guards=("verified-receipt",),
            label=N_("继续制卡"),
        ),
        Transition("make", (J.RUNNING,), (J.MADE,), Permission.CARD_PRODUCE, guards=("card-read-back",)),
        Transition("finish", (J.MADE,), (J.FINISHED,), Permission.CARD_PRODUCE, label=N_("质检合格")),
        Transition(
            "spoil",
            (J.RUNNING, J.MADE),
            (J.SPOILED,),
            Permission.CARD_PRODUCE,
            needs_reason=True,
            label=N_("作废此卡"),
        ),
    ),
)
