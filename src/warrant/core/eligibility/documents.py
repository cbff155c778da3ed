"""Facts and results as JSON and back: what a decision keeps, so that it can be recomputed years later.

A stored form; what a name or a type means never changes, new ones may come. Days are ISO 8601, points decimal texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from warrant.core.eligibility.evaluation import RuleResult
from warrant.core.eligibility.facts import (
    FACTS,
    CertificateFact,
    ExaminationFact,
    Fact,
    Facts,
    FactType,
    PunishmentFact,
    Source,
    Value,
    WaiverFact,
)
from warrant.core.errors import N_, InvalidInput

_BAD = N_("保存的资格条件记录已损坏：%(at)s")


def _refuse(place: str) -> InvalidInput:
    return InvalidInput("bad-facts", _BAD, place=place, at=place)


def _write_value(kind: FactType, value: Any) -> Any:
    if value is None:
        return None
    if kind is FactType.DAY:
        return value.isoformat()
    if kind in (FactType.COUNTS, FactType.WORDS):
        return [[name, inner] for name, inner in value]
    if kind is FactType.TEXTS:
        return list(value)
    if kind is FactType.EXAMINATIONS:
        return [[e.paper, e.sat_on.isoformat(), str(e.score), str(e.pass_mark)] for e in value]
    if kind is FactType.CERTIFICATES:
        return [[c.number, c.state, c.valid_until.isoformat(), _iso(c.ended_on)] for c in value]
    if kind is FactType.PUNISHMENTS:
        return [[p.punishment, p.decided_on.isoformat(), _iso(p.until_on)] for p in value]
    if kind is FactType.WAIVERS:
        return [[w.rule_id, w.waiver, w.from_on.isoformat(), w.until_on.isoformat()] for w in value]
    return value


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(value: Any) -> date:
    return date.fromisoformat(value)


def _open_day(value: Any) -> date | None:
    return None if value is None else date.fromisoformat(value)


def _read_value(kind: FactType, value: Any) -> Value:
    """Return the value; whatever is wrong with it raises TypeError, ValueError or InvalidOperation."""
    if value is None:
        return None
    if kind is FactType.DAY:
        return _day(value)
    if kind in _PLAIN:
        return _exactly(_PLAIN[kind], value)
    if kind is FactType.TEXTS:
        return tuple(_exactly(str, one) for one in value)
    if kind is FactType.COUNTS:
        return tuple((_exactly(str, name), _exactly(int, count)) for name, count in value)
    if kind is FactType.WORDS:
        return tuple((_exactly(str, name), _exactly(str, word)) for name, word in value)
    if kind is FactType.EXAMINATIONS:
        return tuple(
            ExaminationFact(_exactly(str, p), _day(d), Decimal(s), Decimal(m)) for p, d, s, m in value
        )
    if kind is FactType.CERTIFICATES:
        return tuple(
            CertificateFact(_exactly(str, n), _exactly(str, s), _day(v), _open_day(e)) for n, s, v, e in value
        )
    if kind is FactType.PUNISHMENTS:
        return tuple(PunishmentFact(_exactly(str, p), _day(d), _open_day(u)) for p, d, u in value)
    return tuple(WaiverFact(_exactly(str, r), _exactly(int, w), _day(f), _day(u)) for r, w, f, u in value)


_PLAIN: Mapping[FactType, type[str | bool | int]] = {
    FactType.TEXT: str,
    FactType.FLAG: bool,
    FactType.NUMBER: int,
}
T = TypeVar("T")


def _exactly(type_: type[T], value: object) -> T:
    if type(value) is not type_:
        raise TypeError(value)
    return value


def facts_to_json(facts: Facts) -> dict[str, Any]:
    """Return the facts as JSON: by name the value, the source and the day, names sorted."""
    return {
        name: {
            "value": _write_value(FACTS[name].type, facts[name].value),
            "source": facts[name].source.value,
            "as_of": facts[name].as_of.isoformat(),
        }
        for name in sorted(facts)
    }


def facts_from_json(content: Mapping[str, Any]) -> dict[str, Fact]:
    """Return the facts that :func:`facts_to_json` wrote.

    Raises:
        InvalidInput: a name or a value that it cannot have written; ``place`` names it.
    """
    facts = {}
    for name, kept in content.items():
        if name not in FACTS:
            raise _refuse(str(name)[:40])
        try:
            value = _read_value(FACTS[name].type, kept["value"])
            facts[name] = Fact(value, Source(kept["source"]), _day(kept["as_of"]))
        except (TypeError, ValueError, KeyError, InvalidOperation):
            raise _refuse(name) from None
    return facts


def field_text(value: object) -> str | int:
    """Return a field of a finding as JSON keeps it: whole numbers as they are, everything else as text."""
    return value if isinstance(value, int) and not isinstance(value, bool) else str(value)


def results_to_json(results: Sequence[RuleResult]) -> list[dict[str, Any]]:
    """Return the results as JSON: what was asked by which text, how it stood, what was found, which facts were read."""
    return [
        {
            "id": result.rule_id,
            "title": {"zh": result.title.zh, "en": result.title.en},
            "basis": {"zh": result.basis.zh, "en": result.basis.en},
            "cure": {"zh": result.cure.zh, "en": result.cure.en},
            "is_assumption": result.is_assumption,
            "is_waivable": result.is_waivable,
            "outcome": result.outcome.value,
            "message": result.found.message,
            "fields": {name: field_text(value) for name, value in result.found.fields.items()},
            "facts": facts_to_json(result.facts),
            "waiver": result.waiver.waiver if result.waiver is not None else None,
        }
        for result in results
    ]
