"""Two vaults as two nodes have them; readers, blanks, and a granted case whose card can be made."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import transaction

from tests.apps.conftest import VaultHere
from warrant.adapters.made_up_portraits import portrait
from warrant.adapters.software_vault import SoftwareVault
from warrant.adapters.virtual_card.reader import CardBox
from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.applications.models import Application
from warrant.apps.cardcentre.models import CardBatch, CardMovement, CardStore, KeySet
from warrant.apps.cardcentre.services import keys
from warrant.apps.cardcentre.services.movements import give_cards, take_cards
from warrant.apps.cardcentre.services.receiving import count_batch, receive_cards
from warrant.apps.cardcentre.services.stores import central_store, open_store
from warrant.apps.cardcentre.types import TRANSPORT_KEY_LABEL, KeyActKind
from warrant.apps.certificates.models import Certificate, StatusList
from warrant.apps.filing.models import FilingRequest
from warrant.apps.foundation import ports
from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.foundation.models import LogEntry
from warrant.apps.foundation.outbox import publish
from warrant.apps.foundation.ports import photo_desk
from warrant.apps.officers.models import Officer
from warrant.apps.officers.services.documents import keep_file
from warrant.core.access import Actor, Role
from warrant.core.crypto.secret import Secret
from warrant.core.crypto.signing import Signer
from warrant.core.ledger.checkpoint import Checkpoint
from warrant.core.ledger.event import build_event, parse_event
from warrant.core.ledger.merkle import GrowingTree, leaf_hash
from warrant.core.ledger.receipt import Receipt
from warrant.core.standards import certificate_number
from warrant.nodes.card_readers import BoxReaders
from warrant.nodes.config import Peer

FIRST_SERIAL = "1D000000000001"


@pytest.fixture
def ministry_vault(tmp_path: Path) -> SoftwareVault:
    made = SoftwareVault.create(tmp_path / "ministry-vault", Secret(b"made-up passphrase"), cost_log2=10)
    made.create_signer("node", "es256")
    made.create_signer("log", "ed25519")
    return made


@pytest.fixture
def province_vault(vault: SoftwareVault, ministry_vault: SoftwareVault) -> SoftwareVault:
    vault.trust_package_issuer(ministry_vault.signer("node").public_key)
    vault.create_signer("issuer", "es256")
    return vault


@pytest.fixture
def at_ministry(
    db: None, settings: SimpleNamespace, province_vault: SoftwareVault, ministry_vault: SoftwareVault
) -> Callable[[bool], None]:
    """Sit down at the ministry (True) or at the province (False): node and vault change together."""
    province = settings.WARRANT_NODE
    ministry = dataclasses.replace(province, kind="ministry", code="ministry", name="交通运输部")

    def sit(is_ministry: bool) -> None:
        settings.WARRANT_NODE = ministry if is_ministry else province
        VaultHere.vault = ministry_vault if is_ministry else province_vault
        ports.forget_ports()

    return sit


@pytest.fixture
def deliver() -> Callable[[str, str], ReceivedEvent]:
    """The newest event of a stream as the other end receives it."""

    def take(stream: str, node: str) -> ReceivedEvent:
        entry = LogEntry.objects.filter(stream=stream).order_by("-seq").first()
        assert entry is not None
        return ReceivedEvent(parse_event(bytes(entry.body)), node)

    return take


@pytest.fixture
def custodians(actor: Callable[..., Actor], tree: SimpleNamespace) -> SimpleNamespace:
    def custodian(name: str, unit: object) -> Actor:
        made = actor(name, unit, Role.KEY_CUSTODIAN)
        grants = tuple(dataclasses.replace(grant, is_node_wide=True) for grant in made.grants)
        return dataclasses.replace(made, grants=grants)

    return SimpleNamespace(
        ministry=(custodian("he", tree.ministry), custodian("luo", tree.ministry)),
        province=(custodian("shen", tree.jiangsu), custodian("xu", tree.jiangsu)),
    )


@pytest.fixture
def operator(actor: Callable[..., Actor], tree: SimpleNamespace) -> Actor:
    """A card operator of the province's card centre."""
    return actor("tang", tree.jiangsu, Role.CARD_OPERATOR)


@pytest.fixture
def counter(actor: Callable[..., Actor], tree: SimpleNamespace) -> Actor:
    """The card centre's second operator, who counts and takes what the first received and gave."""
    return actor("bai", tree.jiangsu, Role.CARD_OPERATOR)


@pytest.fixture
def station(operator: Actor, now: datetime) -> CardStore:
    """The store of a station, open to every reader."""
    return open_store(operator, "一号制卡点", "", now=now)


@pytest.fixture
def receive(operator: Actor, counter: Actor, now: datetime) -> Callable[..., CardBatch]:
    """Blanks received by one and counted by the other: ``receive("1D000001 至 1D000005", 5)``."""

    def take_in(serials: str, count: int, suite: str = "sm4", face: int = 0) -> CardBatch:
        batch = receive_cards(
            operator,
            "苏州芯卡",
            serials,
            suite,
            count=count,
            number="B-1",
            delivery_note="S-1",
            face_version=face,
            now=now,
        )
        return count_batch(counter, batch, count, "", "", now=now)

    return take_in


@pytest.fixture
def move(operator: Actor, counter: Actor, now: datetime) -> Callable[..., CardMovement]:
    """Cards given by one and taken by the other: ``move(central, station, "1D000001", 1)``."""

    def bring(source: CardStore, target: CardStore, serials: str, count: int) -> CardMovement:
        movement = give_cards(operator, source, target, serials, "", now=now)
        return take_cards(counter, movement, count, now=now)

    return bring


class ReadersHere:
    """Stands where the node's factory of the readers stands."""

    readers: BoxReaders


def readers_here() -> BoxReaders:
    return ReadersHere.readers


@pytest.fixture
def readers(tmp_path: Path, settings: SimpleNamespace, province_vault: SoftwareVault) -> BoxReaders:
    """Two virtual readers over an empty card box; photo desk and printer as on a node."""
    ReadersHere.readers = BoxReaders(CardBox(tmp_path / "card-box"))
    settings.WARRANT_DOCUMENT_ROOT = str(tmp_path / "documents")
    settings.WARRANT_PORTS = {
        **settings.WARRANT_PORTS,
        "card_readers": "tests.apps.cardcentre.conftest.readers_here",
        "photo_desk": "warrant.nodes.factories.photo_desk",
        "card_face_printer": "warrant.nodes.factories.card_face_printer",
    }
    ports.forget_ports()
    return ReadersHere.readers


@pytest.fixture
def put_blank(
    readers: BoxReaders,
    receive: Callable[..., CardBatch],
    move: Callable[..., CardMovement],
    station: CardStore,
    province_vault: SoftwareVault,
) -> Callable[..., None]:
    """A blank out of a station's store lies in a reader: ``put_blank("1D00000000000001", "sm4")``."""

    def put(
        serial: str = FIRST_SERIAL,
        suite: str = "sm4",
        reader: str = "virtual-1",
        stocked: bool = True,
        face: int = 0,
    ) -> None:
        if stocked:
            receive(serial, 1, suite, face)
            move(central_store(), station, serial, 1)
        readers.add_blank(serial, suite, province_vault.secret(TRANSPORT_KEY_LABEL, 16))
        readers.take_out(reader)
        readers.put_in(reader, serial)

    return put


@pytest.fixture
def sub_keys(province_vault: SoftwareVault, ministry_vault: SoftwareVault, db: None, now: datetime) -> None:
    """Sub-keys of both suites, taken in earlier."""
    for suite in ("sm4", "3des"):
        ministry_vault.create_master(suite, 1)
        package = ministry_vault.wrap_sub_keys(suite, 1, "320000", province_vault.transport_public_key())
        taken = province_vault.import_sub_keys(package)
        KeySet.objects.create(
            suite=suite,
            version=1,
            kind="sub",
            province_code="320000",
            check_values={usage.value: value for usage, value in taken.check_values.items()},
            created_at=now,
            state="active",
            active_from=now,
        )


class MinistryLog:
    """The ministry's log to Jiangsu: it decides, signs, and gives receipts."""

    def __init__(self, signer: Signer, node: str = "ministry-320000") -> None:
        self.signer = signer
        self.node = node
        self._tree = GrowingTree()

    def decide(self, request_hash: bytes, number: str, decision: str = "granted") -> bytes:
        event = build_event(
            node=self.node,
            seq=self._tree.frontier.size + 1,
            type="cn.warrant.filing.decided.v1",
            subject=f"application:{number}",
            occurred_at=datetime(2026, 11, 20, 1, 0, tzinfo=UTC),
            dataschema="urn:warrant:schema:filing.decided:1",
            data={
                "application": number,
                "request_hash": request_hash.hex(),
                "decision": decision,
                "filing_number": "JT-2026-000001" if decision == "granted" else "",
                "reason": "",
                "decided_on": "2026-11-20",
            },
            ver=1,
            prev_ver=0,
        )
        self._tree.append(leaf_hash(event.raw))
        tree = self._tree.stored
        checkpoint = Checkpoint(f"urn:warrant:log:{self.node}", tree.size, tree.root()).signed(self.signer)
        index = tree.size - 1
        return Receipt(event.raw, index, tree.inclusion_proof(index), checkpoint).encode()


@pytest.fixture
def ministry_log(settings: SimpleNamespace, ministry_vault: SoftwareVault) -> MinistryLog:
    """The ministry's log, its public key pinned in the province's configuration."""
    signer = ministry_vault.signer("log")
    peer = Peer("ministry", "http://ministry.example", signer.public_key.as_text())
    settings.WARRANT_NODE = dataclasses.replace(settings.WARRANT_NODE, peers={"ministry": peer})
    return MinistryLog(signer)


@pytest.fixture
def case_for(
    tree: SimpleNamespace,
    account_for: Callable[..., Account],
    readers: BoxReaders,
    sub_keys: None,
    ministry_log: MinistryLog,
    now: datetime,
) -> Callable[..., Certificate]:
    """A filed and granted case of a made-up officer, its certificate awaiting production."""
    registrar = account_for("gu", tree.kunshan, Role.REGISTRAR)
    counter = iter(range(1, 100))

    def make(name: str = "林书白", decision: str = "granted") -> Certificate:
        seq = next(counter)
        number = f"320583-2026-{seq:05d}"
        unit = tree.kunshan_brigade
        officer = Officer(
            name=name,
            sort_key=f"lin{seq}",
            sex="1",
            birth_on=date(1990, 3, 1),
            id_number_sealed=b"sealed",
            id_number_index=seq.to_bytes(16, "big"),
            agency=unit,
            categories="08",
            entered_by=registrar,
            entered_at=now,
            changed_at=now,
        )
        officer.put_at(unit.place)
        # Portraits 10 to 15 fit the chip; its photo file takes five bytes less than the photo desk may give.
        raw = photo_desk().normalise(portrait(9 + seq, "male"))
        photo = keep_file(actor_for(registrar), raw, "photo.jpg", "image/jpeg", unit.place, now=now)
        officer.photo = photo
        officer.save()
        application = Application(
            number=number,
            officer=officer,
            categories="08",
            state="filed",
            prepared_by=registrar,
            created_at=now,
        )
        application.put_at(unit.place)
        application.save()
        filed = {
            "application": number,
            "kind": "first-issue",
            "officer": {
                "uid": str(officer.uid),
                "name": name,
                "sex": "1",
                "birth_on": "1990-03-01",
                "id_index": officer.id_number_index.hex(),
                "agency_code": unit.code,
                "agency_name": unit.name,
                "area_name": "江苏省苏州市昆山市",
                "area_code": "320583",
            },
            "categories": ["08"],
            "issuer_name": "江苏省交通运输厅",
            "photo_digest": photo.digest,
        }
        with transaction.atomic():
            entry = publish("ministry", "filing.requested", f"application:{number}", filed, now=now)
        request = FilingRequest.objects.create(
            application=application,
            entry=entry,
            request_hash=bytes(entry.leaf_hash),
            state=decision,
            filing_number="JT-2026-000001",
            receipt=ministry_log.decide(bytes(entry.leaf_hash), number, decision),
            requested_at=now,
            decided_at=now,
        )
        status_list, _ = StatusList.objects.get_or_create(name="tsl:32-1", defaults={"size": 1 << 16})
        certificate = Certificate(
            number=certificate_number.make("32", seq),
            officer=officer,
            filing_request=request,
            categories="08",
            agency_name=unit.name,
            area_code="320583",
            area_name="江苏省苏州市昆山市",
            issuer_name="江苏省交通运输厅",
            valid_from=date(2026, 11, 20),
            valid_until=date(2031, 11, 19),
            status_list=status_list,
            status_index=100 + seq,
            created_at=now,
            changed_at=now,
        )
        certificate.put_at(unit.place)
        certificate.save()
        return certificate

    return make


@pytest.fixture
def certificate(case_for: Callable[..., Certificate]) -> Certificate:
    return case_for()


@pytest.fixture
def master(at_ministry, custodians, now):
    """A master control key in both suites, generated by two custodians."""
    at_ministry(True)
    first, second = custodians.ministry
    for suite in ("sm4", "3des"):
        act = keys.propose_key_act(first, KeyActKind.GENERATE_MASTER, {"suite": suite, "version": 1}, now=now)
        keys.confirm_key_act(second, act, now=now)


@pytest.fixture
def transport_key(at_ministry, deliver, now):
    """Jiangsu's transport key, sent up and received."""
    at_ministry(False)
    keys.publish_transport_key(now=now)
    at_ministry(True)
    keys.receive_transport_key(deliver("to-ministry", "320000"), now=now)
