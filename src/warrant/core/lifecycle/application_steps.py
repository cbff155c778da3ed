"""Which steps a case goes through, and how long each may take: dated rules, by kind of application and place.

The content of the regulation ``steps``::

    {"lines": [{"id": "first-issue/county", "kind": "first-issue", "origin": "county",
                "steps": [{"state": "review", "at": "county", "limit": 5, "warning": 1}, ...],
                "basis": {"zh": ..., "en": ...}, "is_assumption": true}, ...],
     "correction": {"limit": 15, "warning": 3},
     "reconsideration": {"ask_within": 10, "limit": 10, "warning": 2},
     "filing": {"limit": 10, "warning": 2},
     "replacement": {"loss_notice": true, "notice_days": 0, "old_card": true}}

Numbers are working days; ``limit`` null sets none. ``replacement`` says which proofs a replaced card asks for, and how
many calendar days a notice of loss must have stood; a text from before it had this asks for none. The notice names county, city and province (2009 notice, 三(一));
it names no limits, so all of them are assumptions that a province replaces by its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from warrant.core.access import Level, Place
from warrant.core.errors import N_, InvalidInput
from warrant.core.lifecycle.application import ApplicationKind, ApplicationState, Step

LONGEST_LIMIT = 250
"""Working days of about a year; more is a slip."""


class Origin(StrEnum):
    """Where a case begins; the value stands in the regulation."""

    COUNTY = "county"
    COUNTY_UNDER_PROVINCE = "county-under-province"
    CITY = "city"
    PROVINCE = "province"


_LEVELS: Mapping[Origin, tuple[Level, ...]] = {
    Origin.COUNTY: (Level.COUNTY, Level.CITY, Level.PROVINCE),
    Origin.COUNTY_UNDER_PROVINCE: (Level.COUNTY, Level.PROVINCE),
    Origin.CITY: (Level.CITY, Level.PROVINCE),
    Origin.PROVINCE: (Level.PROVINCE,),
}
_STATES = (ApplicationState.REVIEW, ApplicationState.VERIFICATION, ApplicationState.APPROVAL)


@dataclass(frozen=True)
class Limit:
    """Working days, and how many before the due day the warning comes; ``days`` None sets no limit."""

    days: int | None
    warning: int = 0


@dataclass(frozen=True)
class StepLine:
    """One step of a chain: the state in which the case waits and the level whose unit decides."""

    state: ApplicationState
    level: Level
    limit: Limit


@dataclass(frozen=True)
class ReplacementProofs:
    """Which proofs a replacement asks for (codes of ``application_grounds``), and since when a notice must have stood."""

    asked: frozenset[str] = frozenset()
    notice_days: int = 0


@dataclass(frozen=True)
class StepsDocument:
    """The regulation as read. ``reconsideration_asked_within`` is working days after the refusal."""

    chains: Mapping[tuple[ApplicationKind, Origin], tuple[StepLine, ...]]
    correction: Limit
    reconsideration: Limit
    reconsideration_asked_within: int
    filing: Limit = Limit(None)
    """Of the ministry's review; the nation's counts. A version from before it was set has none."""
    replacement: ReplacementProofs = ReplacementProofs()

    def steps_for(self, kind: ApplicationKind, place: Place) -> tuple[Step, ...]:
        """Return the chain of a case of ``kind`` at ``place``, ordered from the first decision to the last.

        Raises:
            ValueError: the place has no province.
        """
        units = {
            Level.PROVINCE: place.province_id,
            Level.CITY: place.city_id,
            Level.COUNTY: place.county_id,
        }
        found = []
        for line in self.chains[kind, origin_of(place)]:
            unit_id = units[line.level]
            if unit_id is None:
                raise ValueError(f"the place has no unit of level {line.level}")
            found.append(Step(line.state, line.level, unit_id, line.limit.days, line.limit.warning))
        return tuple(found)


def origin_of(place: Place) -> Origin:
    """Return where a case at ``place`` begins.

    A municipality's district, or a county directly under its province, has no city above it.

    Raises:
        ValueError: the place has no province.
    """
    if place.province_id is None:
        raise ValueError("an application belongs to a province")
    if place.county_id is not None:
        return Origin.COUNTY if place.city_id is not None else Origin.COUNTY_UNDER_PROVINCE
    return Origin.CITY if place.city_id is not None else Origin.PROVINCE


def _number(content: Mapping[str, Any], name: str, place: str, *, least: int = 0) -> int:
    value = content.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= LONGEST_LIMIT:
        raise InvalidInput(
            "workdays-out-of-range",
            N_("请填写 %(least)s 至 %(most)s 个工作日"),
            place=f"{place}.{name}",
            least=least,
            most=LONGEST_LIMIT,
        )
    return value


def _limit(content: Mapping[str, Any], place: str) -> Limit:
    if content.get("limit") is None:
        return Limit(None)
    days = _number(content, "limit", place, least=1)
    warning = _number({"warning": 0, **content}, "warning", place)
    if warning >= days:
        raise InvalidInput(
            "warning-before-begin", N_("预警应短于办理时限"), place=f"{place}.warning", limit=days
        )
    return Limit(days, warning)


def _mapping(value: object, place: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InvalidInput("not-an-object", N_("此处内容缺失或格式不对"), place=place)
    return value


def _member(value: object, members: Sequence[str], place: str) -> str:
    if not isinstance(value, str) or value not in members:
        raise InvalidInput(
            "not-a-choice", N_("应为下列之一：%(choices)s"), place=place, choices="、".join(members)
        )
    return value


def _chain(line: Mapping[str, Any], origin: Origin, place: str) -> tuple[StepLine, ...]:
    steps = line.get("steps")
    if not isinstance(steps, list) or not steps:
        raise InvalidInput("no-steps", N_("至少要有一个环节"), place=f"{place}.steps")
    found: list[StepLine] = []
    levels = _LEVELS[origin]
    for position, each in enumerate(steps):
        here = f"{place}.steps.{position}"
        step = _mapping(each, here)
        state = ApplicationState(
            _member(step.get("state"), [state.value for state in _STATES], f"{here}.state")
        )
        level = Level(_member(step.get("at"), [level.value for level in levels], f"{here}.at"))
        if found and (
            _STATES.index(state) <= _STATES.index(found[-1].state)
            or levels.index(level) < levels.index(found[-1].level)
        ):
            raise InvalidInput("steps-out-of-order", N_("环节应由低到高排列，不重复"), place=here)
        found.append(StepLine(state, level, _limit(step, here)))
    if found[-1].state is not ApplicationState.APPROVAL or found[-1].level is not Level.PROVINCE:
        raise InvalidInput("no-approval", N_("最后一个环节应为省级审批"), place=f"{place}.steps")
    return tuple(found)


def _flag(content: Mapping[str, Any], name: str, place: str) -> bool:
    value = content.get(name)
    if not isinstance(value, bool):
        raise InvalidInput("not-yes-or-no", N_("请选择是或否"), place=f"{place}.{name}")
    return value


def _replacement(content: Mapping[str, Any]) -> ReplacementProofs:
    if "replacement" not in content:
        return ReplacementProofs()
    place = "replacement"
    line = _mapping(content[place], place)
    asked = {
        code
        for code, name in (("loss-notice", "loss_notice"), ("old-card", "old_card"))
        if _flag(line, name, place)
    }
    return ReplacementProofs(frozenset(asked), _number(line, "notice_days", place))


def parse(content: Mapping[str, Any]) -> StepsDocument:
    """Return the regulation ``steps`` as an object.

    Raises:
        InvalidInput: a value is missing or wrong; ``place`` leads to it, such as ``lines.3.steps.0.limit``. A chain must
            be there for each kind and origin, and end with the province's approval (2009 notice, 三(一)).
    """
    chains: dict[tuple[ApplicationKind, Origin], tuple[StepLine, ...]] = {}
    lines = content.get("lines")
    if not isinstance(lines, list):
        raise InvalidInput("not-a-list", N_("应为列表"), place="lines")
    for position, each in enumerate(lines):
        place = f"lines.{position}"
        line = _mapping(each, place)
        kind = ApplicationKind(
            _member(line.get("kind"), [kind.value for kind in ApplicationKind], f"{place}.kind")
        )
        origin = Origin(_member(line.get("origin"), [origin.value for origin in Origin], f"{place}.origin"))
        if (kind, origin) in chains:
            raise InvalidInput("chain-twice", N_("同一种申请的办理环节写了两次"), place=place)
        chains[kind, origin] = _chain(line, origin, place)
    for kind in ApplicationKind:
        for origin in Origin:
            if (kind, origin) not in chains:
                raise InvalidInput(
                    "chain-missing",
                    N_("缺少办理环节：%(kind)s，%(origin)s"),
                    place="lines",
                    kind=kind.value,
                    origin=origin.value,
                )
    again = _mapping(content.get("reconsideration"), "reconsideration")
    return StepsDocument(
        chains=chains,
        correction=_limit(_mapping(content.get("correction"), "correction"), "correction"),
        reconsideration=_limit(again, "reconsideration"),
        reconsideration_asked_within=_number(again, "ask_within", "reconsideration", least=1),
        filing=_limit(_mapping(content["filing"], "filing"), "filing")
        if "filing" in content
        else Limit(None),
        replacement=_replacement(content),
    )


_BASIS = {
    "zh": "2009年通知，三（一）：县、市、省逐级办理；时限为推定",
    "en": "2009 notice, 3(1): county, city and province in turn; the limits are assumed",
}
_LIMITS = {"review": (5, 1), "verification": (5, 1), "approval": (10, 2)}
_CHAINS: Mapping[Origin, tuple[tuple[str, str], ...]] = {
    Origin.COUNTY: (("review", "county"), ("verification", "city"), ("approval", "province")),
    Origin.COUNTY_UNDER_PROVINCE: (("review", "county"), ("approval", "province")),
    Origin.CITY: (("review", "city"), ("approval", "province")),
    Origin.PROVINCE: (("approval", "province"),),
}
_SHORT_CHAINS: Mapping[Origin, tuple[tuple[str, str], ...]] = {
    **_CHAINS,
    Origin.COUNTY: (("review", "county"), ("approval", "province")),
}
"""A replacement decides nothing anew: the city is left out."""


def _national() -> Mapping[str, Any]:
    lines = []
    for kind in ApplicationKind:
        chains = _SHORT_CHAINS if kind is ApplicationKind.REPLACEMENT else _CHAINS
        for origin, chain in chains.items():
            steps = [
                {"state": state, "at": level, "limit": _LIMITS[state][0], "warning": _LIMITS[state][1]}
                for state, level in chain
            ]
            lines.append(
                {
                    "id": f"{kind.value}/{origin.value}",
                    "kind": kind.value,
                    "origin": origin.value,
                    "steps": steps,
                    "basis": _BASIS,
                    "is_assumption": True,
                }
            )
    return {
        "lines": lines,
        "correction": {"limit": 15, "warning": 3},
        "reconsideration": {"ask_within": 10, "limit": 10, "warning": 2},
        "filing": {"limit": 10, "warning": 2},
        "replacement": {"loss_notice": True, "notice_days": 0, "old_card": True},
    }


NATIONAL: Mapping[str, Any] = _national()
"""What counts where neither the ministry nor a province has set anything else."""

READ_ONLY = frozenset({"kind", "origin"})
TITLE_PARTS = ("kind", "origin")
"""What a line is called in the draft form: the kind of application and where it begins. Both stay as they are."""
LABELS: Mapping[str, str] = {
    "steps": N_("环节"),
    "state": N_("办理事项"),
    "at": N_("办理层级"),
    "limit": N_("时限（工作日，不填为不限）"),
    "warning": N_("提前预警（工作日）"),
    "correction": N_("补正"),
    "reconsideration": N_("复核"),
    "filing": N_("部级备案审查"),
    "ask_within": N_("可在几个工作日内申请"),
    "replacement": N_("补发凭证"),
    "loss_notice": N_("遗失的须刊登遗失声明"),
    "notice_days": N_("声明刊登满几日方可补发"),
    "old_card": N_("损坏的须交回旧证"),
}
CHOICES: Mapping[str, Mapping[str, str]] = {
    "kind": {
        "first-issue": N_("首次申领"),
        "additional-category": N_("增加门类"),
        "change": N_("变更"),
        "renewal": N_("换发"),
        "replacement": N_("补发"),
        "re-entry": N_("重新申领"),
    },
    "origin": {
        "county": N_("县级起办"),
        "county-under-province": N_("省直管县起办"),
        "city": N_("市级起办"),
        "province": N_("省级起办"),
    },
    "state": {"review": N_("审查"), "verification": N_("核审"), "approval": N_("审批")},
    "at": {"county": N_("县级"), "city": N_("市级"), "province": N_("省级")},
}
