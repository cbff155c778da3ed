"""What a draft of the conditions would change: person by person over the whole register, in ranges of ids.

Only conditions that differ are worked out for everybody; whoever would come out otherwise by those is then looked at in
full. Results are remembered by the values that a condition reads, because most people are alike in most of them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from typing import Any

from django.db.models import Max, Min

from warrant.apps.eligibility.selectors.explaining import usual_kind
from warrant.apps.eligibility.selectors.facts import Found, answerable, read_facts, sources
from warrant.apps.eligibility.types import FactSource, Who
from warrant.apps.foundation import clock
from warrant.apps.foundation.processes import cores, in_processes
from warrant.apps.officers.models import Officer
from warrant.apps.regulations.models import RegulationVersion
from warrant.apps.regulations.selectors import in_force, parse_content
from warrant.apps.regulations.types import InForce
from warrant.core.eligibility import Facts, Known, RuleLine, Ruleset, outcome_of, parse
from warrant.core.eligibility.finding import Outcome
from warrant.core.errors import N_, InvalidInput
from warrant.core.lifecycle import OfficerState
from warrant.core.regulation import Content, RegulationKind, resolve

PEOPLE_AT_ONCE = 5000
MANY_OF_A_RANGE = 0.2
"""From which part of a range on it is cheaper to read the range as a whole than person by person."""
WORTH_A_PROCESS = 20_000
"""Starting one takes as long as looking at some ten thousand people."""
_PASSES = frozenset({Outcome.MET, Outcome.WAIVED})


@dataclass(frozen=True)
class Question:
    """What is compared: the contents that count and that would count (canonical bytes), the day, the kind or ``""``.

    Plain values, so that another process can be asked, too.
    """

    present: bytes
    draft: bytes
    on: date
    kind: str = ""


@dataclass
class Tally:
    """What was found so far. ``changed`` conditions were compared, ``left_out`` are those that nothing here can tell."""

    changed: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    seen: Counter[int] = field(default_factory=Counter)
    touched: dict[int, list[int]] = field(default_factory=dict)
    by_rule: dict[str, list[int]] = field(default_factory=dict)
    people: list[tuple[int, bool, str]] = field(default_factory=list)

    def note(self, officer: int, unit: int, gains: bool, rules: Sequence[str]) -> None:
        """Count one person who gains or loses by some conditions."""
        place = 0 if gains else 1
        self.touched.setdefault(unit, [0, 0])[place] += 1
        for rule in rules:
            self.by_rule.setdefault(rule, [0, 0])[place] += 1
        self.people.append((officer, gains, ",".join(rules)))

    def add(self, other: Tally) -> None:
        """Take in what was found among other people."""
        self.seen.update(other.seen)
        for mine, found in ((self.touched, other.touched), (self.by_rule, other.by_rule)):
            _add_counts(mine, found)  # type: ignore[arg-type]  # one by unit, one by condition
        self.people += other.people

    @property
    def looked_at(self) -> int:
        """How many people were looked at."""
        return self.seen.total()

    @property
    def by_unit(self) -> dict[int, list[int]]:
        """How many were looked at, gain and lose, in each unit where anybody does."""
        return {unit: [self.seen[unit], *counts] for unit, counts in self.touched.items()}

    @property
    def gain(self) -> int:
        """How many would pass who do not now."""
        return sum(counts[0] for counts in self.touched.values())

    @property
    def lose(self) -> int:
        """How many pass now and would not."""
        return sum(counts[1] for counts in self.touched.values())


def _add_counts(mine: dict[object, list[int]], found: dict[object, list[int]]) -> None:
    for key, (gain, lose) in found.items():
        counts = mine.setdefault(key, [0, 0])
        counts[0] += gain
        counts[1] += lose


def draft_contents(version: RegulationVersion, on: date) -> tuple[InForce, Content]:
    """Return what counts now, and the content that would count if the draft did.

    Raises:
        InvalidInput: the draft cannot be applied; ``place`` names where.
    """
    present = in_force(RegulationKind.ELIGIBILITY, version.jurisdiction, on)
    if version.jurisdiction:
        national = in_force(RegulationKind.ELIGIBILITY, "", on)
        content = resolve([national.content, version.content])
    else:
        content = resolve([version.content])
    if not isinstance(parse_content(RegulationKind.ELIGIBILITY, content), Ruleset):
        raise InvalidInput("not-a-ruleset", N_("这份草案不是资格条件"), place="content")
    return present, content


def _asks(line: RuleLine | None) -> object:
    """Return all of a line that can change an outcome."""
    if line is None or not line.is_asked:
        return None
    return (
        line.check_name,
        dict(line.parameters),
        line.kinds,
        line.categories,
        line.valid_from,
        line.valid_until,
        line.is_waivable,
    )


def changed_rules(present: Ruleset, draft: Ruleset) -> list[str]:
    """Return the ids of the conditions that ask something else, in the order of the draft, dropped ones last."""
    ids = [line.rule_id for line in draft.lines]
    ids += [line.rule_id for line in present.lines if draft.line(line.rule_id) is None]
    return [rule_id for rule_id in ids if _asks(present.line(rule_id)) != _asks(draft.line(rule_id))]


class _Judge:
    """Works out the conditions of one ruleset, remembering each result by the values that were read."""

    def __init__(self, lines: Sequence[RuleLine], on: date) -> None:
        self._on = on
        self._lines: list[tuple[RuleLine, tuple[str, ...], dict[tuple[Any, ...], bool]]] = [
            (line, (*line.check.reads, *(("waivers",) if line.is_waivable else ())), {}) for line in lines
        ]

    def failing(self, facts: Facts, kind: str) -> list[str]:
        """Return the ids of the conditions that are asked and do not hold for certain."""
        found = []
        held = facts.get("categories")
        categories = held.value if held is not None and isinstance(held.value, tuple) else ()
        for line, reads, remembered in self._lines:
            if not line.counts_for(kind, categories):  # type: ignore[arg-type]  # texts, by the fact's type
                continue
            key = tuple([fact.value if (fact := facts.get(name)) is not None else None for name in reads])
            passes = remembered.get(key)
            if passes is None:
                passes = outcome_of(line, Known(dict(zip(reads, key, strict=True))), self._on) in _PASSES
                remembered[key] = passes
            if not passes:
                found.append(line.rule_id)
        return found


@dataclass(frozen=True)
class Trial:
    """One comparison: which conditions are worked out for everybody, and which only for those whom they touch."""

    on: date
    kind: str
    changed: tuple[str, ...]
    left_out: tuple[str, ...]
    first: tuple[_Judge, _Judge]
    first_sources: tuple[FactSource, ...]
    stages: tuple[tuple[FactSource | None, _Judge], ...]


def _relevant(ruleset: Ruleset, on: date, known: frozenset[str]) -> tuple[list[RuleLine], list[str]]:
    counting = [line for line in ruleset.lines if line.counts_on(on)]
    told = [line for line in counting if set(line.check.reads) <= known]
    return told, [line.rule_id for line in counting if line not in told]


def make_trial(question: Question) -> Trial:
    """Return the comparison that a question asks for; conditions that this node's register cannot tell are left out."""
    present, draft = parse(json.loads(question.present)), parse(json.loads(question.draft))
    on, kind = question.on, question.kind
    known = answerable()
    now, left_now = _relevant(present, on, known)
    then, left_then = _relevant(draft, on, known)
    changed = changed_rules(present, draft)
    needed = (
        {"state", "categories", "waivers"} if kind else {"state", "categories", "waivers", "certificates"}
    )
    for line in (*now, *then):
        if line.rule_id in changed:
            needed.update(line.check.reads)
    first_sources = tuple(source for source in sources() if needed & set(source.facts))
    return Trial(
        on=on,
        kind=kind,
        changed=tuple(changed),
        left_out=tuple(dict.fromkeys((*left_now, *left_then))),
        first=(
            _Judge([line for line in now if line.rule_id in changed], on),
            _Judge([line for line in then if line.rule_id in changed], on),
        ),
        first_sources=first_sources,
        stages=tuple(_stages([line for line in then if line.rule_id not in changed], first_sources, on)),
    )


def _stages(
    rest: Sequence[RuleLine], first_sources: Sequence[FactSource], on: date
) -> Iterator[tuple[FactSource | None, _Judge]]:
    """Yield what is looked at next and what it decides: whoever fails is not looked at any further.

    Several sources may add to one fact; a condition is decided once all of them were read.
    """
    waiting = list(rest)
    unread = [source for source in sources() if source not in first_sources]
    steps: list[FactSource | None] = [None, *unread]
    for count, step in enumerate(steps):
        open_facts = {name for later in unread[count:] for name in later.facts}
        decided = [line for line in waiting if open_facts.isdisjoint(line.check.reads)]
        waiting = [line for line in waiting if line not in decided]
        yield step, _Judge(decided, on)


def _ranges() -> Iterator[Who]:
    ends = Officer.system.aggregate(least=Min("pk"), most=Max("pk"))
    if ends["least"] is None:
        return
    for start in range(ends["least"], ends["most"] + 1, PEOPLE_AT_ONCE):
        yield Who(from_id=start, before_id=start + PEOPLE_AT_ONCE)


def _touched(trial: Trial, found: Found) -> dict[int, tuple[bool, list[str]]]:
    """Return who comes out otherwise by the changed conditions alone: whether for the better, and by which."""
    touched = {}
    before, after = trial.first
    for officer, facts in found.items():
        kind = trial.kind or usual_kind(facts)
        fails_now = before.failing(facts, kind)
        fails_then = after.failing(facts, kind)
        if bool(fails_now) != bool(fails_then):
            touched[officer] = (bool(fails_now), fails_now or fails_then)
    return touched


def _pass_the_rest(trial: Trial, who: Who, found: Found, *, is_past: bool) -> Found:
    """Return those of ``found`` who pass every condition that does not change, read source by source."""
    for source, judge in trial.stages:
        if not found:
            break
        if source is not None:
            is_many = len(found) > PEOPLE_AT_ONCE * MANY_OF_A_RANGE
            asked = who if is_many else Who(tuple(found))
            read_facts(asked, trial.on, [source], is_past=is_past, known=found)
        found = {
            officer: facts
            for officer, facts in found.items()
            if not judge.failing(facts, trial.kind or usual_kind(facts))
        }
    return found


def _look_at(trial: Trial, who: Who, *, is_past: bool) -> Tally:
    """Compare over one range."""
    tally = Tally()
    active = Officer.system.filter(who.of("id"), state=OfficerState.ACTIVE.value)
    units = dict(active.values_list("id", "agency_id"))
    tally.seen.update(units.values())
    if trial.changed and units:
        everybody: Found = {officer: {} for officer in units}
        found = read_facts(who, trial.on, trial.first_sources, is_past=is_past, known=everybody)
        touched = _touched(trial, found)
        candidates = {officer: found[officer] for officer in touched}
        for officer in _pass_the_rest(trial, who, candidates, is_past=is_past):
            gains, rules = touched[officer]
            tally.note(officer, units[officer], gains, rules)
    return tally


_kept_trial = lru_cache(maxsize=1)(make_trial)


def _look_at_beside(question: Question, is_past: bool, who: Who) -> Tally:
    """Compare over one range in a process that keeps its trial from range to range."""
    return _look_at(_kept_trial(question), who, is_past=is_past)


def try_out(question: Question, progress: Callable[[int, int], None]) -> Tally:
    """Compare over everybody in the force; ``progress`` is told how many people of how many.

    Reads only. What changes meanwhile may be seen or not. A large register is looked at by several processes, which
    do not see what the running transaction has not committed.
    """
    trial = make_trial(question)
    total = Officer.system.filter(state=OfficerState.ACTIVE.value).count()
    is_past = question.on < clock.today()
    tally = Tally(trial.changed, trial.left_out)
    processes = min(cores(), total // WORTH_A_PROCESS)
    found: Generator[Tally]
    if processes > 1:
        found = in_processes(partial(_look_at_beside, question, is_past), list(_ranges()), processes)
    else:
        found = (_look_at(trial, who, is_past=is_past) for who in _ranges())
    with closing(found):
        for part in found:
            tally.add(part)
            progress(tally.looked_at, total)
    return tally
