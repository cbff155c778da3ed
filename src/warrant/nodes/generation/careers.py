"""One made-up officer from birth to the day of the register: who it is, and every change in the order it was recorded.

Values are those of the officer's columns as a version keeps them: codes, ISO dates as text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from warrant.core.lifecycle import CERTIFICATE, CertificateState, ChangeKind
from warrant.core.lifecycle.officer import LeavingKind, OfficerState
from warrant.core.standards import certificate_number, retirement
from warrant.core.standards.id_number import check_character
from warrant.nodes.generation.names import made_up_name

AREA_PREFIX = "3299"
"""Area codes that no place bears: nobody has such an ID number."""

_BIRTHS_A_YEAR = {
    1962: 2, 1964: 6, 1966: 10, 1968: 13, 1970: 16, 1972: 17, 1974: 18, 1976: 18, 1978: 19, 1980: 21, 1982: 23, 1984: 24,
    1986: 25, 1988: 25, 1990: 24, 1992: 21, 1994: 17, 1996: 14, 1998: 10, 2000: 6, 2002: 3,
}  # fmt: skip
_BIRTH_YEARS = list(_BIRTHS_A_YEAR)
_BIRTH_WEIGHTS = list(_BIRTHS_A_YEAR.values())
_CATEGORIES = ("02", "01", "08", "08,02", "02,01", "03", "03,04", "04", "05", "07", "06", "08,01,02")
_CATEGORY_WEIGHTS = (22, 17, 27, 7, 6, 5, 3, 2, 3, 5, 2, 1)
_MARITIME_WEIGHTS = (1, 1, 2, 0, 0, 14, 14, 12, 8, 2, 46, 0)
_STAFFING = ("public-institution", "civil-service-law", "civil-servant", "manual-staff", "contract")
_STAFFING_WEIGHTS = (52, 26, 17, 3, 2)
_POSTS = ("执法岗", "审批岗", "法制审核岗", "综合管理岗", "执法监督岗")
_POST_WEIGHTS = (74, 6, 4, 10, 6)
_SCHOOLS = ("长安大学", "重庆交通大学", "长沙理工大学", "大连海事大学", "上海海事大学", "武汉理工大学", "兰州交通大学", "山东交通学院",
            "北京交通大学", "西南交通大学", "华东政法大学", "西南政法大学", "中央广播电视大学", "国家开放大学", "中共中央党校函授学院")  # fmt: skip
_MAJORS = ("法学", "交通运输", "道路桥梁与渡河工程", "行政管理", "土木工程", "汉语言文学", "会计学", "公共事业管理", "航海技术",
           "轮机工程", "计算机科学与技术", "工商管理", "经济管理", "交通工程")  # fmt: skip
_DEGREES = {"14": ("301", "303", "308"), "21": ("403", "408", "412", "")}
_POLITICAL = ("01", "13", "03", "12")
_ETHNIC = {
    "65": ("05", 0.3),
    "54": ("04", 0.7),
    "15": ("02", 0.25),
    "64": ("03", 0.3),
    "45": ("08", 0.35),
    "53": ("07", 0.15),
}
_OTHER_ETHNIC = ("11", "03", "15", "06", "02", "08")
_LONGEST_VALIDITY = timedelta(days=5 * 365 + 1)


@dataclass(frozen=True)
class UnitPlace:
    """A unit as officers' columns name it."""

    pk: int
    code: str
    division: str
    level: str
    province_unit: int | None
    city_unit: int | None
    county_unit: int | None
    agency_unit: int | None

    @property
    def columns(self) -> dict[str, Any]:
        """The columns that say where an officer of the unit is."""
        return {
            "agency_id": self.pk,
            "province_unit": self.province_unit,
            "city_unit": self.city_unit,
            "county_unit": self.county_unit,
            "agency_unit": self.agency_unit,
        }


@dataclass(frozen=True, slots=True)
class Step:
    """One change as it was recorded: the columns that it sets, and the day on which it was recorded and began to count."""

    kind: ChangeKind
    on: date
    values: dict[str, Any]


@dataclass(slots=True)
class Career:
    """One officer: the first step enters every column, the others change some; and the entries beside the record.

    ``training`` is (finished on, hours), ``examinations`` are (paper, sat on, tenths of a mark).
    """

    uid: UUID
    id_number: str
    steps: list[Step]
    education: tuple[str, str, str, str, date] | None = None
    trainings: list[tuple[date, int]] = field(default_factory=list)
    examinations: list[tuple[str, date, int]] = field(default_factory=list)


class IdNumbers:
    """Gives ID numbers that are all different: free places of a birth day are taken in an order of its own."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._places: dict[tuple[int, int], int] = {}

    def number(self, born_on: date, sex: str) -> str:
        """Return the next number for somebody of this birth day and sex: 18 characters with their check character."""
        key = (born_on.toordinal(), int(sex))
        place = self._places.get(key)
        if place is None:
            place = int(self._random.random() * 50_000)
        self._places[key] = (
            place + 7_919
        ) % 50_000  # prime to 50,000: every place comes before one comes again
        order = place % 500 * 2 + int(sex) % 2
        body = f"{AREA_PREFIX}{place // 500:02d}{born_on:%Y%m%d}{order:03d}"
        return body + check_character(body)


class Careers:
    """Makes careers, one after another, from one stream of chance."""

    def __init__(self, random: Random, on: date, units_near: Mapping[int, Sequence[UnitPlace]]) -> None:
        self._random = random
        self._on = on
        self._units_near = units_near
        self._ids = IdNumbers(random)
        self._serials: dict[str, int] = {}
        self._openings: dict[str, date] = {}

    def career_at(self, unit: UnitPlace) -> Career:
        """Return the career of somebody who is in ``unit`` when the register is looked at."""
        random, chance = self._random, self._random.random
        province = unit.code[:2]
        sex = "1" if chance() < 0.77 else "2"
        birth_year = random.choices(_BIRTH_YEARS, _BIRTH_WEIGHTS)[0] + int(chance() * 2)
        born_on = date(birth_year, 1, 1) + timedelta(days=int(chance() * 365))
        uid = UUID(int=random.getrandbits(128), version=4)
        basic = self._basic(province, sex, born_on, unit)
        came_from = self._came_from(unit)
        started_on = date.fromisoformat(basic["enforcement_started_on"])
        opening = self._opening(province)
        is_old = started_on < opening
        entered_on = (
            opening + timedelta(days=int(chance() * 40))
            if is_old
            else started_on + timedelta(days=int(chance() * 60))
        )
        entered_on = min(entered_on, self._on - timedelta(days=30))
        first = {**basic, **came_from.columns}
        steps = [Step(ChangeKind.IMPORTED if is_old else ChangeKind.ENTERED, entered_on, first)]
        career = Career(uid, self._ids.number(born_on, sex), steps)
        self._learn(career, basic, entered_on)
        self._add_steps(career, unit, came_from, entered_on)
        return career

    def _basic(self, province: str, sex: str, born_on: date, unit: UnitPlace) -> dict[str, Any]:
        random, chance = self._random, self._random.random
        work_year = min(born_on.year + 19 + int(chance() * 6), self._on.year - 1)
        work_started_on = date(work_year, 7 if chance() < 0.6 else 1 + int(chance() * 12), 1)
        enforcing_year = min(work_year + (0 if chance() < 0.35 else int(chance() * 12)), self._on.year - 1)
        enforcement_started_on = date(enforcing_year, 1 + int(chance() * 12), 1 + int(chance() * 28))
        enforcement_started_on = max(enforcement_started_on, work_started_on)
        education = self._education(born_on.year)
        degrees = _DEGREES.get(education, ("",))
        weights = _MARITIME_WEIGHTS if unit.code[:2] in ("91", "92", "93") else _CATEGORY_WEIGHTS
        ethnic, share = _ETHNIC.get(province, ("15", 0.02))
        is_minority = chance() < share
        political = (
            _POLITICAL[0] if chance() < 0.62 else _POLITICAL[2] if born_on.year > 1997 else _POLITICAL[1]
        )
        is_leader = chance() < 0.08 and born_on.year < 1988
        return {
            "name": made_up_name(random, sex, born_on.year, province),
            "sex": sex,
            "birth_on": born_on.isoformat(),
            "ethnicity": ethnic
            if is_minority
            else "01"
            if chance() < 0.96
            else _OTHER_ETHNIC[int(chance() * 6)],
            "political_status": political,
            "education": education,
            "degree": degrees[int(chance() * len(degrees))],
            "school": _SCHOOLS[int(chance() * len(_SCHOOLS))],
            "major": _MAJORS[int(chance() * len(_MAJORS))],
            "categories": random.choices(_CATEGORIES, weights)[0],
            "post": "领导岗" if is_leader else random.choices(_POSTS, _POST_WEIGHTS)[0],
            "position": self._position(is_leader, born_on.year),
            "staffing": random.choices(_STAFFING, _STAFFING_WEIGHTS)[0],
            "has_legal_qualification": chance() < 0.035,
            "work_started_on": work_started_on.isoformat(),
            "work_started_precision": "month",
            "enforcement_started_on": enforcement_started_on.isoformat(),
            "enforcement_started_precision": "day",
            "phone": f"1990000{int(chance() * 10_000):04d}",
            "remark": "",
            "photo_id": None,
            "state": OfficerState.ACTIVE.value,
            "left_on": None,
            "left_kind": "",
            "arrived_on": None,
            "certificate_number": "",
            "certificate_state": "",
            "certificate_valid_until": None,
            "reviewed_year": 0,
            "trained_year": 0,
            "examined_year": 0,
        }

    def _education(self, birth_year: int) -> str:
        chance = self._random.random()
        if birth_year < 1974:
            return (
                "21"
                if chance < 0.38
                else "31"
                if chance < 0.83
                else "41"
                if chance < 0.94
                else "61"
                if chance < 0.99
                else "14"
            )
        if birth_year < 1986:
            return "21" if chance < 0.62 else "31" if chance < 0.91 else "14" if chance < 0.95 else "41"
        return "21" if chance < 0.76 else "31" if chance < 0.88 else "14" if chance < 0.995 else "11"

    def _position(self, is_leader: bool, birth_year: int) -> str:
        chance = self._random.random()
        if is_leader:
            return "大队长" if chance < 0.35 else "副大队长" if chance < 0.8 else "支队长"
        if birth_year < 1985 and chance < 0.2:
            return "中队长"
        return "执法员" if chance < 0.75 else "科员"

    def _opening(self, province: str) -> date:
        """Return the day on which the province took its people into the register."""
        if province not in self._openings:
            self._openings[province] = date(2021, 3, 1) + timedelta(days=int(self._random.random() * 700))
        return self._openings[province]

    def _came_from(self, unit: UnitPlace) -> UnitPlace:
        near = self._units_near.get(unit.pk, ())
        if near and self._random.random() < 0.12:
            return near[int(self._random.random() * len(near))]
        return unit

    def _day_between(self, first: date, last: date) -> date:
        return first + timedelta(days=int(self._random.random() * max((last - first).days, 1)))

    def _learn(self, career: Career, basic: dict[str, Any], entered_on: date) -> None:
        graduated_on = date(int(basic["birth_on"][:4]) + (25 if basic["education"] < "20" else 22), 6, 30)
        if graduated_on < self._on:
            career.education = (
                basic["education"],
                basic["degree"],
                basic["school"],
                basic["major"],
                graduated_on,
            )
        if self._random.random() < 0.9:
            for paper in ("general-law", "special-law"):
                sat_on = self._day_between(entered_on - timedelta(days=400), entered_on)
                career.examinations.append((paper, sat_on, 600 + int(self._random.random() * 380)))

    def _add_steps(self, career: Career, unit: UnitPlace, came_from: UnitPlace, entered_on: date) -> None:
        """Add what happened after the entry, each after the one before."""
        chance = self._random.random
        basic = career.steps[0].values
        day = entered_on
        last_day = self._on - timedelta(days=1)
        if came_from.pk != unit.pk:
            day = self._day_between(day + timedelta(days=1), last_day)
            career.steps.append(
                Step(ChangeKind.TRANSFERRED, day, {**unit.columns, "arrived_on": day.isoformat()})
            )
        if chance() < 0.22:
            day = self._day_between(day + timedelta(days=1), last_day)
            career.steps.append(Step(ChangeKind.CHANGED, day, self._change(basic)))
        may_enforce = basic["staffing"] not in ("manual-staff", "contract") and basic["education"] < "40"
        if may_enforce and chance() < 0.93:
            day = self._certify(career, unit.code[:2], day, last_day)
        if (
            chance() < 0.045
            or retirement.statutory_on(date.fromisoformat(basic["birth_on"]), basic["sex"]) < last_day
        ):
            self._leave(career, day, last_day)

    def _change(self, basic: dict[str, Any]) -> dict[str, Any]:
        chance = self._random.random()
        if chance < 0.4:
            return {"position": "中队长" if basic["position"] != "中队长" else "副大队长"}
        if chance < 0.7 and basic["education"] == "31":
            return {"education": "21", "degree": "", "school": "国家开放大学", "major": "法学"}
        if chance < 0.85:
            return {"post": "法制审核岗" if basic["post"] != "法制审核岗" else "执法岗"}
        return {"phone": f"1990001{int(chance * 10_000):04d}"}

    def _certify(self, career: Career, province: str, after: date, last_day: date) -> date:
        chance = self._random.random
        issued_on = self._day_between(after + timedelta(days=1), min(after + timedelta(days=420), last_day))
        serial = self._serials.get(province, 0) + 1
        self._serials[province] = serial
        valid_until = issued_on + _LONGEST_VALIDITY
        first_state = (
            CertificateState.ACTIVE
            if issued_on < last_day - timedelta(days=20)
            else CertificateState.PRODUCED
        )
        career.steps.append(
            Step(
                ChangeKind.CERTIFICATE_CHANGED,
                issued_on,
                {
                    "certificate_number": certificate_number.make(province, serial),
                    "certificate_state": first_state.value,
                    "certificate_valid_until": valid_until.isoformat(),
                    "trained_year": issued_on.year,
                    "examined_year": issued_on.year,
                },
            )
        )
        career.trainings.append((issued_on - timedelta(days=10), 60))
        day = issued_on
        if chance() < 0.72 and issued_on.year < last_day.year:
            reviewed_on = self._day_between(max(date(last_day.year, 1, 5), day + timedelta(days=1)), last_day)
            year = reviewed_on.year if chance() < 0.9 else reviewed_on.year - 1
            career.steps.append(
                Step(
                    ChangeKind.REVIEWED,
                    reviewed_on,
                    {"reviewed_year": year, "trained_year": reviewed_on.year},
                )
            )
            career.trainings.append((reviewed_on - timedelta(days=3), 24))
            day = reviewed_on
        if valid_until <= last_day:
            day = max(day, valid_until)
            career.steps.append(
                Step(
                    ChangeKind.CERTIFICATE_CHANGED, day, {"certificate_state": CertificateState.EXPIRED.value}
                )
            )
        elif chance() < 0.05 and day < last_day:
            fate = chance()
            state = (
                CertificateState.LOST
                if fate < 0.4
                else CertificateState.WITHHELD
                if fate < 0.65
                else CertificateState.CANCELLED
                if fate < 0.97
                else CertificateState.REVOKED
            )
            day = self._day_between(day + timedelta(days=1), last_day)
            career.steps.append(Step(ChangeKind.CERTIFICATE_CHANGED, day, {"certificate_state": state.value}))
        return day

    def _leave(self, career: Career, after: date, last_day: date) -> None:
        basic = career.steps[0].values
        day = self._day_between(after + timedelta(days=1), last_day)
        chance = self._random.random()
        is_old = self._on.year - int(basic["birth_on"][:4]) >= 54
        kind = (
            LeavingKind.RETIREMENT
            if is_old
            else LeavingKind.RESIGNATION
            if chance < 0.5
            else LeavingKind.TRANSFER_OUT
            if chance < 0.9
            else LeavingKind.DISMISSAL
            if chance < 0.96
            else LeavingKind.DEATH
        )
        values = {"state": OfficerState.LEFT.value, "left_on": day.isoformat(), "left_kind": kind.value}
        states = [
            step.values["certificate_state"] for step in career.steps if step.values.get("certificate_state")
        ]
        if states and states[-1] not in CERTIFICATE.final:
            values["certificate_state"] = CertificateState.CANCELLED.value
        career.steps.append(Step(ChangeKind.LEFT, day, values))
