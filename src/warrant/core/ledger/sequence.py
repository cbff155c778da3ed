"""Sequence rules between a sender's log and a receiver's copy, and between the versions of one subject.

Pure functions: they look at sizes, roots and hashes and answer what must happen; storing and sending is the caller's.
Events are counted from 1, so a log of ``size`` entries ends with event ``size``. No clock is asked anywhere.

A *fork* is two different entries at one place, or two roots at one size. It never heals by machine: both sides stop.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from warrant.core.errors import N_, InvalidInput
from warrant.core.ledger.checkpoint import Checkpoint
from warrant.core.ledger.merkle import Frontier, StoredTree


@dataclass(frozen=True)
class Accept:
    """Store the batch from its entry ``skip`` on (what lies before is held already); the log then has ``frontier``."""

    skip: int
    frontier: Frontier


@dataclass(frozen=True)
class Duplicate:
    """Everything in the batch is held already, byte for byte: answer as the first time."""


@dataclass(frozen=True)
class Gap:
    """The batch begins too late; event ``expected`` must come next."""

    expected: int


@dataclass(frozen=True)
class Fork:
    """The two logs disagree about event ``seq`` or an earlier one: stop and raise an alarm."""

    seq: int


@dataclass(frozen=True)
class WrongRoot:
    """Batch and checkpoint do not belong together: refuse the batch, keep the position, raise an alarm."""


def judge_batch(
    held: StoredTree, frontier: Frontier, first_seq: int, leaves: Sequence[bytes], checkpoint: Checkpoint
) -> Accept | Duplicate | Gap | Fork | WrongRoot:
    """Decide what a receiver does with a batch of a sender's log.

    ``held`` and ``frontier`` are the receiver's copy; ``first_seq`` is the number of the batch's first event,
    ``leaves`` are the leaf hashes of its events, ``checkpoint`` (signature already verified) is the log right after
    the last of them. An empty batch is a heartbeat. Raises: InvalidInput ``batch-invalid`` for ``first_seq`` < 1.
    """
    if first_seq < 1 or held.size != frontier.size:
        raise InvalidInput("batch-invalid", N_("事件批次的起始序号不正确。"), place="from")
    last_seq = first_seq - 1 + len(leaves)
    if checkpoint.size != last_seq:
        return WrongRoot()
    if first_seq > held.size + 1:
        return Gap(held.size + 1)
    overlap = min(last_seq, held.size) - (first_seq - 1)
    for offset in range(overlap):
        if not hmac.compare_digest(held.leaf(first_seq - 1 + offset), leaves[offset]):
            return Fork(first_seq + offset)
    if last_seq <= held.size:
        # Same entries here, but perhaps another past: the root covers all of it.
        return Duplicate() if _agree(held.root(last_seq), checkpoint.root) else Fork(max(last_seq, 1))
    grown = frontier.extend(leaves[overlap:])
    if not _agree(grown.root(), checkpoint.root):
        return WrongRoot()
    return Accept(overlap, grown)


@dataclass(frozen=True)
class Level:
    """Both sides hold the same log."""


@dataclass(frozen=True)
class Send:
    """The peer holds the log's beginning: send from event ``next_seq`` on.

    ``is_rewind`` tells that the peer had acknowledged more before: it was restored from an older backup.
    """

    next_seq: int
    is_rewind: bool


@dataclass(frozen=True)
class Recover:
    """The peer holds more of this node's own log than the node itself, which was restored: fetch from ``next_seq``."""

    next_seq: int


def judge_peer(
    own: StoredTree, peer: Checkpoint, *, acknowledged: int, is_starting: bool
) -> Level | Send | Recover | Fork:
    """Compare a node's own log with what its peer says it holds of it (heartbeat and boot handshake).

    ``acknowledged`` is the greatest size the peer has ever counter-signed, as far as this node remembers. A peer that
    holds more than the log has is a lost tail while the node ``is_starting`` (nothing was written yet), and a fork
    after that. What is fetched for :class:`Recover` must be judged by :func:`judge_batch` against the own log.
    """
    if peer.size > own.size:
        return Recover(own.size + 1) if is_starting else Fork(own.size + 1)
    if not _agree(own.root(peer.size), peer.root):
        return Fork(max(peer.size, 1))
    if peer.size == own.size:
        return Level()
    return Send(peer.size + 1, is_rewind=peer.size < acknowledged)


def judge_gap_answer(own_size: int, acknowledged: int, expected: int) -> Send | Fork:
    """Decide what a sender does when the receiver answers that it expects event ``expected`` next.

    Rewinds if the receiver lost what it had acknowledged; a receiver that expects what was never written is a fork.
    Raises: InvalidInput ``batch-invalid`` for ``expected`` < 1.
    """
    if expected < 1:
        raise InvalidInput("batch-invalid", N_("事件批次的起始序号不正确。"), place="expected")
    if expected > own_size + 1:
        return Fork(own_size + 1)
    return Send(expected, is_rewind=expected <= acknowledged)


class VersionVerdict(StrEnum):
    """What becomes of an event that changes a subject."""

    APPLY = "apply"
    """It follows the version held."""
    STALE = "stale"
    """Its version, or a later one, is held: nothing to do if it is the same event, otherwise a dead letter."""
    PARK = "park"
    """It must wait: an earlier event of the same subject is missing or waits itself."""
    INVALID = "invalid"
    """It contradicts itself: ``ver`` is not ``prev_ver + 1``."""


def judge_version(held_ver: int, ver: int, prev_ver: int, *, is_parked: bool = False) -> VersionVerdict:
    """Decide whether an event may change its subject, of which version ``held_ver`` is held (0: none yet).

    ``is_parked`` tells that an earlier event of the subject waits for a person; those behind it queue up.
    """
    if ver != prev_ver + 1:
        return VersionVerdict.INVALID
    if ver <= held_ver:
        return VersionVerdict.STALE
    if is_parked or prev_ver > held_ver:
        return VersionVerdict.PARK
    return VersionVerdict.APPLY


def _agree(one: bytes, other: bytes) -> bool:
    return hmac.compare_digest(one, other)


__all__ = [
    "Accept",
    "Duplicate",
    "Fork",
    "Gap",
    "Level",
    "Recover",
    "Send",
    "VersionVerdict",
    "WrongRoot",
    "judge_batch",
    "judge_gap_answer",
    "judge_peer",
    "judge_version",
]
