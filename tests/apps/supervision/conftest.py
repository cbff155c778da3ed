"""Officers written through the one door, so that statistics follow them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pytest

from warrant.apps.officers.models import Officer
from warrant.apps.officers.services.writing import write_change, write_new
from warrant.apps.organisations.models import Agency
from warrant.core.lifecycle import ChangeKind

NOW = datetime(2026, 11, 22, 8, 45, tzinfo=UTC)
_numbers = count(1)

Register = Callable[..., Officer]


def new_officer(agency: Agency, **values: Any) -> Officer:
    number = next(_numbers)
    officer = Officer(
        **{
            "name": f"林书{number}",
            "sort_key": f"lin shu {number:05d}",
            "sex": "1",
            "birth_on": date(1988, 3, 9),
            "education": "21",
            "major": "法学",
            "categories": "02",
            "post": "执法岗",
            "staffing": "civil-servant",
            **values,
        },
        agency=agency,
        id_number_sealed=b"sealed",
        id_number_index=number.to_bytes(16, "big"),
        entered_at=NOW,
        changed_at=NOW,
    )
    officer.put_at(agency.place)
    return officer


def place_values(agency: Agency) -> dict[str, Any]:
    place = agency.place
    return {
        "agency_id": agency.pk,
        "province_unit": place.province_id,
        "city_unit": place.city_id,
        "county_unit": place.county_id,
        "agency_unit": place.agency_id,
    }


@pytest.fixture
def register(db: None) -> Register:
    """Enter an officer: ``register(tree.kunshan_brigade, on=date(2026, 1, 5), education="31")``."""

    def enter(agency: Agency, *, on: date = date(2026, 1, 5), **values: Any) -> Officer:
        officer = new_officer(agency, **values)
        write_new([officer], ChangeKind.ENTERED, None, now=NOW, effective_on=on)
        return officer

    return enter


def change(officer: Officer, on: date, kind: ChangeKind = ChangeKind.CHANGED, **values: Any) -> None:
    write_change(officer, values, kind, None, now=NOW, effective_on=on)


def transfer(officer: Officer, agency: Agency, on: date) -> None:
    change(officer, on, ChangeKind.TRANSFERRED, **place_values(agency), arrived_on=on)


def leave(officer: Officer, on: date, kind: str = "retirement") -> None:
    change(officer, on, ChangeKind.LEFT, state="left", left_on=on, left_kind=kind)
