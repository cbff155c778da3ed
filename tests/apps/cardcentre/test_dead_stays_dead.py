"""Random histories: what is dead once, a certificate's number and a card's, stays dead through every later act."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Q
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.apps.cardcentre.test_acts_are_one import UNTIL, made_for, people
from warrant.adapters.software_vault import SoftwareVault
from warrant.apps.cardcentre.models import Card, CardBatch, CardStore
from warrant.apps.cardcentre.services import stock
from warrant.apps.cardcentre.services.destruction import propose_destruction, witness_destruction
from warrant.apps.cardcentre.services.hand_over import record_hand_over
from warrant.apps.cardcentre.services.stores import central_store
from warrant.apps.certificates import services
from warrant.apps.certificates.models import Certificate, CertificatePhoto, CertificateSerial, StatusList
from warrant.apps.certificates.services.life import carry_out_by_rule, expire_certificates
from warrant.apps.certificates.services.status_lists import statuses_of
from warrant.core.credential.status_list import Status
from warrant.core.errors import Conflict, WarrantError
from warrant.core.lifecycle import CARD, CERTIFICATE, CertificateState
from warrant.core.lifecycle.certificate_grounds import DECLARATIONS, Declared

__all__ = ["people"]

DEAD_CARDS = {"dead", "returned", "spoiled", "lost", "destroyed"}
ALIVE_CARDS = {"blank", "reserved", "personalised", "handed-over"}
SPARE = 12
ACTS = [
    *(row.action for row in CERTIFICATE.transitions),
    *(row.action for row in CARD.transitions if row.action in ("take-back", "find", "destroy", "spoil")),
    "replace",
]


@dataclass
class History:
    """One register in which acts are tried one after another; ``dead`` holds whatever ended, by its number."""

    people: Any
    now: datetime
    serials: list[str]
    dead_certificates: dict[str, tuple[str, int]] = field(default_factory=dict)
    dead_cards: set[str] = field(default_factory=set)
    done: int = 0

    def attempt(self, action: str, which: int) -> None:
        """Carry out one act on one certificate or card, whatever its state; a refusal leaves everything as it was."""
        rows = list(Certificate.system.order_by("pk"))
        certificate = rows[which % len(rows)]
        self.now += timedelta(minutes=1)
        try:
            with transaction.atomic():
                self._carry_out(action, certificate)
                self.done += 1
        except WarrantError:
            pass
        self._look()

    def _carry_out(self, action: str, certificate: Certificate) -> None:
        people, now = self.people, self.now
        card = certificate.cards.order_by("-pk").first()
        if action in DECLARATIONS:
            ground = "cleared" if action == "return" else DECLARATIONS[action].grounds[0].code
            declared = Declared("写明事实", ground, UNTIL)
            services.change_certificate(people.anybody, certificate, action, declared, now=now)
        elif action == "record-production":
            made_for(certificate, self.serials[-1], people, now)
            self.serials.pop()
        elif action == "hand-over":
            record_hand_over(people.registrar, certificate, "林书白", now=now)
        elif action == "expire":
            Certificate.system.filter(pk=certificate.pk).update(valid_until=now.date() - timedelta(days=1))
            if not expire_certificates(now=now):
                raise Conflict("wrong-state", "nothing to expire")
        elif action in ("lapse", "reinstate"):
            carry_out_by_rule(
                action, {certificate.pk: certificate.officer_id}, Q(pk=certificate.pk), "年审", now=now
            )
        elif action == "replace":
            application = certificate.filing_request.application
            application.certificate_number = certificate.number
            services.prepare_replacement(application, people.anybody, now=now)
        elif card is not None:
            self._move(action, card)

    def _move(self, action: str, card: Card) -> None:
        operator, store = self.people.operator, central_store()
        if action == "take-back":
            stock.take_back(operator, card, store, "单位收缴", now=self.now)
        elif action == "find":
            stock.find_card(operator, card, "找到", now=self.now)
        elif action == "spoil":
            stock.spoil_blank(operator, card, "划伤", now=self.now)
        else:
            listed = propose_destruction(operator, store, card.serial, "粉碎", now=self.now)
            witness_destruction(self.people.counter, listed, now=self.now)
            witness_destruction(self.people.anybody, listed, now=self.now)

    def _look(self) -> None:
        """Hold the register against everything that ever ended."""
        rows = {row.number: row for row in Certificate.system.all()}
        said = {one.pk: statuses_of(one) for one in StatusList.objects.all()}
        for number, (state, index) in self.dead_certificates.items():
            row = rows[number]
            assert (row.state, row.status_index) == (state, index), f"{number} was {state}"
            assert said[row.status_list_id][index] is Status.INVALID
        for card in Card.objects.select_related("certificate"):
            assert card.serial not in self.dead_cards or card.state in DEAD_CARDS, f"{card.serial} came back"
            ended = card.certificate is not None and card.certificate.state in CERTIFICATE.final
            assert not (ended and card.state in ALIVE_CARDS), f"{card.serial} outlives its certificate"
            if card.state in DEAD_CARDS:
                self.dead_cards.add(card.serial)
        for row in rows.values():
            if CertificateState(row.state) in CERTIFICATE.final:
                self.dead_certificates[row.number] = (row.state, row.status_index)
        places = [(row.status_list_id, row.status_index) for row in rows.values()]
        assert len(places) == len(set(places))


@pytest.fixture
def register(
    certificate: Certificate,
    people: Any,
    receive: Callable[..., CardBatch],
    move: Callable[..., object],
    station: CardStore,
    province_vault: SoftwareVault,
    now: datetime,
) -> list[str]:
    """A certificate that awaits its card, and blanks at the station."""
    CertificateSerial.objects.create(province_code="32", last_serial=50)
    CertificatePhoto.objects.create(certificate=certificate, jpeg=b"photo")
    serials = f"1D000000000001 至 1D0000000000{SPARE:02X}"
    receive(serials, SPARE)
    move(central_store(), station, serials, SPARE)
    return list(Card.objects.order_by("-serial").values_list("serial", flat=True))


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(st.sampled_from(ACTS), st.integers(0, 3)),
        min_size=10,
        max_size=40,
    )
)
@example([(end, 0) for end in ("cancel", "revoke", "expire")] + [(action, 0) for action in (*ACTS, *ACTS)])
@example([("replace", 0), ("cancel", 1), ("replace", 0)])
@example([("report-lost", 0), ("replace", 0), ("record-production", 1), ("hand-over", 1), ("cancel", 1)])
@example(
    [("withhold", 0), ("revoke", 0), ("take-back", 0), ("destroy", 0), *[(action, 0) for action in ACTS]]
)
def test_what_is_dead_stays_dead_through_every_later_act(
    register: list[str], people: Any, now: datetime, acts: list[tuple[str, int]]
) -> None:
    with transaction.atomic():
        history = History(people, now, list(register))
        for action in ("record-production", "hand-over"):
            history.attempt(action, 0)
        for action, which in acts:
            history.attempt(action, which)
        assert history.done >= 2
        transaction.set_rollback(True)
