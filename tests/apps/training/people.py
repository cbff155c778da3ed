"""Made-up officers for the tests of training and applications."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from typing import Any

from tests.support.proofs import pdf
from warrant.apps.accounts.models import Account
from warrant.apps.officers.models import Officer
from warrant.apps.organisations.models import Agency

ENTERED_AT = datetime(2026, 10, 1, 1, 0, tzinfo=UTC)
PDF = pdf()


def make_officer(
    agency: Agency, name: str = "林书白", entered_by: Account | None = None, **fields: Any
) -> Officer:
    """Enter an officer who meets every condition that the basic data can meet."""
    officer = Officer(
        name=name,
        sort_key=f"lin shu bai {name}",
        sex="1",
        birth_on=date(1990, 5, 1),
        id_number_sealed=b"sealed",
        id_number_index=hashlib.sha256(f"{name}{agency.code}".encode()).digest()[:16],
        education="21",
        agency=agency,
        categories="08",
        post="执法员",
        position="一级主任科员",
        staffing="civil-servant",
        entered_by=entered_by,
        entered_at=ENTERED_AT,
        changed_at=ENTERED_AT,
    )
    for field, value in fields.items():
        setattr(officer, field, value)
    officer.put_at(agency.place)
    officer.save()
    return officer
