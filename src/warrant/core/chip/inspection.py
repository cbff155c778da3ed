"""Looking at a card: in which phase of its making it is, and what it says and can prove.

Reading needs no secret: the public part is signed. Checks that need a key of the card (internal authentication,
reading the annual reviews) are made when a key source is given and reported as not made otherwise; a check that
was not made is never counted as passed.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from warrant.core.chip import commands, layout, status
from warrant.core.chip.connection import CardConnection
from warrant.core.chip.content import CardContent, decode_content
from warrant.core.chip.reviews import ReviewRecord
from warrant.core.chip.session import CardSession
from warrant.core.chip.signature import CardSignature, verify_card
from warrant.core.crypto.block import block_size, encrypt_ecb
from warrant.core.crypto.secret import Secret
from warrant.core.crypto.signing import PublicKey
from warrant.core.errors import N_, InvalidInput, NotFound, Unavailable, WarrantError
from warrant.core.keys.hierarchy import KeyUsage

CardKeySource = Callable[[str, int, KeyUsage, str], Secret]
"""(suite, version, usage, certificate number) -> card key: the form of ``KeyVault.card_key``."""


class CardPhase(StrEnum):
    """Where a card stands in its making. ``LOCKED`` means: under exactly the card keys asked about."""

    BLANK = "blank"
    PARTLY_BUILT = "partly-built"
    LOCKED = "locked"
    FOREIGN = "foreign"
    UNUSABLE = "unusable"


def read_chip_serial_number(connection: CardConnection) -> bytes:
    """Return the chip's own number, 4 to 10 bytes.

    Raises: CardError if reader or card will not tell it.
    """
    serial_number = CardSession(connection, "").send(commands.read_chip_serial_number())
    if not 4 <= len(serial_number) <= 10:
        raise status.CardError(0x6F00, "GET UID")
    return serial_number


def inspect_card(
    connection: CardConnection, suite: str, transport_key: Secret, card_control_key: Secret | None = None
) -> CardPhase:
    """Find out in which phase a card is; the card is reset and left with the MF selected.

    A wrong guess uses up one try of the card's only master key, so the likelier key goes first, and with one
    try left none is made: such a card is ``UNUSABLE``. The next right key gives all tries back.
    Raises: Unavailable if the card is removed.
    """
    session = CardSession(connection, suite)
    session.reset()
    selected = session.ask(commands.select_file(layout.MASTER_FILE)).sw
    if selected == status.NOT_SUPPORTED:
        return CardPhase.UNUSABLE
    if selected != status.SUCCESS:
        return CardPhase.FOREIGN
    is_begun = session.ask(commands.select_file(layout.DIRECTORY_FILE)).sw == status.SUCCESS
    is_complete = _has_signature(session)
    candidates = [(transport_key, CardPhase.PARTLY_BUILT if is_begun else CardPhase.BLANK)]
    if card_control_key is not None:
        candidates.insert(0 if is_complete else 1, (card_control_key, CardPhase.LOCKED))
    return _try_candidates(session, candidates)


def _has_signature(session: CardSession) -> bool:
    """Whether the last file before the lock is written; leaves the MF selected."""
    is_written = (
        session.ask(commands.select_name(layout.ENFORCEMENT_NAME)).sw == status.SUCCESS
        and session.ask(commands.select_file(layout.SIGNATURE.file_id)).sw == status.SUCCESS
        and session.ask(commands.read_binary(0, 2)).sw == status.SUCCESS
    )
    session.ask(commands.select_file(layout.MASTER_FILE))
    return is_written


def _try_candidates(session: CardSession, candidates: list[tuple[Secret, CardPhase]]) -> CardPhase:
    for key, phase in candidates:
        sw = session.try_authentication(layout.CONTROL_KEY_ID, key)
        if sw == status.SUCCESS:
            return phase
        left = status.tries_left(sw)
        if sw in (status.KEY_BLOCKED, status.NOT_SUPPORTED) or (left is not None and left <= 1):
            return CardPhase.UNUSABLE
        if left is None:
            return CardPhase.FOREIGN
    return CardPhase.FOREIGN


Reason = str | WarrantError


class CheckName(StrEnum):
    """The checks that a reader can make on a card."""

    FORMAT = "format"
    CHIP = "chip"
    SIGNATURE = "signature"
    AUTHENTICITY = "authenticity"
    REVIEWS = "reviews"


class CheckOutcome(StrEnum):
    """``NOT_MADE`` says nothing either way."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_MADE = "not-made"


@dataclass(frozen=True)
class CardCheck:
    """One check; ``reason`` is a message id with ``fields``, empty when passed; ``code`` that of an error."""

    name: CheckName
    outcome: CheckOutcome
    reason: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)
    code: str = ""


def _explained(name: CheckName, outcome: CheckOutcome, error: WarrantError) -> CardCheck:
    return CardCheck(name, outcome, error.message, dict(error.fields), error.code)


@dataclass(frozen=True)
class CardReport:
    """What was read from a card. ``content`` is None if it could not be decoded; ``reviews`` newest first,
    None if they could not be read; ``images`` the bytes of each file read, by file identifier."""

    content: CardContent | None = None
    signature: CardSignature | None = None
    signing_key: PublicKey | None = None
    reviews: tuple[ReviewRecord, ...] | None = None
    chip_serial_number: bytes | None = None
    checks: tuple[CardCheck, ...] = ()
    images: Mapping[int, bytes] = field(default_factory=dict)

    def outcome(self, name: CheckName) -> CheckOutcome:
        """Return how a check ended; a check that nobody reported was not made."""
        return next((check.outcome for check in self.checks if check.name == name), CheckOutcome.NOT_MADE)

    @property
    def is_genuine(self) -> bool:
        """True only if format, chip and signature all passed and nothing failed."""
        needed = (CheckName.FORMAT, CheckName.CHIP, CheckName.SIGNATURE)
        return all(self.outcome(name) is CheckOutcome.PASSED for name in needed) and not any(
            check.outcome is CheckOutcome.FAILED for check in self.checks
        )

    def _with(self, name: CheckName, outcome: CheckOutcome, reason: Reason = "") -> CardReport:
        check = (
            CardCheck(name, outcome, reason) if isinstance(reason, str) else _explained(name, outcome, reason)
        )
        return replace(self, checks=(*self.checks, check))

    def passed(self, name: CheckName) -> CardReport:
        """Return the report with one more check passed."""
        return self._with(name, CheckOutcome.PASSED)

    def failed(self, name: CheckName, reason: Reason) -> CardReport:
        """Return the report with one more check failed."""
        return self._with(name, CheckOutcome.FAILED, reason)

    def not_made(self, name: CheckName, reason: Reason) -> CardReport:
        """Return the report with one more check that could not be made."""
        return self._with(name, CheckOutcome.NOT_MADE, reason)


def read_card(
    connection: CardConnection,
    trusted: Iterable[PublicKey] = (),
    card_key: CardKeySource | None = None,
    random_bytes: Callable[[int], bytes] = secrets.token_bytes,
) -> CardReport:
    """Read a card in a fresh session and make every check that can be made.

    Raises: NotFound ``card-foreign`` if it is no enforcement card; Unavailable if it is removed.
    """
    session = CardSession(connection, "")
    session.reset()
    if session.ask(commands.select_name(layout.ENFORCEMENT_NAME)).sw != status.SUCCESS:
        raise NotFound("card-foreign", N_("这张卡不是交通运输行政执法证卡"))
    report = _check_signature(_check_chip(connection, _check_format(session)), trusted)
    if report.content is None:
        reason = N_("证卡内容无法读取")
        return report.not_made(CheckName.AUTHENTICITY, reason).not_made(CheckName.REVIEWS, reason)
    session = CardSession(connection, report.content.key_suite)
    report = _check_authenticity(session, report, card_key, random_bytes)
    return _check_reviews(session, report, card_key)


def _check_format(session: CardSession) -> CardReport:
    images: dict[int, bytes] = {}
    report = CardReport(images=images)
    try:
        for row in layout.FILES:
            if not row.records:
                images[row.file_id] = session.read_file(row.file_id, row.size)
        content = decode_content(images)
        signature = CardSignature.decode(images[layout.SIGNATURE.file_id])
    except (status.CardError, InvalidInput) as error:
        return report.failed(CheckName.FORMAT, error)
    return replace(report, content=content, signature=signature).passed(CheckName.FORMAT)


def _check_chip(connection: CardConnection, report: CardReport) -> CardReport:
    try:
        serial_number = read_chip_serial_number(connection)
    except status.CardError:
        return report.not_made(CheckName.CHIP, N_("读卡器不提供芯片序列号"))
    report = replace(report, chip_serial_number=serial_number)
    if report.content is None:
        return report.not_made(CheckName.CHIP, N_("证卡内容无法读取"))
    if report.content.chip_serial_number != serial_number:
        return report.failed(CheckName.CHIP, N_("证卡内容属于另一枚芯片"))
    return report.passed(CheckName.CHIP)


def _check_signature(report: CardReport, trusted: Iterable[PublicKey]) -> CardReport:
    if report.signature is None:
        return report.not_made(CheckName.SIGNATURE, N_("证卡内容无法读取"))
    try:
        key = verify_card(report.images, report.signature, trusted)
    except (NotFound, Unavailable) as error:
        return report.not_made(CheckName.SIGNATURE, error)
    except InvalidInput as error:
        return report.failed(CheckName.SIGNATURE, error)
    return replace(report, signing_key=key).passed(CheckName.SIGNATURE)


def _find_key(content: CardContent, card_key: CardKeySource | None, usage: KeyUsage) -> Secret | WarrantError:
    """Return the card's key, or the reason why there is none."""
    if card_key is None:
        return Unavailable("card-key-absent", N_("没有可用的证卡密钥"), place="card_key")
    try:
        return card_key(content.key_suite, content.key_version, usage, content.certificate_number)
    except WarrantError as error:
        return error


def _check_authenticity(
    session: CardSession,
    report: CardReport,
    card_key: CardKeySource | None,
    random_bytes: Callable[[int], bytes],
) -> CardReport:
    if report.content is None:
        return report
    key = _find_key(report.content, card_key, KeyUsage.AUTHENTICITY)
    if isinstance(key, WarrantError):
        return report.not_made(CheckName.AUTHENTICITY, key)
    challenge = random_bytes(block_size(session.suite))
    response = session.ask(commands.internal_authenticate(0, layout.AUTHENTICITY_KEY.key_id, challenge))
    expected = encrypt_ecb(session.suite, key, challenge)
    if response.sw != status.SUCCESS or not secrets.compare_digest(response.field, expected):
        return report.failed(CheckName.AUTHENTICITY, N_("证卡未能证明其持有真实性密钥"))
    return report.passed(CheckName.AUTHENTICITY)


def _check_reviews(session: CardSession, report: CardReport, card_key: CardKeySource | None) -> CardReport:
    if report.content is None:
        return report
    # Its other keys are wrong too, and each wrong one costs a try: a card between two sets of keys (re-keying) would
    # have its inspection key locked for ever by being looked at.
    if report.outcome(CheckName.AUTHENTICITY) is CheckOutcome.FAILED:
        return report.not_made(CheckName.REVIEWS, N_("真实性检查未通过，不再试用其他密钥"))
    key = _find_key(report.content, card_key, KeyUsage.INSPECTION)
    if isinstance(key, WarrantError):
        return report.not_made(CheckName.REVIEWS, key)
    try:
        session.authenticate(layout.INSPECTION_KEY.key_id, key)
        records = _read_records(session)
        reviews = tuple(ReviewRecord.decode(record) for record in records)
    except (status.CardError, InvalidInput) as error:
        return report.failed(CheckName.REVIEWS, error)
    images = {**report.images, layout.REVIEWS.file_id: b"".join(records)}
    return replace(report, reviews=reviews, images=images).passed(CheckName.REVIEWS)


def _read_records(session: CardSession) -> list[bytes]:
    """All records of the review file, newest first."""
    records: list[bytes] = []
    while len(records) < layout.REVIEWS.records:
        response = session.ask(commands.read_record(len(records) + 1, layout.REVIEWS.short_id))
        if response.sw == status.RECORD_NOT_FOUND:
            break
        if response.sw != status.SUCCESS:
            raise status.CardError(response.sw, "READ RECORD")
        records.append(response.field)
    return records
