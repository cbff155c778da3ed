"""Prepare the journeys of single cases, through the services of the node that the environment names.

``python -m tests.journeys.case_rehearsal.prepare jiangsu|shanghai|hold NUMBER``: the first two open accounts and enter
drafts that only want the unit's statement, and print passwords by user name and numbers by officer as JSON; ``hold``
makes the certificate of a filed case active.
"""

from __future__ import annotations

import json
import sys
from datetime import date

from warrant.nodes.start import prepare_django

prepare_django()

from django.utils import timezone
from tests.journeys.filing_rehearsal.cases import PROVINCIAL, Desk, prepare_draft

from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.accounts.services import open_first_account
from warrant.apps.applications.models import Application
from warrant.apps.certificates.models import Certificate
from warrant.apps.certificates.services import hand_over, record_production
from warrant.apps.officers.models import AdditionalEntry
from warrant.apps.organisations.models import Agency
from warrant.apps.organisations.services import open_agency, seed_organisations
from warrant.core.access import Actor, Grant, Level, Role

PASSWORD = "Lantern-Harbour-58"
KUNSHAN = Desk("kunshan-registrar", "昆山市交通运输综合行政执法大队", "公路路政", "01")
PUDONG = Desk("pudong-registrar", "浦东新区交通运输综合行政执法大队", "公路路政", "01")
COLLEAGUES = (
    ("kunshan-reviewer-b", "易水寒", "320583", Role.REVIEWER),
    ("suzhou-verifier-b", "卫长风", "320500", Role.VERIFIER),
    ("approver-b", "柏松涛", "320000", Role.APPROVER),
)
MUNICIPAL = (
    ("pudong-registrar", "施云起", "310115", Role.REGISTRAR),
    ("pudong-reviewer", "贺兰亭", "310115", Role.REVIEWER),
    ("approver", "虞怀远", "310000", Role.APPROVER),
    ("training", "申同舟", "310000", Role.TRAINING_MANAGER),
)
DRAFTS = (
    ("江行之", KUNSHAN),
    ("方明哲", KUNSHAN),
    ("白守信", PROVINCIAL),
    ("温如玉", PROVINCIAL),
    ("丁静远", PROVINCIAL),
    ("叶知行", PROVINCIAL),
    ("崔月明", PROVINCIAL),
)


def _open_accounts(people: tuple[tuple[str, str, str, Role], ...]) -> dict[str, str]:
    for username, name, unit_code, role in people:
        unit = Agency.objects.get(code=unit_code)
        open_first_account(
            username, name, unit, [role], PASSWORD, must_change_password=False, now=timezone.now()
        )
    return {username: PASSWORD for username, *_rest in people}


def _drafts(wanted: tuple[tuple[str, Desk], ...]) -> dict[str, str]:
    return {name: prepare_draft(place, name, desk) for place, (name, desk) in enumerate(wanted, start=1)}


def jiangsu() -> dict[str, dict[str, str]]:
    """Open a second reviewer, verifier and approver, and enter the drafts."""
    return {"passwords": _open_accounts(COLLEAGUES), "numbers": _drafts(DRAFTS)}


def shanghai() -> dict[str, dict[str, str]]:
    """Enter a municipality: a district directly under it, its brigade, three people and one draft."""
    now = timezone.now()
    seed_organisations(now)
    top = Agency.objects.get(code="310000")
    grant = Grant(Role.SYSTEM_ADMINISTRATOR, Level.PROVINCE, top.pk, is_node_wide=True)
    founder = Actor(0, "建库", top.pk, (grant,))
    today = timezone.localdate(now)
    district = open_agency(
        founder,
        top,
        name="浦东新区交通委员会",
        level=Level.COUNTY,
        division_code="310115",
        on=today,
        now=now,
    )
    open_agency(founder, district, name=PUDONG.agency, level=Level.AGENCY, on=today, now=now)
    return {"passwords": _open_accounts(MUNICIPAL), "numbers": _drafts((("秦若水", PUDONG),))}


def hold(number: str) -> dict[str, dict[str, str]]:
    """Let the officer of a filed case hold the certificate, and be found competent for last year."""
    now = timezone.now()
    application = Application.system.get(number=number)
    certificate = Certificate.system.get(officer_id=application.officer_id)
    operator, registrar = (
        actor_for(Account.objects.get(username=username)) for username in ("card", "registrar")
    )
    record_production(operator, certificate, now=now)
    hand_over(registrar, certificate, now=now)
    AdditionalEntry.objects.create(
        officer_id=application.officer_id,
        kind="assessment",
        content={"year": "2025", "band": "competent", "decided_by": "江苏省交通运输厅"},
        from_on=date(2026, 1, 20),
        recorded_by_id=registrar.account_id,
        recorded_at=now,
    )
    return {"passwords": {}, "numbers": {"certificate": certificate.number}}


if __name__ == "__main__":
    if sys.argv[1] == "hold":
        prepared = hold(sys.argv[2])
    else:
        prepared = shanghai() if sys.argv[1] == "shanghai" else jiangsu()
    sys.stdout.write(json.dumps(prepared))
