"""Random histories of provinces that write and a ministry that mirrors them: lost and late messages, crashes, backups.

What is decided about batches, peers, answers and versions is the product's (``core.ledger.sequence``); keeping and
sending is played here as ``apps.exchange`` does it: what belongs into one transaction changes at once. One history is a
few hundred steps from one seed. ``python -m tests.core.ledger.histories 10000`` plays that many.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from warrant.core.ledger import sequence
from warrant.core.ledger.checkpoint import Checkpoint
from warrant.core.ledger.merkle import GrowingTree, leaf_hash
from warrant.core.ledger.sequence import Accept, Duplicate, Fork, Gap, Level, Recover, Send, VersionVerdict

PROVINCES = 2
STEPS = 150
MOST_IN_A_BATCH = 4
SUBJECTS = 3


@dataclass(frozen=True)
class Rules:
    """What the nodes go by; each field is a place that can be weakened."""

    judge_batch: Callable[..., object] = sequence.judge_batch
    judge_peer: Callable[..., object] = sequence.judge_peer
    judge_gap_answer: Callable[..., object] = sequence.judge_gap_answer
    judge_version: Callable[..., object] = sequence.judge_version
    leaf: Callable[[bytes], bytes] = leaf_hash
    shakes_hands: bool = True
    """A province asks what the ministry holds of its log before it writes again."""
    beats: bool = True
    """A province with nothing to send shows its checkpoint now and then."""
    remembers_forks: bool = True
    acknowledges: str = "held"
    """What a sender takes for acknowledged: what the answer says is ``held``, or what it has ``sent``."""
    answers: str = "held"
    """What a receiver answers: what it holds, or where the ``batch`` ended."""
    commits: str = "one"
    """``one`` transaction; or the ``position``, or the ``effects``, in one of its own; or the ``answer`` before it."""
    restores_versions: bool = True
    applies: str = "new"
    """``new`` events; ``all`` of the batch; or new ones ``backwards``."""
    recovers: str = "whole"
    """The ``whole`` lost tail; only its ``first`` part; or the events without the subjects' ``versions``."""
    checkpoint_of: str = "batch"
    """The log at the end of the ``batch``, or as it is ``now``."""


DESIGN = Rules()
CARELESS = replace(DESIGN, shakes_hands=False)
"""A province that writes at once after a restore: nothing can mend that, but it must never go unnoticed."""


@dataclass(frozen=True)
class Event:
    """One entry of a province's log."""

    subject: int
    version: int
    body: bytes


@dataclass
class Log:
    """Entries and their tree."""

    events: list[Event] = field(default_factory=list)
    tree: GrowingTree = field(default_factory=GrowingTree)

    def add(self, events: Sequence[Event], rules: Rules) -> None:
        for event in events:
            self.events.append(event)
            self.tree.append(rules.leaf(event.body))

    @property
    def size(self) -> int:
        return len(self.events)

    def checkpoint(self, size: int) -> Checkpoint:
        return Checkpoint("log", size, self.tree.stored.root(size))


def _log_of(events: Sequence[Event], rules: Rules) -> Log:
    log = Log()
    log.add(events, rules)
    return log


@dataclass
class Mirror:
    """The ministry's copy of one log and what it did by it: one row of each table."""

    log: Log = field(default_factory=Log)
    versions: dict[int, int] = field(default_factory=dict)
    parked: set[int] = field(default_factory=set)
    applied: list[bytes] = field(default_factory=list)
    is_forked: bool = False


@dataclass(frozen=True)
class Batch:
    first: int
    events: tuple[Event, ...]
    checkpoint: Checkpoint


@dataclass
class Province:
    log: Log = field(default_factory=Log)
    versions: dict[int, int] = field(default_factory=dict)
    acknowledged: int = 0
    is_forked: bool = False
    is_starting: bool = False
    backup: tuple[int, dict[int, int], int] = (0, {}, 0)
    late: list[Batch] = field(default_factory=list)
    promised: dict[int, bytes] = field(default_factory=dict)
    """What the ministry has acknowledged and at least one end still holds."""


class LostError(Exception):
    """No answer came."""


@dataclass
class History:
    """One seeded history; ``verdict`` is ``level``, ``alarm`` or what is wrong and nobody noticed."""

    seed: int
    rules: Rules = DESIGN

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.provinces = [Province() for _ in range(PROVINCES)]
        self.mirrors = [Mirror() for _ in range(PROVINCES)]
        self.backup = [self._saved(mirror) for mirror in self.mirrors]
        self.is_cut = False
        self.has_faults = True
        self.is_alarmed = False
        self.written = 0

    def play(self) -> str:
        steps = (self._write, self._push, self._beat, self._late, self._cut, self._save, self._restore)
        weights = (30, 40, 8, 6, 3, 5, 1)
        for step in self.random.choices(steps, weights, k=STEPS):
            step(self.random.randrange(PROVINCES))
            if self.is_alarmed:
                return "alarm"
        return self._end()

    def _end(self) -> str:
        """The line is whole, nobody dies any more: everybody comes level, or calls people."""
        self.has_faults = self.is_cut = False
        for which in range(PROVINCES):
            while self.provinces[which].late:
                self._late(which)
            quiet = 0
            for _ in range(3 * STEPS):
                before = self._position(which)
                self._push(which)
                self._beat(which)
                quiet = quiet + 1 if self._position(which) == before else 0
                if quiet == 2:
                    break
        if self.is_alarmed:
            return "alarm"
        for which in range(PROVINCES):
            wrong = self._differs(which)
            if wrong:
                return wrong
        return "level"

    def _position(self, which: int) -> tuple[int, int, bool, int]:
        province = self.provinces[which]
        return province.acknowledged, province.log.size, province.is_starting, self.mirrors[which].log.size

    def _differs(self, which: int) -> str:
        province, mirror = self.provinces[which], self.mirrors[which]
        own = [event.body for event in province.log.events]
        if [event.body for event in mirror.log.events] != own:
            return "other entries"
        if sorted(mirror.applied) != sorted(own):
            return "lost or doubled effects"
        for subject in range(SUBJECTS):
            mark = b"/%d/" % subject
            if [body for body in mirror.applied if mark in body] != [body for body in own if mark in body]:
                return "out of order"
        if mirror.parked or province.acknowledged != len(own) or province.is_starting:
            return "not level"
        held = dict(enumerate(own, start=1))
        if any(held.get(seq) != body for seq, body in province.promised.items()):
            return "acknowledged and lost"
        return ""

    # What a province does.

    def _write(self, which: int) -> None:
        province = self.provinces[which]
        if province.is_forked or not self._started(which):
            return
        subject = self.random.randrange(SUBJECTS)
        version = province.versions.get(subject, 0) + 1
        self.written += 1
        body = b"%d/%d/%d/%d" % (which, subject, version, self.written)
        province.versions[subject] = version
        province.log.add([Event(subject, version, body)], self.rules)

    def _started(self, which: int) -> bool:
        """Tell whether the province may write: after a restore only when it knows what the ministry holds."""
        province = self.provinces[which]
        if not province.is_starting:
            return True
        if not self.rules.shakes_hands:
            province.is_starting = False
            return True
        try:
            for _ in range(50):
                if self._shake(which):
                    break
        except LostError:
            return False
        return not province.is_starting

    def _shake(self, which: int) -> bool:
        """One question of the boot handshake; returns whether it is over."""
        province = self.provinces[which]
        held = self._call(lambda: self._held_by_ministry(which))
        verdict = self.rules.judge_peer(
            province.log.tree.stored, held, acknowledged=province.acknowledged, is_starting=True
        )
        if isinstance(verdict, Recover):
            self._take_back(which, verdict.next_seq)
            if self.rules.recovers == "first":
                province.is_starting = False
            return not province.is_starting
        if isinstance(verdict, Fork):
            province.is_forked = self.is_alarmed = True
        else:
            province.acknowledged = held.size
        province.is_starting = False
        return True

    def _take_back(self, which: int, first: int) -> None:
        province = self.provinces[which]
        batch = self._call(lambda: self._read_back(which, first))
        leaves = [self.rules.leaf(event.body) for event in batch.events]
        verdict = self.rules.judge_batch(
            province.log.tree.stored, province.log.tree.frontier, batch.first, leaves, batch.checkpoint
        )
        if not isinstance(verdict, Accept):
            province.is_forked = self.is_alarmed = True
            return
        fresh = batch.events[verdict.skip :]
        province.log.add(fresh, self.rules)
        if self.rules.recovers != "versions":
            province.versions.update((event.subject, event.version) for event in fresh)

    def _push(self, which: int) -> None:
        if self.provinces[which].log.size > self.provinces[which].acknowledged:
            self._send(which)

    def _beat(self, which: int) -> None:
        if self.rules.beats:
            self._send(which)

    def _send(self, which: int) -> None:
        province = self.provinces[which]
        if province.is_forked or not self._started(which):
            return
        batch = self._next_batch(province)
        try:
            answer = self._call(lambda: self._receive(which, batch), again=(which, batch))
        except LostError:
            return
        self._take_answer(which, batch, answer)

    def _next_batch(self, province: Province) -> Batch:
        held = min(province.acknowledged, province.log.size)
        events = tuple(province.log.events[held : held + MOST_IN_A_BATCH])
        end = province.log.size if self.rules.checkpoint_of == "now" else held + len(events)
        return Batch(held + 1, events, province.log.checkpoint(end))

    def _take_answer(self, which: int, batch: Batch, answer: object) -> None:
        province = self.provinces[which]
        if isinstance(answer, Checkpoint):
            verdict = self.rules.judge_peer(
                province.log.tree.stored, answer, acknowledged=province.acknowledged, is_starting=False
            )
            if isinstance(verdict, Fork):
                province.is_forked = self.is_alarmed = True
                return
            sent = batch.first - 1 + len(batch.events)
            province.acknowledged = answer.size if self.rules.acknowledges == "held" else sent
            province.promised.update(
                (seq, event.body) for seq, event in enumerate(province.log.events[: answer.size], start=1)
            )
        elif isinstance(answer, Gap):
            verdict = self.rules.judge_gap_answer(
                province.log.size, province.acknowledged, max(answer.expected, 1)
            )
            if isinstance(verdict, Fork):
                province.is_forked = self.is_alarmed = True
            elif isinstance(verdict, Send):
                province.acknowledged = verdict.next_seq - 1
        else:
            self.is_alarmed = True  # forked, or a batch that does not go with its checkpoint
            province.is_forked = True

    # What the ministry does.

    def _held_by_ministry(self, which: int) -> Checkpoint:
        log = self.mirrors[which].log
        return log.checkpoint(log.size)

    def _read_back(self, which: int, first: int) -> Batch:
        log = self.mirrors[which].log
        events = tuple(log.events[first - 1 : first - 1 + MOST_IN_A_BATCH])
        return Batch(first, events, log.checkpoint(first - 1 + len(events)))

    def _receive(self, which: int, batch: Batch) -> object:
        mirror = self.mirrors[which]
        if mirror.is_forked:
            return Fork(0)
        leaves = [self.rules.leaf(event.body) for event in batch.events]
        tree = mirror.log.tree
        verdict = self.rules.judge_batch(tree.stored, tree.frontier, batch.first, leaves, batch.checkpoint)
        if isinstance(verdict, Accept):
            if self.rules.commits == "answer" and self._dies():
                return batch.checkpoint
            self._store(mirror, batch, verdict)
        elif isinstance(verdict, Fork):
            mirror.is_forked = self.rules.remembers_forks
            return verdict
        elif not isinstance(verdict, Duplicate):
            return verdict
        if self.rules.answers == "batch":
            return batch.checkpoint
        return mirror.log.checkpoint(mirror.log.size)

    def _store(self, mirror: Mirror, batch: Batch, verdict: Accept) -> None:
        """Keep and apply; a crash between two transactions leaves the first alone."""
        fresh = batch.events[verdict.skip :]
        chosen = batch.events if self.rules.applies == "all" else fresh
        if self.rules.applies == "backwards":
            chosen = fresh[::-1]
        if self.rules.commits == "effects":
            self._apply(mirror, chosen)
            if self._dies():
                raise LostError
        mirror.log.add(fresh, self.rules)
        if self.rules.commits == "position" and self._dies():
            raise LostError
        if self.rules.commits != "effects":
            self._apply(mirror, chosen)

    def _apply(self, mirror: Mirror, events: Sequence[Event]) -> None:
        for event in events:
            held = mirror.versions.get(event.subject, 0)
            verdict = self.rules.judge_version(
                held, event.version, event.version - 1, is_parked=event.subject in mirror.parked
            )
            if verdict is VersionVerdict.APPLY:
                mirror.versions[event.subject] = event.version
                mirror.applied.append(event.body)
            else:
                mirror.parked.add(event.subject)

    # What happens to them.

    def _dies(self) -> bool:
        return self.has_faults and self.random.random() < 0.2

    def _call(self, work: Callable[[], object], again: tuple[int, Batch] | None = None) -> object:
        """Ask the other end: the question or its answer may be lost, and a question may come once more, later."""
        if self.is_cut:
            raise LostError
        fate = self.random.random() if self.has_faults else 1.0
        if fate < 0.12:  # lost on the way, or the other end died before its commit
            raise LostError
        if again is not None and 0.24 < fate < 0.32:
            self.provinces[again[0]].late.append(again[1])
        answer = work()
        if fate < 0.24:  # answered, and nobody heard it
            raise LostError
        return answer

    def _late(self, which: int) -> None:
        late = self.provinces[which].late
        if late and not self.is_cut:
            batch = late.pop(self.random.randrange(len(late)))
            try:
                if isinstance(self._receive(which, batch), Fork):
                    self.is_alarmed = True
            except LostError:
                pass

    def _cut(self, _which: int) -> None:
        self.is_cut = not self.is_cut

    def _save(self, which: int) -> None:
        province = self.provinces[which]
        if self.random.random() < 0.5:
            self.backup = [self._saved(mirror) for mirror in self.mirrors]
        else:
            province.backup = (province.log.size, dict(province.versions), province.acknowledged)

    @staticmethod
    def _saved(mirror: Mirror) -> tuple[int, dict[int, int], set[int], int]:
        return mirror.log.size, dict(mirror.versions), set(mirror.parked), len(mirror.applied)

    def _restore(self, which: int) -> None:
        if self.random.random() < 0.5:
            self._restore_ministry()
        else:
            self._restore_province(which)
        for province, mirror in zip(self.provinces, self.mirrors, strict=True):
            either = {event.body for log in (province.log, mirror.log) for event in log.events}
            province.promised = {seq: body for seq, body in province.promised.items() if body in either}

    def _restore_ministry(self) -> None:
        for mirror, (size, versions, parked, applied) in zip(self.mirrors, self.backup, strict=True):
            mirror.log = _log_of(mirror.log.events[:size], self.rules)
            mirror.applied = mirror.applied[:applied]
            if self.rules.restores_versions:
                mirror.versions, mirror.parked = dict(versions), set(parked)

    def _restore_province(self, which: int) -> None:
        """A node from its backup knows nothing of what came after; what it had under way is gone with it."""
        province = self.provinces[which]
        size, versions, acknowledged = province.backup
        self.provinces[which] = Province(
            _log_of(province.log.events[:size], self.rules),
            dict(versions),
            acknowledged,
            is_forked=province.is_forked,
            is_starting=True,
            backup=province.backup,
            promised=province.promised,
        )


def verdicts(count: int, rules: Rules = DESIGN, *, first: int = 0) -> dict[str, int]:
    """Play ``count`` histories and return how many ended in which way."""
    found: dict[str, int] = {}
    for seed in range(first, first + count):
        verdict = History(seed, rules).play()
        found[verdict] = found.get(verdict, 0) + 1
    return found


__all__ = ["CARELESS", "DESIGN", "History", "Level", "Rules", "verdicts"]


if __name__ == "__main__":
    histories = int(sys.argv[1])
    for name, asked in (("the design", DESIGN), ("writing before the handshake", CARELESS)):
        begun = time.perf_counter()
        sys.stdout.write(f"{name}: {verdicts(histories, asked)} in {time.perf_counter() - begun:.1f} s\n")
