"""Personalisation: a blank card becomes one officer's card, in named steps that can be taken up again.

Why it is safe to lose power at any command: the MF's only key is the transport key until the very last writing
command exchanges it for the card control key. Under the transport key the application is erased and built again;
under the card control key nothing is left but to read back. There is no third state: a card that knows neither
key is declared spoiled.

Source: 2009 notice, 三(二); order of steps after the maker's initialisation guide, FMCOS technical manual, 2;
the exchange of the transport key as last step: docs/card-format.md.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from warrant.core.chip import commands, layout, status
from warrant.core.chip.connection import CardConnection
from warrant.core.chip.content import CardContent, encode_content
from warrant.core.chip.inspection import (
    CardPhase,
    CardReport,
    CheckName,
    CheckOutcome,
    inspect_card,
    read_card,
    read_chip_serial_number,
)
from warrant.core.chip.reviews import ReviewRecord
from warrant.core.chip.session import CardSession
from warrant.core.chip.signature import sign_card
from warrant.core.chip.status import CardSpoiled
from warrant.core.crypto.secret import Secret
from warrant.core.crypto.signing import PublicKey, Signer
from warrant.core.errors import N_, Conflict, InvalidInput
from warrant.core.keys.hierarchy import KEY_LENGTH, KeyUsage


class StepName(StrEnum):
    """The steps in their order."""

    IDENTIFY = "identify"
    AUTHENTICATE_TRANSPORT = "authenticate-transport"
    ERASE = "erase"
    BUILD_MASTER_FILE = "build-master-file"
    BUILD_APPLICATION = "build-application"
    WRITE_KEYS = "write-keys"
    WRITE_CERTIFICATE = "write-certificate"
    WRITE_HOLDER = "write-holder"
    WRITE_PHOTO = "write-photo"
    WRITE_REVIEWS = "write-reviews"
    WRITE_RECEIPT = "write-receipt"
    WRITE_SIGNATURE = "write-signature"
    LOCK = "lock"
    READ_BACK = "read-back"


class StepMoment(StrEnum):
    """Whether a step is about to begin or has just been done."""

    BEGUN = "begun"
    DONE = "done"


OnStep = Callable[[StepName, StepMoment], None]
"""Called before and after every step that is really made; an exception from it stops the personalisation."""


@dataclass(frozen=True)
class PersonalisationPlan:
    """Everything that one card shall hold. Make it with :func:`plan_personalisation`.

    ``images``: file identifier to the bytes of the file. ``reviews``: oldest first.
    """

    content: CardContent
    reviews: tuple[ReviewRecord, ...]
    images: Mapping[int, bytes] = field(repr=False)
    card_keys: Mapping[KeyUsage, Secret] = field(repr=False)
    transport_key: Secret = field(repr=False)
    signing_key: PublicKey

    @property
    def suite(self) -> str:
        """Cipher suite of card and keys."""
        return self.content.key_suite

    def card_key(self, _suite: str, _version: int, usage: KeyUsage, _certificate_number: str) -> Secret:
        """Answer as a key source for this one card."""
        return self.card_keys[usage]


def plan_personalisation(
    content: CardContent,
    card_keys: Mapping[KeyUsage, Secret],
    transport_key: Secret,
    signer: Signer,
    reviews: tuple[ReviewRecord, ...] = (),
) -> PersonalisationPlan:
    """Encode and sign the content; nothing is sent to a card yet.

    Planning anew for the same content after a crash is allowed: another signature over the same bytes is as good.
    Raises: InvalidInput ``card-keys-incomplete``, ``card-content-too-long``.
    """
    keys = [card_keys.get(row.usage) for row in layout.KEYS]
    if any(key is None or len(key) != KEY_LENGTH for key in [*keys, transport_key]):
        raise InvalidInput("card-keys-incomplete", N_("证卡密钥不全，或长度不正确"), place="card_keys")
    if len(reviews) > layout.REVIEWS.records:
        raise InvalidInput("card-content-too-long", N_("年审记录过多，证卡写不下"), place="reviews")
    images = encode_content(content)
    images[layout.SIGNATURE.file_id] = sign_card(images, signer).encode()
    return PersonalisationPlan(content, reviews, images, dict(card_keys), transport_key, signer.public_key)


def personalise(
    connection: CardConnection,
    plan: PersonalisationPlan,
    on_step: OnStep,
    random_bytes: Callable[[int], bytes] = secrets.token_bytes,
) -> CardReport:
    """Make, or finish making, the card of ``plan``; return what was read back, all checks passed.

    May be called again after any failure, also in another process; it begins by finding out where the card stands.

    Raises: Conflict ``card-different`` if another chip lies in the reader (nothing was written); CardSpoiled
    ``card-spoiled`` if the card can never be finished; CardError for a refusal that does not spoil the card;
    Unavailable if the card is removed: insert it and call again.
    """
    session = CardSession(connection, plan.suite)
    with _Announced(StepName.IDENTIFY, on_step):
        phase = _identify(connection, plan)
    if phase is not CardPhase.LOCKED:
        for name, step in _BUILDING_STEPS:
            with _Announced(name, on_step):
                _run(step, session, plan)
    with _Announced(StepName.READ_BACK, on_step):
        return _read_back(connection, plan, random_bytes)


class _Announced:
    """Calls ``on_step`` when a step begins and when it is done, not when it failed."""

    def __init__(self, name: StepName, on_step: OnStep) -> None:
        self._name = name
        self._on_step = on_step

    def __enter__(self) -> None:
        self._on_step(self._name, StepMoment.BEGUN)

    def __exit__(self, failure: type[BaseException] | None, *_rest: object) -> None:
        if failure is None:
            self._on_step(self._name, StepMoment.DONE)


def _run(
    step: Callable[[CardSession, PersonalisationPlan], None], session: CardSession, plan: PersonalisationPlan
) -> None:
    try:
        step(session, plan)
    except status.CardError as error:
        if error.sw in _SPOILING:
            raise CardSpoiled(
                "chip-failed", N_("芯片已损坏或存储空间不足，请作废此卡"), place=error.place
            ) from error
        raise


_SPOILING: Final = (0x6581, 0x6A81, 0x6A84, status.KEY_BLOCKED)


def _identify(connection: CardConnection, plan: PersonalisationPlan) -> CardPhase:
    if read_chip_serial_number(connection) != plan.content.chip_serial_number:
        raise Conflict("card-different", N_("读卡器中的卡不是为本任务领用的那一张"), place=StepName.IDENTIFY)
    phase = inspect_card(connection, plan.suite, plan.transport_key, plan.card_keys[KeyUsage.CARD_CONTROL])
    if phase is CardPhase.UNUSABLE:
        raise CardSpoiled("unusable", N_("卡片已锁死，不能继续使用，请作废此卡"), place=StepName.IDENTIFY)
    if phase is CardPhase.FOREIGN:
        raise CardSpoiled("foreign", N_("卡片的密钥不属于本系统，请作废此卡"), place=StepName.IDENTIFY)
    return phase


def _authenticate_transport(session: CardSession, plan: PersonalisationPlan) -> None:
    session.reset()
    session.send(commands.select_file(layout.MASTER_FILE))
    session.authenticate(layout.CONTROL_KEY_ID, plan.transport_key)


def _erase(session: CardSession, _plan: PersonalisationPlan) -> None:
    # Only the application: erasing the MF would take its key file along, and a card that loses power between
    # getting a new key file and its first key could never be opened again.
    if session.is_selectable(commands.select_file(layout.ENFORCEMENT_DIRECTORY)):
        session.send(commands.erase_directory())
    session.send(commands.select_file(layout.MASTER_FILE))


def _build_master_file(session: CardSession, _plan: PersonalisationPlan) -> None:
    if not session.is_selectable(commands.select_file(layout.DIRECTORY_FILE)):
        session.send(commands.create_file(layout.DIRECTORY_FILE, layout.DIRECTORY_CONTROL))
    response = session.ask(commands.read_record(1, layout.DIRECTORY_FILE))
    if response.sw == status.RECORD_NOT_FOUND:
        session.send(commands.append_record(layout.DIRECTORY_FILE, layout.DIRECTORY_RECORD, secure=False))
    elif response.sw != status.SUCCESS or response.field != layout.DIRECTORY_RECORD:
        raise CardSpoiled(
            "foreign", N_("卡片上有其他应用的目录，请作废此卡"), place=StepName.BUILD_MASTER_FILE
        )


def _build_application(session: CardSession, _plan: PersonalisationPlan) -> None:
    if not session.is_selectable(commands.select_file(layout.ENFORCEMENT_DIRECTORY)):
        session.send(commands.create_file(layout.ENFORCEMENT_DIRECTORY, layout.ENFORCEMENT_CONTROL))
    session.send(commands.select_name(layout.ENFORCEMENT_NAME))
    session.send(commands.create_file(layout.KEY_FILE, layout.KEY_FILE_CONTROL))
    for row in layout.FILES:
        session.send(commands.create_file(row.file_id, row.control))


def _write_keys(session: CardSession, plan: PersonalisationPlan) -> None:
    protecting = plan.transport_key
    for row in layout.KEYS:
        record = row.record(plan.card_keys[row.usage].reveal())
        session.send_encrypted(protecting, commands.write_key(0x01, row.key_id, record))
        protecting = plan.card_keys[KeyUsage.CARD_CONTROL]


def _write_certificate(session: CardSession, plan: PersonalisationPlan) -> None:
    session.authenticate(layout.MAINTENANCE_KEY.key_id, plan.card_keys[KeyUsage.MAINTENANCE])
    _write(layout.CERTIFICATE)(session, plan)


def _write(row: layout.FileRow) -> Callable[[CardSession, PersonalisationPlan], None]:
    def write(session: CardSession, plan: PersonalisationPlan) -> None:
        session.write_file(row.file_id, plan.images[row.file_id], plan.card_keys[KeyUsage.MAC])

    return write


def _write_reviews(session: CardSession, plan: PersonalisationPlan) -> None:
    for review in plan.reviews:
        command = commands.append_record(layout.REVIEWS.short_id, review.encode(), secure=True)
        session.send_with_mac(plan.card_keys[KeyUsage.MAC], command)


def _lock(session: CardSession, plan: PersonalisationPlan) -> None:
    session.send(commands.select_file(layout.MASTER_FILE))
    row = layout.MASTER_CONTROL_KEY
    record = row.record(plan.card_keys[KeyUsage.CARD_CONTROL].reveal())
    session.send_encrypted(plan.transport_key, commands.write_key(row.type, row.key_id, record))


_BUILDING_STEPS: Final = (
    (StepName.AUTHENTICATE_TRANSPORT, _authenticate_transport),
    (StepName.ERASE, _erase),
    (StepName.BUILD_MASTER_FILE, _build_master_file),
    (StepName.BUILD_APPLICATION, _build_application),
    (StepName.WRITE_KEYS, _write_keys),
    (StepName.WRITE_CERTIFICATE, _write_certificate),
    (StepName.WRITE_HOLDER, _write(layout.HOLDER)),
    (StepName.WRITE_PHOTO, _write(layout.PHOTO)),
    (StepName.WRITE_REVIEWS, _write_reviews),
    (StepName.WRITE_RECEIPT, _write(layout.RECEIPT)),
    (StepName.WRITE_SIGNATURE, _write(layout.SIGNATURE)),
    (StepName.LOCK, _lock),
)


def _read_back(
    connection: CardConnection, plan: PersonalisationPlan, random_bytes: Callable[[int], bytes]
) -> CardReport:
    """Read everything in a fresh session and compare byte by byte; only the signature may be another good one."""
    session = CardSession(connection, plan.suite)
    session.reset()
    session.send(commands.select_file(layout.MASTER_FILE))
    session.authenticate(layout.CONTROL_KEY_ID, plan.card_keys[KeyUsage.CARD_CONTROL])
    report = read_card(connection, [plan.signing_key], plan.card_key, random_bytes)
    expected = {
        layout.CERTIFICATE.file_id: plan.images[layout.CERTIFICATE.file_id],
        layout.HOLDER.file_id: plan.images[layout.HOLDER.file_id],
        layout.PHOTO.file_id: plan.images[layout.PHOTO.file_id],
        layout.RECEIPT.file_id: plan.images[layout.RECEIPT.file_id],
        layout.REVIEWS.file_id: b"".join(review.encode() for review in reversed(plan.reviews)),
    }
    is_same = all(report.images.get(file_id) == image for file_id, image in expected.items())
    if not is_same or any(report.outcome(name) is not CheckOutcome.PASSED for name in CheckName):
        raise CardSpoiled("read-back", N_("回读内容与写入内容不一致，请作废此卡"), place=StepName.READ_BACK)
    return report
