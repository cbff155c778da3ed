"""Additional data of the made-up officers: posts held, rewards, punishments, yearly assessments and reviews."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from random import Random

from warrant.core.lifecycle import ChangeKind
from warrant.core.record import EntryKind
from warrant.nodes.generation.careers import Career

_REWARDS = (
    ("commendation", "年度考核优秀嘉奖"),
    ("advanced", "交通运输行政执法先进个人"),
    ("praise", "专项执法行动通报表扬"),
    ("third-class", "治超工作记三等功"),
)
_PUNISHMENTS = (
    ("warning", "执法文书制作不规范，造成不良影响", 183),
    ("demerit", "未按规定出示执法证件", 365),
    ("party-warning", "违反工作纪律", 365),
)
_BANDS = (("competent", 0.8), ("excellent", 0.97), ("basically-competent", 0.99), ("not-graded", 1.0))

Entry = tuple[EntryKind, Mapping[str, str], date, date | None]
"""Kind, fields, the first day and, where it ends, the last."""


def entries_of(career: Career, random: Random, on: date, unit_names: Mapping[int, str]) -> Iterator[Entry]:
    """Yield the entries of one officer as they stand on the day ``on``, each with what its form asks for."""
    basic = career.steps[0].values
    unit = unit_names[career.steps[-1].values.get("agency_id", basic["agency_id"])]
    left = next((step.on for step in career.steps if step.kind is ChangeKind.LEFT), on)
    yield from _service(basic, random, unit, on)
    yield from _assessments(career, random, unit, left)
    number = ""
    for step in career.steps:
        number = step.values.get("certificate_number", number)
        if step.kind is ChangeKind.REVIEWED:
            content = {
                "year": str(step.values["reviewed_year"]),
                "result": "passed",
                "reviewed_by": unit,
                "reviewed_on": step.on.isoformat(),
                "certificate_number": number,
            }
            yield EntryKind.ANNUAL_REVIEW, content, step.on, None
    if random.random() < 0.09:
        yield _reward(career, random, unit, left)
    if random.random() < 0.008:
        yield _punishment(career, random, unit, left)


def _day(random: Random, first: date, last: date) -> date:
    return first + timedelta(days=int(random.random() * max((last - first).days, 1)))


def _service(basic: Mapping[str, str], random: Random, unit: str, on: date) -> Iterator[Entry]:
    begun = date.fromisoformat(basic["enforcement_started_on"])
    if random.random() >= 0.3 or begun >= on - timedelta(days=800):
        return
    until = _day(random, begun + timedelta(days=400), on - timedelta(days=30))
    content = {
        "from_on": begun.isoformat(),
        "until_on": until.isoformat(),
        "unit": unit,
        "post": basic["post"],
        "position": "科员",
    }
    yield EntryKind.SERVICE, content, begun, until


def _assessments(career: Career, random: Random, unit: str, left: date) -> Iterator[Entry]:
    first_year = max(date.fromisoformat(career.steps[0].values["work_started_on"]).year + 1, left.year - 3)
    if random.random() >= 0.7:
        return
    for year in range(first_year, left.year):
        decided_on = date(year + 1, 1, 8) + timedelta(days=int(random.random() * 20))
        if decided_on >= left:
            return
        chance = random.random()
        band = next(code for code, below in _BANDS if chance < below)
        content = {
            "year": str(year),
            "band": band,
            "decided_by": unit,
            "decided_on": decided_on.isoformat(),
        }
        yield EntryKind.ASSESSMENT, content, decided_on, None


def _reward(career: Career, random: Random, unit: str, left: date) -> Entry:
    code, title = _REWARDS[int(random.random() * len(_REWARDS))]
    began_on = date.fromisoformat(career.steps[0].values["enforcement_started_on"])
    decided_on = _day(random, began_on, left - timedelta(days=1))
    content = {
        "reward": code,
        "title": title,
        "decided_by": unit,
        "decided_on": decided_on.isoformat(),
    }
    return EntryKind.REWARD, content, decided_on, None


def _punishment(career: Career, random: Random, unit: str, left: date) -> Entry:
    code, cause, days = _PUNISHMENTS[int(random.random() * len(_PUNISHMENTS))]
    began_on = date.fromisoformat(career.steps[0].values["enforcement_started_on"])
    decided_on = _day(random, began_on, left - timedelta(days=1))
    until = decided_on + timedelta(days=days)
    content = {
        "punishment": code,
        "cause": cause,
        "decided_by": unit,
        "decided_on": decided_on.isoformat(),
        "until_on": until.isoformat(),
    }
    return EntryKind.PUNISHMENT, content, decided_on, until
