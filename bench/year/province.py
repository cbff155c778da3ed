"""The province in which the year is played: its people, its stores, and its register on the first day.

The first day's register is written set by set (everything that the services would have left, at a hundredth of the
time); whatever happens afterwards goes through the product's services.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from bench.year.book import Book
from warrant.adapters.made_up_portraits import portrait
from warrant.apps.accounts.models import Account, RoleAssignment
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.applications.models import Application
from warrant.apps.cardcentre.models import Card, CardJob, CardStore, KeySet
from warrant.apps.cardcentre.services.ledger import book_all
from warrant.apps.cardcentre.services.movements import give_cards, take_cards
from warrant.apps.cardcentre.services.receiving import count_batch, receive_cards
from warrant.apps.cardcentre.services.stores import central_store, open_store
from warrant.apps.certificates.models import (
    Certificate,
    CertificateEntry,
    CertificatePhoto,
    CertificateSerial,
)
from warrant.apps.certificates.services import announce_issuer_key
from warrant.apps.certificates.services.publishing import issuer_code
from warrant.apps.certificates.services.standing import follow_standing
from warrant.apps.certificates.services.status_lists import list_with_room, reissue_list
from warrant.apps.filing.models import FilingRequest
from warrant.apps.foundation.outbox import publish
from warrant.apps.foundation.ports import photo_desk
from warrant.apps.officers.models import AdditionalEntry, Document, Officer
from warrant.apps.officers.services.documents import keep_file
from warrant.apps.officers.services.writing import write_new
from warrant.apps.organisations.models import Agency
from warrant.apps.training.models import TrainingRecord
from warrant.core.access import Actor, Role
from warrant.core.lifecycle import CardJobState, CardState, CertificateState, ChangeKind
from warrant.core.standards import certificate_number
from warrant.core.standards.card_serial import serials_text

SUITE = "sm4"
STATION = "year-station"
HOLDERS = 0.9
"""The part of the officers who hold a certificate on the first day."""
READY = 0.97
"""The part of the holders whose record of last year meets everything that the annual review looks at."""
DELIVERY = 2000
_CHUNK = 500
_SURNAMES, _GIVEN = "林陈赵魏沈陆顾周单曾仇解", "书予明清知怀庭砚国英安白澈和微瑾芳秋"


@dataclass
class Province:
    """Who acts, where, and what ought to stand (``book``)."""

    random: Random
    operator: Actor
    counter: Actor
    registrar: Actor
    approver: Actor
    second: Actor
    witness: Actor
    central: CardStore
    station: CardStore
    photo: Document
    book: Book = field(default_factory=Book)
    received: int = 0
    blanks: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1, 10**7)))

    def take_blank(self, now: datetime) -> str:
        """Return the next blank at the station; a delivery comes in when there is none."""
        if not self.blanks:
            self.buy(DELIVERY, now)
        return self.blanks.pop()

    def buy(self, count: int, now: datetime) -> None:
        """Receive, count and bring blanks to the station: two people at each step."""
        first = self.received + 1
        serials = [f"1D{place:012X}" for place in range(first, first + count)]
        listed = serials_text(serials)
        batch = receive_cards(
            self.operator,
            "苏州芯卡",
            listed,
            SUITE,
            count=count,
            number="B",
            delivery_note=str(first),
            now=now,
        )
        count_batch(self.counter, batch, count, "", "", now=now)
        movement = give_cards(self.operator, self.central, self.station, listed, "", now=now)
        take_cards(self.counter, movement, count, now=now)
        self.received += count
        self.book.cards.update(dict.fromkeys(serials, CardState.BLANK.value))
        self.blanks.extend(reversed(serials))


def _actor(name: str, unit: Agency, role: Role, now: datetime) -> Actor:
    account = Account.objects.create(
        username=f"year-{name}",
        display_name=name,
        agency=unit,
        opened_at=now,
        must_change_password=False,
        password="!",  # noqa: S106 - nobody can sign in with it
    )
    RoleAssignment.objects.create(account=account, role=role.value, unit=unit, assigned_at=now)
    return actor_for(account)


def open_province(officers: int, seed: int, now: datetime) -> Province:
    """Make the people, the stores, the keys and the register of the first day."""
    top = Agency.objects.get(code=settings.WARRANT_NODE.code)
    announce_issuer_key(now=now)
    for version, state in ((1, "active"), (2, "pre-active")):
        KeySet.objects.create(
            suite=SUITE,
            version=version,
            kind="sub",
            province_code=top.code,
            check_values={},
            created_at=now,
            state=state,
        )
    operator = _actor("operator", top, Role.CARD_OPERATOR, now)
    registrar = _actor("registrar", top, Role.REGISTRAR, now)
    raw = photo_desk().normalise(portrait(10, "male"))
    province = Province(
        random=Random(seed),  # noqa: S311 - a made-up year keeps no secret
        operator=operator,
        counter=_actor("counter", top, Role.CARD_OPERATOR, now),
        registrar=registrar,
        approver=_actor("approver", top, Role.APPROVER, now),
        second=_actor("second", top, Role.APPROVER, now),
        witness=_actor("witness", top, Role.CARD_OPERATOR, now),
        central=central_store(),
        station=open_store(operator, "年度制卡点", "", now=now),
        photo=keep_file(registrar, raw, "photo.jpg", "image/jpeg", top.place, now=now),
    )
    units = list(Agency.objects.filter(province=top, level="agency").order_by("pk"))
    people = _enter(province, units, officers, now)
    holders = people[: int(officers * HOLDERS)]
    for start in range(0, len(holders), DELIVERY):
        _issue(province, holders[start : start + DELIVERY], now)
    return province


def _enter(province: Province, units: Sequence[Agency], count: int, now: datetime) -> list[Officer]:
    entered: list[Officer] = []
    for start in range(0, count, _CHUNK):
        chunk = []
        for place in range(start, min(start + _CHUNK, count)):
            unit = units[place % len(units)]
            officer = Officer(
                name=province.random.choice(_SURNAMES) + "".join(province.random.sample(_GIVEN, 2)),
                sort_key=f"officer {place:06d}",
                sex="1",
                birth_on=date(1985, 1, 1),
                id_number_sealed=b"sealed",
                id_number_index=hashlib.sha256(str(place).encode()).digest()[:16],
                education="21",
                agency=unit,
                categories="02,08",
                staffing="civil-servant",
                photo=province.photo,
                entered_at=now,
                changed_at=now,
            )
            officer.put_at(unit.place)
            chunk.append(officer)
        entered += write_new(chunk, ChangeKind.ENTERED, None, now=now)
    return entered


def file_case(province: Province, officer: Officer, kind: str, replaced: str, now: datetime) -> FilingRequest:
    """Return a granted filing of an officer: the cases are played elsewhere."""
    number = f"Y{next(province.numbers):08d}"
    application = Application(
        number=number,
        officer=officer,
        kind=kind,
        categories=officer.categories,
        certificate_number=replaced,
        state="filed",
        prepared_by_id=province.registrar.account_id,
        created_at=now,
    )
    application.put_at(officer.place)
    application.save()
    content = {
        "application": number,
        "officer": {
            "uid": str(officer.uid),
            "name": officer.name,
            "agency_name": officer.agency.name,
            "area_name": "昆山市",
            "area_code": "320583",
        },
        "categories": officer.categories.split(","),
        "issuer_name": settings.WARRANT_NODE.name,
        "photo_digest": province.photo.digest,
    }
    entry = publish("ministry", "filing.requested", f"application:{number}", content, now=now)
    return FilingRequest.objects.create(
        application=application,
        entry=entry,
        request_hash=bytes(entry.leaf_hash),
        state="granted",
        filing_number=f"年备{number}",
        receipt=b"made-up receipt",
        requested_at=now,
        decided_at=now,
    )


@transaction.atomic
def _issue(province: Province, officers: Sequence[Officer], now: datetime) -> None:
    """Write what the holders have on the first day, set by set: certificates of the last five years, cards handed over."""
    today = timezone.localdate(now)
    province.buy(len(officers), now)
    status_list = list_with_room(now=now)
    taken = set(status_list.certificates.values_list("status_index", flat=True))
    free = province.random.sample([i for i in range(status_list.size) if i not in taken], len(officers))
    counter, _ = CertificateSerial.objects.get_or_create(
        province_code=issuer_code(), defaults={"last_serial": 0}
    )
    certificates = []
    for officer, index in zip(officers, free, strict=True):
        counter.last_serial += 1
        request = file_case(province, officer, "first-issue", "", now)
        valid_from = today - timedelta(days=province.random.randrange(1, 5 * 365 - 20))
        certificate = Certificate(
            number=certificate_number.make(issuer_code(), counter.last_serial),
            officer=officer,
            filing_request=request,
            categories=officer.categories,
            agency_name=officer.agency.name,
            area_code="320583",
            area_name="昆山市",
            issuer_name=settings.WARRANT_NODE.name,
            state=CertificateState.ACTIVE.value,
            valid_from=valid_from,
            valid_until=valid_from + timedelta(days=5 * 365),
            status_list=status_list,
            status_index=index,
            created_at=now,
            changed_at=now,
        )
        certificate.put_at(officer.place)
        certificates.append(certificate)
    counter.save()
    Certificate.system.bulk_create(certificates, batch_size=_CHUNK)
    CertificatePhoto.objects.bulk_create(
        (CertificatePhoto(certificate=row, jpeg=b"made-up portrait") for row in certificates),
        batch_size=_CHUNK,
    )
    CertificateEntry.objects.bulk_create(
        (
            CertificateEntry(
                certificate=row,
                action=action,
                from_state=before,
                to_state=after,
                account_name="",
                happened_at=now,
            )
            for row in certificates
            for action, before, after in (
                ("prepare", "", "awaiting-production"),
                ("record-production", "awaiting-production", "produced"),
                ("hand-over", "produced", "active"),
            )
        ),
        batch_size=_CHUNK,
    )
    for start in range(0, len(certificates), _CHUNK):
        follow_standing(certificates[start : start + _CHUNK], None, now=now)
    _hand_out(province, certificates, now)
    _record_year(province, officers, today.year, now)
    reissue_list(status_list.pk, now=now)


def _hand_out(province: Province, certificates: Sequence[Certificate], now: datetime) -> None:
    book = province.book
    owners = {}
    for certificate in certificates:
        book.begin(certificate.number, certificate.state, certificate.valid_until)
        serial = province.take_blank(now)
        owners[serial] = certificate
        book.card_of[certificate.number] = serial
        book.cards[serial] = CardState.HANDED_OVER.value
        book.key_of[serial] = book.version
    cards = list(Card.objects.filter(serial__in=owners).order_by("serial"))
    for card in cards:
        card.certificate, card.key_version = owners[card.serial], 1
    Card.objects.bulk_update(cards, ["certificate", "key_version"], batch_size=_CHUNK)
    for action in ("reserve", "record-personalisation", "hand-over"):
        book_all(
            list(Card.objects.filter(serial__in=owners).order_by("serial")),
            action,
            actor=province.operator,
            now=now,
        )
    CardJob.objects.bulk_create(
        (
            CardJob(
                certificate=card.certificate,
                card=card,
                state=CardJobState.FINISHED.value,
                key_suite=SUITE,
                key_version=1,
                attempts=1,
                created_at=now,
                started_at=now,
                made_at=now,
                finished_at=now,
            )
            for card in cards
        ),
        batch_size=_CHUNK,
    )


def _record_year(province: Province, officers: Sequence[Officer], year: int, now: datetime) -> None:
    ready = [officer for officer in officers if province.random.random() < READY]
    by = province.registrar.account_id
    TrainingRecord.objects.bulk_create(
        (
            TrainingRecord(
                officer=officer,
                course="年度培训",
                organiser=settings.WARRANT_NODE.name,
                hours=80,
                started_on=date(year, 5, 1),
                finished_on=date(year, 5, 10),
                proof=province.photo,
                recorded_by_id=by,
                recorded_at=now,
            )
            for officer in ready
        ),
        batch_size=_CHUNK,
    )
    AdditionalEntry.objects.bulk_create(
        (
            AdditionalEntry(
                officer=officer,
                kind="assessment",
                content={
                    "year": str(year),
                    "band": "competent",
                    "decided_by": officer.agency.name,
                    "decided_on": f"{year}-12-20",
                },
                from_on=date(year, 12, 20),
                recorded_by_id=by,
                recorded_at=now,
            )
            for officer in ready
        ),
        batch_size=_CHUNK,
    )
