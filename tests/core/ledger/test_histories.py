"""Whatever happens on the line and to either end, both ends come level or call people; and each rule is needed for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from tests.core.ledger.histories import CARELESS, DESIGN, History, Rules, verdicts

from warrant.core.ledger import sequence
from warrant.core.ledger.checkpoint import Checkpoint
from warrant.core.ledger.merkle import Frontier, StoredTree, leaf_hash
from warrant.core.ledger.sequence import (
    Accept,
    Duplicate,
    Fork,
    Gap,
    Level,
    Recover,
    Send,
    VersionVerdict,
    WrongRoot,
)

MOST_HISTORIES = 600
"""How many a weakening is given to show itself; nearly all need a few."""

BatchVerdict = Accept | Duplicate | Gap | Fork | WrongRoot
Judge = Callable[[StoredTree, Frontier, int, Sequence[bytes], Checkpoint], BatchVerdict]


def test_both_ends_come_level_in_every_history() -> None:
    assert verdicts(500) == {"level": 500}


def test_whoever_writes_over_a_lost_tail_is_found_out() -> None:
    found = verdicts(300, CARELESS)
    assert set(found) == {"level", "alarm"}
    assert found["alarm"] > 50


def batches(
    change: Callable[[BatchVerdict, StoredTree, Frontier, int, Sequence[bytes]], BatchVerdict],
) -> Rules:
    """The design with another verdict on batches."""

    def judge(
        held: StoredTree, frontier: Frontier, first: int, leaves: Sequence[bytes], checkpoint: Checkpoint
    ) -> BatchVerdict:
        verdict = sequence.judge_batch(held, frontier, first, leaves, checkpoint)
        return change(verdict, held, frontier, first, leaves)

    return replace(DESIGN, judge_batch=judge)


def _new_of(held: StoredTree, first: int, leaves: Sequence[bytes]) -> Sequence[bytes]:
    return leaves[max(held.size - first + 1, 0) :]


def _accepting(unwanted: type) -> Rules:
    """Take a batch in that is to be refused: what lies beyond what is held, whatever it stands upon."""

    def change(
        verdict: BatchVerdict, held: StoredTree, frontier: Frontier, first: int, leaves: Sequence[bytes]
    ) -> BatchVerdict:
        if not isinstance(verdict, unwanted):
            return verdict
        skip = len(leaves) - len(_new_of(held, first, leaves))
        return Accept(skip, frontier.extend(leaves[skip:]))

    return batches(change)


def _skipping(more: int) -> Rules:
    def change(verdict: BatchVerdict, *_others: object) -> BatchVerdict:
        return (
            Accept(max(verdict.skip + more, 0), verdict.frontier) if isinstance(verdict, Accept) else verdict
        )

    return batches(change)


def _expecting(more: int) -> Rules:
    def change(verdict: BatchVerdict, *_others: object) -> BatchVerdict:
        return Gap(verdict.expected + more) if isinstance(verdict, Gap) else verdict

    return batches(change)


def _instead(of: type, verdict_given: BatchVerdict) -> Rules:
    def change(verdict: BatchVerdict, *_others: object) -> BatchVerdict:
        return verdict_given if isinstance(verdict, of) else verdict

    return batches(change)


def peers(change: Callable[[object, StoredTree, Checkpoint], object]) -> Rules:
    """The design with another verdict on what the peer holds."""

    def judge(own: StoredTree, peer: Checkpoint, *, acknowledged: int, is_starting: bool) -> object:
        verdict = sequence.judge_peer(own, peer, acknowledged=acknowledged, is_starting=is_starting)
        return change(verdict, own, peer)

    return replace(DESIGN, judge_peer=judge)


def gaps(change: Callable[[object, int, int], object]) -> Rules:
    """The design with another answer to "I expect event N"."""

    def judge(own_size: int, acknowledged: int, expected: int) -> object:
        return change(sequence.judge_gap_answer(own_size, acknowledged, expected), acknowledged, expected)

    return replace(DESIGN, judge_gap_answer=judge)


def versions(change: Callable[[VersionVerdict], VersionVerdict]) -> Rules:
    """The design with another verdict on versions."""

    def judge(held: int, ver: int, prev_ver: int, *, is_parked: bool) -> VersionVerdict:
        return change(sequence.judge_version(held, ver, prev_ver, is_parked=is_parked))

    return replace(DESIGN, judge_version=judge)


def _blind(expected: object) -> Callable[..., object]:
    return lambda verdict, *_others: expected if isinstance(verdict, Fork) else verdict


BLIND = replace(
    peers(
        lambda verdict, own, peer: (
            verdict
            if peer.size > own.size
            else Level()
            if peer.size == own.size
            else Send(peer.size + 1, is_rewind=False)
        )
    ),
    shakes_hands=False,
)
"""A careless province that does not compare what the ministry holds with its own log, only how much: the ministry must."""


def test_the_ministry_finds_out_alone() -> None:
    found = verdicts(300, BLIND)
    assert set(found) == {"level", "alarm"}


WEAKENINGS: dict[str, Rules] = {
    "a batch after a gap is taken in": _accepting(Gap),
    "other entries at held places are passed over": _accepting(Fork),
    "another past is taken for what is known": _instead(Fork, Duplicate()),
    "what is known is taken for another past": _instead(Duplicate, Fork(1)),
    "what is known is answered as a gap": _instead(Duplicate, Gap(1)),
    "one entry too many is skipped": _skipping(1),
    "one entry too few is skipped": _skipping(-1),
    "nothing is skipped": _skipping(-1000),
    "a gap names one too many": _expecting(1),
    "leaves are hashed without their content": replace(DESIGN, leaf=lambda _body: leaf_hash(b"")),
    "the checkpoint is of the log as it is now": replace(DESIGN, checkpoint_of="now"),
    "a longer peer is level": peers(_blind(Level())),
    "a peer is never compared": peers(
        lambda _verdict, own, peer: (
            Level() if peer.size == own.size else Send(min(peer.size, own.size) + 1, False)
        )
    ),
    "a peer that lags is a fork": peers(lambda v, *_o: Fork(1) if isinstance(v, Send) and v.is_rewind else v),
    "a lost tail is a fork": peers(lambda v, *_o: Fork(v.next_seq) if isinstance(v, Recover) else v),
    "a lost tail is written over": peers(lambda v, *_o: Level() if isinstance(v, Recover) else v),
    "a lost tail is fetched from one too far": peers(
        lambda v, *_o: Recover(v.next_seq + 1) if isinstance(v, Recover) else v
    ),
    "the sender does not rewind": gaps(lambda v, acknowledged, _e: Send(acknowledged + 1, False)),
    "the sender rewinds one too little": gaps(
        lambda v, *_o: Send(v.next_seq + 1, v.is_rewind) if isinstance(v, Send) else v
    ),
    "every rewind is a fork": gaps(lambda v, *_o: Fork(1) if isinstance(v, Send) and v.is_rewind else v),
    "versions that follow wait": versions(lambda v: VersionVerdict.PARK if v is VersionVerdict.APPLY else v),
    "no handshake after a restore": CARELESS,
    "only the first part of a lost tail is fetched": replace(DESIGN, recovers="first"),
    "the lost tail comes back without its versions": replace(DESIGN, recovers="versions"),
    "no heartbeat": replace(DESIGN, beats=False),
    "what the batch says is answered": replace(DESIGN, answers="batch"),
    "position and effects are two transactions": replace(DESIGN, commits="position"),
    "effects and position are two transactions": replace(DESIGN, commits="effects"),
    "a restored ministry keeps newer versions": replace(DESIGN, restores_versions=False),
    "a whole batch is applied again": replace(DESIGN, applies="all"),
    "a batch is applied backwards": replace(DESIGN, applies="backwards"),
}


def caught_at(rules: Rules) -> int | None:
    """Return the first history that ends as it may not: not level by the design, unnoticed where senders are careless."""
    careless = replace(rules, shakes_hands=False)
    blind = replace(careless, judge_peer=BLIND.judge_peer)
    is_sender_itself = rules.judge_peer is not DESIGN.judge_peer
    for seed in range(MOST_HISTORIES):
        if History(seed, rules).play() != "level":
            return seed
        if any(
            History(seed, world).play() not in ("level", "alarm")
            for world in ([careless] if is_sender_itself else [careless, blind])
        ):
            return seed
    return None


@pytest.mark.parametrize("weakening", WEAKENINGS)
def test_each_weakening_is_caught(weakening: str) -> None:
    assert caught_at(WEAKENINGS[weakening]) is not None


def test_there_are_enough_of_them() -> None:
    assert len(WEAKENINGS) >= 25
