"""Ten thousand cases that wait for one approver, in a province of twenty thousand officers; and one of them decided.

``python -m bench.waiting OUTPUT`` runs as a province node whose officers were just generated; it writes a pickle of
:class:`Prepared`. The rows are written directly, as the services would have left them.
"""

from __future__ import annotations

import pickle
import sys
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from warrant.nodes.start import prepare_django

prepare_django()

from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from bench.as_node import account_of, cookie_of, note_statements
from bench.cases import Case, Prepared
from warrant.apps.accounts.models import Account
from warrant.apps.applications.models import Application, Opinion, Stay
from warrant.apps.applications.selectors.cases import OPEN_STATES
from warrant.apps.applications.selectors.regulations import steps_at
from warrant.apps.applications.services.assigning import watch_over_cases
from warrant.apps.applications.types import DECLARATIONS
from warrant.apps.examinations.models import ExaminationRecord
from warrant.apps.foundation import clock
from warrant.apps.officers.models import Document, EducationRecord, Officer
from warrant.apps.organisations.models import Agency
from warrant.apps.regulations.selectors import in_force
from warrant.apps.regulations.services import keep_snapshot
from warrant.apps.training.models import TrainingRecord
from warrant.core.access import Role
from warrant.core.lifecycle import ApplicationKind
from warrant.core.regulation import RegulationKind

CASES = 10_000
PROVINCE = "320000"
STATEMENT = "该同志政治合格，遵纪守法，身体健康，在编在职，同意申领执法证件。"
QUEUE_MS = 60.0
"""CPU of the queue, most of it the database's: four figures are counted up to a thousand, each case asked for four eyes."""
QUALIFIED = 2
"""Cases of which every condition holds: one is passed on, one approved."""


def _people() -> dict[str, Account]:
    return {
        "registrar": account_of("bench-registrar", "320583", Role.REGISTRAR),
        "reviewer": account_of("bench-reviewer", "320583", Role.REVIEWER),
        "verifier": account_of("bench-verifier", "320500", Role.VERIFIER),
        "approver": account_of("bench-approver", PROVINCE, Role.APPROVER),
        "colleague": account_of("bench-colleague", PROVINCE, Role.APPROVER),
    }


def _officers() -> list[Officer]:
    """Move the first of the generated officers to the counties' agencies of the province, and return them."""
    units = list(
        Agency.objects.filter(province__code=PROVINCE, level="agency", county__isnull=False)
        .select_related("province", "city", "county")
        .order_by("pk")
    )
    free = Officer.system.filter(state="active").exclude(applications__state__in=OPEN_STATES)
    officers = list(free.order_by("pk")[:CASES])
    for place, officer in enumerate(officers):
        officer.agency = units[place % len(units)]
        officer.put_at(officer.agency.place)
        officer.owner_node = ""
        officer.certificate_number = officer.certificate_state = ""
    columns = ["agency", "province_unit", "city_unit", "county_unit", "agency_unit"]
    columns += ["owner_node", "certificate_number", "certificate_state"]
    Officer.system.bulk_update(officers, columns, batch_size=500)
    return officers


def _application(
    place: int, officer: Officer, people: dict[str, Account], top: Agency, now: datetime
) -> Application:
    due_on = now.date() + timedelta(days=place % 21 - 4)
    steps = steps_at(officer.place, ApplicationKind.FIRST_ISSUE, PROVINCE, now.date())
    application = Application(
        number=f"A32B{place:06d}",
        officer=officer,
        categories=officer.categories.split(",")[0] or "08",
        state="approval",
        round=1,
        steps=[
            {
                "state": step.state.value,
                "level": step.level.value,
                "unit_id": step.unit_id,
                "limit": step.limit,
                "warning": step.warning,
            }
            for step in steps
        ],
        statement=STATEMENT,
        declarations=dict.fromkeys(DECLARATIONS, True),
        prepared_by=people["registrar"],
        created_at=now - timedelta(days=20),
        submitted_at=now - timedelta(days=19),
        waiting_since=now - timedelta(days=place % 15),
        waiting_unit_id=top.pk,
        decides_as="approval",
        due_on=due_on,
        warn_on=due_on - timedelta(days=2),
    )
    if place % 10 < 3:
        application.assigned_to = people["approver" if place % 10 == 0 else "colleague"]
        application.assigned_at = now - timedelta(days=1)
    application.put_at(officer.place)
    return application


def _said(application: Application, place: int, people: dict[str, Account], now: datetime) -> list[Opinion]:
    """Return what was said so far; in one case of fifty the approver refused, and was overturned."""
    acts = [("draft", "submit", "registrar"), ("review", "pass-review", "reviewer")]
    acts.append(("verification", "pass-verification", "verifier"))
    if place % 50 == 7:
        acts.append(("approval", "refuse", "approver"))
    return [
        Opinion(
            application=application,
            seq=seq,
            round=1,
            state=state,
            action=action,
            reason="材料齐全，同意上报",
            account=people[who],
            account_name=people[who].display_name,
            unit_name=people[who].agency.name,
            given_at=now - timedelta(days=18 - seq),
        )
        for seq, (state, action, who) in enumerate(acts, start=1)
    ]


def _qualify(officer: Officer, account: Account, now: datetime) -> None:
    """Record what every condition asks for, as if it had been proven."""
    document = Document(
        digest=f"{officer.pk:064x}",
        media_type="application/pdf",
        size=9,
        file_name="proof.pdf",
        permission="officer.view",
        uploaded_at=now,
    )
    document.put_at(officer.place)
    document.save()
    officer.photo = document
    officer.education, officer.staffing, officer.post = "21", "civil-servant", "执法岗"
    officer.birth_on, officer.categories = date(1990, 5, 1), "08"
    officer.save()
    known = {"officer": officer, "proof": document, "recorded_by": account, "recorded_at": now}
    EducationRecord.objects.create(
        education="21", school="长安大学", major="法学", graduated_on=date(2012, 6, 30), **known
    )
    TrainingRecord.objects.create(
        course="岗前培训",
        organiser="江苏省交通运输厅",
        hours=64,
        started_on=date(2026, 8, 3),
        finished_on=date(2026, 8, 14),
        **known,
    )
    for paper, day in (("special-law", date(2026, 9, 1)), ("general-law", date(2026, 9, 15))):
        ExaminationRecord.objects.create(
            paper=paper, sat_on=day, organiser="江苏省交通运输厅", score=82.5, pass_mark=60.0, **known
        )


@transaction.atomic
def fill(people: dict[str, Account], now: datetime) -> list[Application]:
    """Write the cases; the last ones are those of which every condition holds."""
    top = Agency.objects.get(code=PROVINCE)
    officers = _officers()
    for officer in officers[-QUALIFIED:]:
        _qualify(officer, people["registrar"], now)
    cases = [
        _application(place, officer, people, top, now) for place, officer in enumerate(officers, start=1)
    ]
    Application.system.bulk_create(cases, batch_size=200)
    opinions = [row for place, case in enumerate(cases, start=1) for row in _said(case, place, people, now)]
    Opinion.objects.bulk_create(opinions, batch_size=200)
    rules, calendar = (
        keep_snapshot(in_force(kind, PROVINCE, now.date()))
        for kind in (RegulationKind.STEPS, RegulationKind.CALENDAR)
    )
    Stay.objects.bulk_create(
        [
            Stay(
                application=case,
                state="approval",
                unit_id=top.pk,
                begun_at=now,
                limit=10,
                due_on=case.due_on,
                steps_digest=rules,
                calendar_digest=calendar,
            )
            for case in cases
        ],
        batch_size=500,
    )
    return cases


def _asked(work: Callable[[], Any]) -> tuple[int, int]:
    """Return how many questions ``work`` asks of the database, and how many statements of it write."""
    counts = {"asks": 0, "writes": 0}

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        word = sql.lstrip().split(" ", 1)[0].upper()
        if word in ("SELECT", "WITH"):
            counts["asks"] += 1
        elif word in ("INSERT", "UPDATE", "DELETE"):
            counts["writes"] += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        work()
    return counts["asks"], counts["writes"]


def _client(cookie: str) -> Client:
    client = Client()
    name, _equals, value = cookie.partition("=")
    client.cookies[name] = value
    return client


def _decide(client: Client, case: Application, action: str) -> tuple[int, int]:
    def act() -> None:
        answer = client.post(
            reverse("application-act", args=[case.number, action]),
            {"reason": "经核对，材料齐全，同意", "marked_fields": ["training"]},
        )
        if answer.status_code != 302:
            raise RuntimeError(f"{action} answered {answer.status_code}: {answer.content.decode()[-1500:]}")

    return _asked(act)


def prepare() -> Prepared:
    """Write the cases, decide two of them, and note what is measured."""
    now = clock.now()
    people = _people()
    cases = fill(people, now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    began = time.monotonic()
    watch_over_cases(now=clock.now())
    watched = time.monotonic() - began
    queue = reverse("application-waiting")
    case = reverse("application-detail", args=[cases[-3].number])
    prepared = Prepared({"approver": cookie_of(people["approver"])})
    client = _client(prepared.cookies["approver"])
    for _ in range(2):
        opened, _writes = _asked(lambda: client.get(case))
    _decide(client, cases[7], "return-for-correction")
    decided, writes = _decide(client, cases[8], "return-for-correction")
    approved, approval_writes = _decide(client, cases[-1], "approve")
    prepared.figures = {
        "waiting": len(cases),
        "opened": opened,
        "decided": decided,
        "writes": writes,
        "approved": approved,
        "approval_writes": approval_writes,
        "watch_seconds": round(watched, 2),
    }
    prepared.cases = [
        Case("queue of 10,000 cases, first page", "approver", queue, 3.0, at_most_ms=QUEUE_MS),
        Case("queue, what I hold", "approver", f"{queue}?holder=mine", 3.0, at_most_ms=QUEUE_MS),
        Case("queue, overdue", "approver", f"{queue}?due=overdue", 3.0, at_most_ms=QUEUE_MS),
        Case("list of cases, first page", "approver", reverse("application-list"), 15.0, at_most_ms=16.0),
        Case("a waiting case", "approver", case, at_most_ms=60.0),
        Case("first page of an approver", "approver", "/", at_most_ms=QUEUE_MS),
    ]
    note_statements(prepared)
    return prepared


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(pickle.dumps(prepare()))
