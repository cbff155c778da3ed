"""At most 10 queries and 60 kB a page, with every provider of the node wired.

One of the queries is the session's sign of life, which is written at most once in a while and here every time.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.models.base import ModelState
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.apps.world import AT, World, become, named_patterns, unit_of
from warrant.adapters.software_vault import SoftwareVault
from warrant.apps.accounts.models import Account, RoleAssignment
from warrant.apps.accounts.types import SEEN_AT
from warrant.apps.applications.models import Opinion
from warrant.apps.applications.types import DECLARATIONS
from warrant.apps.audit.services import record
from warrant.apps.cardcentre.models import Card, CardJob, CardJobStep
from warrant.apps.certificates.models import CertificateEntry
from warrant.apps.foundation import ports
from warrant.apps.foundation.models import Job
from warrant.apps.foundation.outbox import publish
from warrant.apps.officers.types import TABS
from warrant.apps.regulations.selectors import in_force
from warrant.core.access import ROLE_LEVELS, Level, Role
from warrant.core.chip.personalisation import StepName
from warrant.core.lifecycle import CertificateState
from warrant.core.regulation import RegulationKind
from warrant.core.standards import certificate_number

pytestmark = pytest.mark.django_db

MOST_QUERIES = 10
MOST_QUERIES_OF_A_CASE = 12  # every opinion, proof, time limit and filing of it
MOST_BYTES = 60_000
CROWD = 55
NOT_ASKED = ("SAVEPOINT", "RELEASE SAVEPOINT", "SELECT JSON(")
"""The last is Django's look at what SQLite can do, once in the life of a process."""

S = CertificateState

SignIn = Callable[[Account], Client]

DECIDING = (Role.REGISTRAR, Role.REVIEWER, Role.VERIFIER, Role.APPROVER, Role.SUPERVISOR)
OFFICER_PARTS = tuple(f"?part={tab}" for tab in TABS)


def go_the_whole_way(world: World) -> None:
    """Give Kunshan's officer what every step of the way leaves: opinions, card, hand-over, loss, history."""
    things, clerk = world.kunshan, world.clerk
    application, certificate = things.application, things.certificate
    units = [world.tree.kunshan, world.tree.suzhou, world.tree.jiangsu]
    states = ("review", "verification", "approval")
    application.steps = [
        {"state": state, "level": unit.level, "unit_id": unit.pk}
        for state, unit in zip(states, units, strict=True)
    ]
    application.statement = "品行良好，身体健康，同意申领。"
    application.declarations = dict.fromkeys(DECLARATIONS, True)
    application.submitted_at = AT
    application.round = 1
    application.save()
    said = (
        ("draft", "submit", clerk),
        ("review", "pass-review", clerk),
        ("verification", "pass-verification", clerk),
        ("approval", "approve", clerk),
        ("filing", "record-filing", None),
    )
    for seq, (state, action, account) in enumerate(said, start=1):
        Opinion.objects.create(
            application=application,
            seq=seq,
            round=1,
            state=state,
            action=action,
            account=account,
            account_name=account.display_name if account else "",
            unit_name="昆山市交通运输局" if account else "交通运输部",
            given_at=AT + timedelta(hours=seq),
        )
    job = CardJob.objects.get(certificate=certificate)
    for name in StepName:
        CardJobStep.objects.create(job=job, attempt=1, name=name.value, begun_at=AT, done_at=AT)
    CardJob.objects.update(attempts=1, finished_by=clerk, finished_at=AT)
    Card.objects.filter(certificate=certificate).update(
        handed_over_by=clerk, handed_over_at=AT, received_by_name=things.officer.name
    )
    for action, before, after in (
        ("prepare", "", S.AWAITING_PRODUCTION),
        ("record-production", S.AWAITING_PRODUCTION, S.PRODUCED),
        ("hand-over", S.PRODUCED, S.ACTIVE),
        ("report-lost", S.ACTIVE, S.LOST),
    ):
        CertificateEntry.objects.create(
            certificate=certificate,
            action=action,
            from_state=before,
            to_state=after,
            account=clerk,
            account_name=clerk.display_name,
            happened_at=AT,
        )
    certificate.state = S.LOST.value
    certificate.save()
    things.officer.entered_by = clerk
    things.officer.save()
    for number in range(40):
        record(None, "officer.changed", f"officer:{things.officer.pk}", f"改动 {number}", now=AT)


@pytest.fixture(autouse=True)
def regulations_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process asks every two seconds which regulations are confirmed, whatever pages it answers meanwhile."""
    module = import_module("warrant.apps.regulations.selectors.current")
    monkeypatch.setattr(module, "LOOKS_AGAIN_AFTER_SECONDS", 3600)


def clone(row: Any, **changes: Any) -> Any:
    """Save a copy of a row under a key of its own."""
    made = copy(row)
    made.pk = None
    made._state = ModelState()
    for name, value in changes.items():
        setattr(made, name, value)
    made.save()
    return made


def fill_a_page(world: World) -> None:
    """Put more of everything than a page shows: officers, cases that wait, certificates that wait for their card."""
    things = world.kunshan
    request = things.certificate.filing_request
    for count in range(CROWD):
        officer = clone(
            things.officer,
            uid=uuid4(),
            id_number_index=bytes([250, count]) * 8,
            sort_key=f"crowd {count:03d}",
        )
        waiting = {"state": "approval", "waiting_unit_id": world.tree.jiangsu.pk, "waiting_since": AT}
        number = f"A322025{count:06d}"
        application = clone(things.application, officer=officer, number=number, prepared_by=world.clerk)
        with transaction.atomic():
            entry = publish("ministry", "filing.requested", f"application:{number}", {}, now=AT)
        filed = clone(request, application=application, entry=entry, request_hash=bytes(entry.leaf_hash))
        clone(
            things.certificate,
            number=certificate_number.make("32", 1000 + count),
            officer=officer,
            filing_request=filed,
            status_index=30_000 + count,
            state=S.AWAITING_PRODUCTION.value,
        )
        clone(things.application, officer=officer, number=f"A322024{count:06d}", **waiting)
        clone(
            world.filing,
            application_number=number,
            request_hash=bytes(entry.leaf_hash),
            officer_name=officer.name,
        )


@pytest.fixture
def world(
    tree: SimpleNamespace,
    account_for: Callable[..., Account],
    vault: SoftwareVault,
    settings: Any,
    tmp_path: Path,
) -> World:
    settings.WARRANT_DOCUMENT_ROOT = str(tmp_path / "documents")
    settings.WARRANT_CARD_BOX = str(tmp_path / "card-box")
    ports.forget_ports()
    made = World(tree, account_for)
    go_the_whole_way(made)
    fill_a_page(made)
    return made


class Readers:
    """Opens pages as the people who use them, and keeps what each page cost beyond its bounds."""

    def __init__(self, world: World, sign_in: SignIn) -> None:
        self.world = world
        self._sign_in = sign_in
        self.too_heavy: dict[str, tuple[int, int]] = {}

    def person(self, role: Role, kind: str = "province") -> Client:
        """Sign the role's person in."""
        unit = unit_of(self.world.tree, role, kind)
        assert unit is not None
        return self._sign_in(self.world.account_of(role, unit))

    def open(self, client: Client, address: str, **headers: str) -> None:
        """Open a page that is there."""
        assert self.look(client, address, **headers), address

    def look(self, client: Client, address: str, **headers: str) -> bool:
        """Open a page when the session notes a sign of life, tell whether there is one, and keep what it cost too much.

        The queries for session, account and grants are counted, too.
        """
        session = client.session
        session.pop(SEEN_AT, None)
        session.save()
        with CaptureQueriesContext(connection) as queries:
            page = client.get(address, headers=headers)
        if page.status_code != 200:
            return False
        asked = [query for query in queries.captured_queries if not query["sql"].startswith(NOT_ASKED)]
        size = 0 if page.streaming else len(page.content)
        most = MOST_QUERIES_OF_A_CASE if address.startswith("/applications/") else MOST_QUERIES
        is_print_sheet = (
            page.get("Content-Type", "") == "application/pdf"
        )  # asked for once, not walked through
        if not is_print_sheet and (len(asked) > most or size > MOST_BYTES):
            person = page.wsgi_request.user
            self.too_heavy[f"{person}: {address}"] = (len(asked), size)
        return True


@pytest.fixture
def readers(world: World, sign_in: SignIn) -> Readers:
    in_force(RegulationKind.STEPS, "", AT.date())
    return Readers(world, sign_in)


def test_first_page_is_light_for_every_role(readers: Readers) -> None:
    for role in Role:
        if unit_of(readers.world.tree, role, "province") is not None:
            assert readers.look(readers.person(role), reverse("home"))
    assert not readers.too_heavy


def test_first_page_of_the_ministry_is_light_for_every_role(readers: Readers, settings: Any) -> None:
    become(settings, "ministry")
    for role in Role:
        if Level.MINISTRY in ROLE_LEVELS[role] and role is not Role.OFFICER:
            assert readers.look(readers.person(role, "ministry"), reverse("home"))
    assert not readers.too_heavy


def test_first_page_is_light_for_who_bears_many_roles(readers: Readers) -> None:
    world = readers.world
    client = readers.person(Role.APPROVER)
    account = Account.objects.get(username="approver-320000")
    for role in (Role.REGISTRAR, Role.CARD_OPERATOR, Role.KEY_CUSTODIAN):
        RoleAssignment.objects.create(
            account=account, role=role.value, unit=world.tree.jiangsu, assigned_at=AT
        )
    assert readers.look(client, reverse("home"))
    assert not readers.too_heavy


def test_pages_about_officers_are_light(readers: Readers) -> None:
    officer = readers.world.kunshan.officer
    page = reverse("officer-detail", args=[officer.pk])
    for role in DECIDING:
        client = readers.person(role)
        readers.open(client, reverse("officer-list"))
        for part in OFFICER_PARTS:
            readers.open(client, f"{page}{part}")
        readers.open(client, f"{page}?part=qualification", **{"HX-Request": "true"})
        readers.open(client, reverse("officer-glance", args=[officer.pk]))
    assert not readers.too_heavy


def test_pages_about_cases_are_light(readers: Readers) -> None:
    world = readers.world
    filed = world.kunshan.application
    for role in DECIDING:
        client = readers.person(role)
        readers.open(client, reverse("application-list"))
        for application in (filed, *world.cases.values()):
            readers.open(client, reverse("application-detail", args=[application.number]))
        readers.open(client, reverse("filing-request", args=[filed.number]))
    assert not readers.too_heavy


def test_pages_about_certificates_are_light(readers: Readers) -> None:
    certificate = readers.world.kunshan.certificate
    for role in (*DECIDING, Role.CARD_OPERATOR):
        client = readers.person(role)
        readers.open(client, reverse("certificate-list"))
        readers.open(client, reverse("certificate-detail", args=[certificate.number]))
    assert not readers.too_heavy


def test_pages_about_sams_are_light(readers: Readers) -> None:
    client, arguments = readers.person(Role.KEY_CUSTODIAN), readers.world.arguments()
    for name in ("sam-list", "sam-receive", "sam-count", "sam-detail", "sam-accept", "sam-count-detail"):
        readers.open(client, reverse(name, kwargs=arguments.get(name)))
    assert not readers.too_heavy


def test_card_station_and_its_job_are_light(readers: Readers) -> None:
    client, job = readers.person(Role.CARD_OPERATOR), readers.world.kunshan.job
    station = reverse("card-centre")
    for address in (
        station,
        f"{station}?made={job.pk}",
        reverse("card-job-detail", args=[job.pk]),
        reverse("card-stock"),
        reverse("card-batches"),
        reverse("card-movements"),
        reverse("card-movement-new"),
        reverse("card-stores"),
        reverse("card-destructions"),
        reverse("card-destruction-new"),
        reverse("card-balance"),
        reverse("stock-days"),
        *(
            reverse(name, kwargs=readers.world.arguments()[name])
            for name in ("card-destruction-detail", "stock-day-detail", "stock-day-close")
        ),
        *(
            reverse(f"card-{page}", kwargs=readers.world.arguments()[f"card-{page}"])
            for page in ("detail", "batch-detail", "batch-count", "movement-detail", "movement-take")
        ),
    ):
        readers.open(client, address)
    assert not readers.too_heavy


def test_own_pages_of_an_officer_are_light(readers: Readers) -> None:
    client, things = readers.person(Role.OFFICER), readers.world.kunshan
    for part in OFFICER_PARTS:
        readers.open(client, f"{reverse('own-record')}{part}")
    readers.open(client, reverse("certificate-detail", args=[things.certificate.number]))
    readers.open(client, reverse("application-detail", args=[things.application.number]))
    assert not readers.too_heavy


def test_pages_about_filings_are_light(readers: Readers, settings: Any) -> None:
    become(settings, "ministry")
    client = readers.person(Role.FILING_REVIEWER, "ministry")
    register = reverse("filing-list")
    detail = reverse("filing-detail", args=[readers.world.filing.pk])
    figures = reverse("filing-statistics")
    for address in (register, f"{register}?state=received", detail, figures, f"{figures}list/?waits=age"):
        readers.open(client, address)
    assert not readers.too_heavy


ASKED_BY_NAME = {
    "province": {
        "home",
        "audit-list",
        "account-list",
        "account-detail",
        "organisation-tree",
        "job-list",
        "job-detail",
        "export-list",
        "officer-enter",
        "officer-change",
        "officer-changes",
        "officer-history",
        "officer-entry",
        "officer-views",
        "certificate-views",
        "officer-retiring",
        "planned-leavings",
        "officer-export",
        "id-number-looks",
        "record-request-list",
        "transfer-list",
        "transfer-detail",
        "transfer-propose",
        "duplicate-list",
        "duplicate-detail",
        "duplicate-merge",
        "reported-duplicates",
        "proposal-detail",
        "roster-list",
        "roster-detail",
        "roster-mapping",
        "training-new",
        "training-correct",
        "officer-education-correct",
        "application-new",
        "card-hand-over",
        "key-act-detail",
        "statistics-overview",
        "statistics-cross",
        "statistics-people",
        "statistics-flows",
        "exchange-status",
        "regulation-list",
        "regulation-kind",
        "regulation-version",
        "regulation-line-new",
        "work-calendar-year",
    },
    "ministry": {
        "home",
        "audit-list",
        "filing-list",
        "filing-detail",
        "filing-statistics",
        "filing-statistics-list",
        "national-duplicates",
        "officer-list",
        "officer-changes",
        "officer-history",
        "statistics-overview",
        "statistics-cross",
        "statistics-people",
        "statistics-flows",
        "key-act-detail",
        "job-detail",
        "regulation-list",
        "regulation-version",
        "work-calendar",
    },
}
"""Pages that the walk over all addresses must have reached."""

OPENED_ABOVE = {("province", "officer-list")}
"""Opened for everybody who has it: the buttons of all of them together are more than any one page has."""


@pytest.mark.parametrize("kind", ["province", "ministry"])
def test_every_page_is_light_for_whoever_may_see_all_of_it(
    readers: Readers, account_for: Callable[..., Account], sign_in: SignIn, settings: Any, kind: str
) -> None:
    become(settings, kind)
    world = readers.world
    top = world.tree.jiangsu if kind == "province" else world.tree.ministry
    roles = [role for role in Role if Level(top.level) in ROLE_LEVELS[role] and role is not Role.OFFICER]
    # past the service: no such person can be, and no page shows anybody more
    account = account_for("everything", top, *roles)
    client = sign_in(account)
    job = Job.objects.create(kind="roster.check", account_id=account.pk, title="检查花名册", created_at=AT)
    known = {**world.arguments(), "job-detail": {"pk": job.pk}}
    reached = set()
    for pattern in named_patterns(f"warrant.nodes.{kind}_urls"):
        name = str(pattern.name)
        if (name not in known and pattern.pattern.converters) or (kind, name) in OPENED_ABOVE:
            continue  # there is nothing of the kind to show
        if readers.look(client, reverse(name, kwargs=known.get(name))):
            reached.add(name)
    assert ASKED_BY_NAME[kind] - reached == set()
    assert not readers.too_heavy


def test_a_record_as_it_stood_on_a_day_is_light(readers: Readers) -> None:
    officer = reverse("officer-detail", args=[readers.world.kunshan.officer.pk])
    readers.open(readers.person(Role.SUPERVISOR), f"{officer}?on=2026-10-02")
    assert not readers.too_heavy
