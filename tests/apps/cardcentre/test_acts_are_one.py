"""Every act on a certificate and on a card is one transaction: whichever write of it breaks, nothing of it remains.

The acts are those of the two tables, from each state; a row that is added to a table has to be added here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Q

from tests.apps.cardcentre.conftest import FIRST_SERIAL
from tests.apps.certificates.conftest import decision
from tests.support.broken_writes import tables_of_whole_act
from warrant.apps.cardcentre.models import Card, CardBatch, CardJob, CardStore
from warrant.apps.cardcentre.services import jobs, stock
from warrant.apps.cardcentre.services.closing import close_day, confirm_day
from warrant.apps.cardcentre.services.destruction import propose_destruction, witness_destruction
from warrant.apps.cardcentre.services.hand_over import record_hand_over
from warrant.apps.cardcentre.services.receiving import count_batch, receive_cards, settle_batch
from warrant.apps.cardcentre.services.stores import central_store
from warrant.apps.certificates import services
from warrant.apps.certificates.models import Certificate, CertificatePhoto, CertificateSerial
from warrant.apps.certificates.services.life import carry_out_by_rule, expire_certificates
from warrant.apps.officers.models import Officer
from warrant.core.access import Actor, Role
from warrant.core.lifecycle import CARD, CERTIFICATE, STATUS_LIST_VALUE, CardState, CertificateState
from warrant.core.lifecycle.certificate_grounds import DECLARATIONS, Declared

REGISTER = {"certificate", "certificate_entry", "audit_row", "officer", "log_entry", "log_stream"}
"""What every act on a certificate writes to: the certificate, why, the audit, the officer's row, the outbox."""
LEDGER = {"card", "card_entry"}
ALIVE = {"blank", "reserved", "personalised", "handed-over"}
UNTIL = date(2027, 1, 10)
C, K = CertificateState, CardState


@pytest.fixture
def people(
    operator: Actor, counter: Actor, actor: Callable[..., Actor], tree: SimpleNamespace
) -> SimpleNamespace:
    return SimpleNamespace(
        operator=operator,
        counter=counter,
        registrar=actor("wu", tree.kunshan, Role.REGISTRAR),
        anybody=actor("fang", tree.jiangsu, Role.APPROVER, Role.REGISTRAR),
    )


@pytest.fixture
def made(certificate: Certificate, put_blank: Any, operator: Actor, now: datetime) -> CardJob:
    """A job whose card is made and lies before the eye that has to look at it."""
    put_blank()
    return jobs.start_card_job(operator, certificate, "virtual-1", now=now)


@pytest.fixture
def issued(made: CardJob, people: SimpleNamespace, now: datetime) -> Certificate:
    """A certificate whose holder has the card."""
    CertificateSerial.objects.create(province_code="32", last_serial=50)
    jobs.pass_check(people.operator, made, now=now)
    record_hand_over(people.registrar, Certificate.system.get(), "林书白", now=now)
    return Certificate.system.get()


def stand(state: str, card: str = "") -> None:
    """Let the one certificate, its officer and its card stand in these states."""
    before = C.LOST.value if state == C.WITHHELD else ""
    Certificate.system.update(state=state, state_before=before)
    Officer.system.update(certificate_state=state)
    if card:
        Card.objects.update(state=card)


CARD_OF = {
    C.PRODUCED: K.PERSONALISED,
    C.ACTIVE: K.HANDED_OVER,
    C.LOST: K.HANDED_OVER,
    C.WITHHELD: K.HANDED_OVER,
}
BY_RULE = ("lapse", "reinstate")


def certificate_act(action: str, people: SimpleNamespace, now: datetime) -> None:
    """Carry out one row of the certificate's table, as whoever does it in life."""
    certificate = Certificate.system.get()
    if action in DECLARATIONS:
        ground = "cleared" if action == "return" else DECLARATIONS[action].grounds[0].code
        declared = Declared("写明事实", ground, UNTIL)
        services.change_certificate(people.anybody, certificate, action, declared, now=now)
    elif action == "record-production":
        jobs.pass_check(people.operator, CardJob.objects.get(), now=now)
    elif action == "hand-over":
        record_hand_over(people.registrar, certificate, "林书白", now=now)
    elif action == "expire":
        assert expire_certificates(now=now + timedelta(days=6 * 366)) == 1
    else:
        assert action in BY_RULE
        owners = {certificate.pk: certificate.officer_id}
        assert carry_out_by_rule(action, owners, Q(), "年审", now=now)


CERTIFICATE_ACTS = [(row.action, source) for row in CERTIFICATE.transitions for source in row.sources]


@pytest.mark.parametrize(("action", "source"), CERTIFICATE_ACTS)
def test_act_on_a_certificate_is_one(
    made: CardJob, people: SimpleNamespace, now: datetime, action: str, source: CertificateState
) -> None:
    if source is not C.AWAITING_PRODUCTION:
        jobs.pass_check(people.operator, made, now=now)
    stand(source.value, CARD_OF.get(source, ""))
    written = tables_of_whole_act(lambda: certificate_act(action, people, now))
    after = Certificate.system.get()
    assert after.state in CERTIFICATE.transition(action).targets
    assert written >= REGISTER - ({"log_entry", "log_stream"} if is_untold(source, action) else set())
    is_said_otherwise = STATUS_LIST_VALUE[source] != STATUS_LIST_VALUE[CertificateState(after.state)]
    assert ("status_list" in written) is is_said_otherwise
    is_card_moved = after.state in CERTIFICATE.final or action in ("record-production", "hand-over")
    assert (written >= LEDGER) is is_card_moved
    assert after.state not in CERTIFICATE.final or Card.objects.get().state not in ALIVE


def is_untold(source: CertificateState, action: str) -> bool:
    """Tell whether nobody outside has heard of the certificate, nor hears of it by this act."""
    return source is C.AWAITING_PRODUCTION and action != "record-production"


def renewed(issued: Certificate, case_for: Any, now: datetime) -> Callable[[], None]:
    """A granted case of the holder that is to renew or change the certificate, and the act that makes the next one."""
    case = case_for("陈予安")
    request = case.filing_request
    request.application.officer = issued.officer
    request.application.certificate_number = issued.number
    request.application.save()
    case.delete()

    def act() -> None:
        with transaction.atomic():  # as the inbox does, which calls it
            services.prepare_certificate(decision(request, now), now=now)

    return act


def replaced(issued: Certificate, people: SimpleNamespace, now: datetime) -> Callable[[], None]:
    application = issued.filing_request.application
    application.certificate_number = issued.number
    application.save()
    CertificatePhoto.objects.create(certificate=issued, jpeg=b"photo")

    def act() -> None:
        with transaction.atomic():  # as the approval does, which calls it
            services.prepare_replacement(application, people.anybody, now=now)

    return act


@pytest.mark.parametrize("way", ["renew", "change", "replace"])
def test_next_certificate_is_made_and_takes_over_in_one(
    issued: Certificate, case_for: Any, people: SimpleNamespace, put_blank: Any, now: datetime, way: str
) -> None:
    Certificate.system.update(state="lost" if way == "replace" else "active")
    act = replaced(issued, people, now) if way == "replace" else renewed(issued, case_for, now)
    written = tables_of_whole_act(act)
    assert written >= {"certificate", "certificate_entry", "certificate_photo", "audit_row"}
    successor = Certificate.system.get(replaces=issued)
    assert (successor.state, successor.officer_id) == ("awaiting-production", issued.officer_id)
    put_blank("1D000000000002")
    made_for(successor, "1D000000000002", people, now)
    written = tables_of_whole_act(lambda: record_hand_over(people.registrar, successor, "林书白", now=now))
    assert written >= REGISTER | LEDGER | {"status_list"}
    assert dict(Certificate.system.values_list("number", "state")) == {
        issued.number: "cancelled",
        successor.number: "active",
    }
    assert list(Card.objects.order_by("serial").values_list("state", flat=True)) == ["dead", "handed-over"]


def made_for(certificate: Certificate, serial: str, people: SimpleNamespace, now: datetime) -> None:
    """Let a card be made, with all that is written of it and no chip."""
    CERTIFICATE.next_state("record-production", certificate.state)  # as the reservation asks
    with transaction.atomic():
        job = CardJob(certificate=certificate, created_at=now)
        card = stock.take_blank(serial=serial, job=job, station="virtual-1", actor=people.operator, now=now)
        job.state, job.started_by_id, job.finished_by_id = (
            "finished",
            people.operator.account_id,
            people.operator.account_id,
        )
        job.save()
        stock.mark_made(card=card, actor=people.operator, now=now)
        services.record_production(people.operator, certificate, now=now)


def cards_acts() -> list[tuple[str, CardState]]:
    return [(row.action, source) for row in CARD.transitions for source in row.sources]


def arrived(people: SimpleNamespace, now: datetime) -> CardBatch:
    return receive_cards(
        people.operator, "苏州芯卡", "1D000001 至 1D000002", "sm4",
        count=2, number="B-9", delivery_note="S-9", now=now,
    )  # fmt: skip


def card_act(
    action: str, source: CardState, people: SimpleNamespace, station: CardStore, now: datetime
) -> Any:
    """Bring a card into the state and return what moves it by the row, and the card's serial."""
    if action in ("count", "settle"):
        return delivery_act(action, source, people, now)
    certificate, store = Certificate.system.get(), central_store()
    job = CardJob.objects.get()
    if action in ("record-personalisation", "hand-over", "kill"):
        stand("produced" if source is K.PERSONALISED else "active", source.value)
        if action == "record-personalisation":
            stand("awaiting-production", source.value)
            return lambda: jobs.pass_check(people.operator, CardJob.objects.get(), now=now)
        CardJob.objects.update(state="finished", finished_by=people.operator.account_id)
        if action == "hand-over":
            return lambda: record_hand_over(people.registrar, certificate, "林书白", now=now)
        return lambda: certificate_act("cancel", people, now)
    if action == "reserve":
        return reserve_act(people, now)
    if action == "spoil" and source is K.RESERVED:
        return lambda: jobs.spoil_card_job(people.operator, job, "印偏", now=now)
    CardJob.objects.update(state="finished")
    if action == "lose":
        return lose_act(source, people, now)
    Card.objects.update(state=source.value, store=store)
    card = Card.objects.get()
    if action == "spoil" and source is K.BLANK:
        return lambda: stock.spoil_blank(people.operator, card, "划伤", now=now)
    if action == "spoil":
        return lambda: spoil_in_somebodys_transaction(people, now)
    if action == "take-back":
        stand("cancelled")
        return lambda: stock.take_back(people.operator, card, store, "单位收缴", now=now)
    if action == "find":
        return lambda: stock.find_card(people.operator, card, "在柜后找到", now=now)
    assert action == "destroy"
    listed = propose_destruction(people.operator, store, card.serial, "粉碎", now=now)
    witness_destruction(people.counter, listed, now=now)
    return lambda: witness_destruction(people.anybody, listed, now=now)


def delivery_act(
    action: str, source: CardState, people: SimpleNamespace, now: datetime
) -> Callable[[], object]:
    batch = arrived(people, now)
    if action == "count":
        return lambda: count_batch(people.counter, batch, 1, "1D000002", "", now=now)
    count_batch(people.counter, batch, 1, "1D000002", "", now=now)
    found = "1D000002" if source is K.MISSING else ""
    return lambda: settle_batch(people.operator, batch, found, "供应商补送", now=now)


def lose_act(source: CardState, people: SimpleNamespace, now: datetime) -> Callable[[], object]:
    """A card lies in the books of the central store and was not found there when its day was closed."""
    if source is K.RETURNED:
        stand("cancelled")
        Card.objects.update(state="dead")
        stock.take_back(people.operator, Card.objects.get(), central_store(), "单位收缴", now=now)
    else:
        count_batch(people.counter, arrived(people, now), 2, "", "", now=now)
    if source is K.SPOILED:
        stock.spoil_blank(people.operator, Card.objects.get(serial="1D000001"), "划伤", now=now)
    later = now + timedelta(days=1)
    day = close_day(people.operator, central_store(), "", "盘点没有盘到", now=later)
    return lambda: confirm_day(people.counter, day, now=later)


def reserve_act(people: SimpleNamespace, now: datetime) -> Callable[[], object]:
    """The reservation, which is committed before the first command goes to the card."""
    certificate = Certificate.system.get()
    jobs.spoil_card_job(people.operator, CardJob.objects.get(), "印偏", now=now)
    Card.objects.update(state="blank", certificate=None)
    return lambda: jobs._reserve(people.operator, certificate, FIRST_SERIAL, "virtual-1", now)


def spoil_in_somebodys_transaction(people: SimpleNamespace, now: datetime) -> None:
    with transaction.atomic():
        card = Card.objects.select_for_update(of=("self",)).get()
        stock.spoil(card=card, reason="印偏", actor=people.operator, now=now)


@pytest.mark.parametrize(("action", "source"), cards_acts())
def test_what_happens_to_a_card_is_one(
    made: CardJob,
    people: SimpleNamespace,
    station: CardStore,
    now: datetime,
    action: str,
    source: CardState,
) -> None:
    act = card_act(action, source, people, station, now)
    before = {card.pk: card.state for card in Card.objects.all()}
    written = tables_of_whole_act(act)
    assert written >= LEDGER | (set() if (action, source) == ("spoil", K.PERSONALISED) else {"audit_row"})
    moved = {(before[card.pk], card.state) for card in Card.objects.all() if card.state != before[card.pk]}
    assert moved & {(source.value, target.value) for target in CARD.transition(action).targets}
