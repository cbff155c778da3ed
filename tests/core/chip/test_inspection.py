from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.core.chip.made_up_card import (
    CARD_KEYS,
    REVIEWS,
    SERIAL_NUMBER,
    SIGNER,
    TRANSPORT_KEY,
    made_up_plan,
)

from warrant.adapters.virtual_card.chip import VirtualCard
from warrant.adapters.virtual_card.reader import VirtualConnection
from warrant.core.chip import commands, layout
from warrant.core.chip.inspection import (
    CardPhase,
    CardReport,
    CheckName,
    CheckOutcome,
    inspect_card,
    read_card,
)
from warrant.core.chip.personalisation import personalise
from warrant.core.chip.session import CardSession
from warrant.core.crypto.secret import Secret
from warrant.core.crypto.signing import SoftwareSigner
from warrant.core.errors import N_, NotFound
from warrant.core.keys.hierarchy import KeySuite, KeyUsage

PASSED, FAILED, NOT_MADE = CheckOutcome.PASSED, CheckOutcome.FAILED, CheckOutcome.NOT_MADE
FORMAT, CHIP, SIGNATURE = CheckName.FORMAT, CheckName.CHIP, CheckName.SIGNATURE


def personalised(suite: KeySuite = "sm4", serial_number: bytes = SERIAL_NUMBER) -> VirtualCard:
    card = VirtualCard.blank(suite, TRANSPORT_KEY, serial_number=serial_number)
    personalise(VirtualConnection(card), made_up_plan(suite, serial_number), lambda _step, _moment: None)
    return card


def card_key(_suite: str, _version: int, usage: KeyUsage, _certificate_number: str) -> Secret:
    return CARD_KEYS[usage]


def outcomes(report: CardReport) -> Mapping[str, str]:
    return {check.name.value: check.outcome.value for check in report.checks}


@pytest.mark.parametrize("suite", ["sm4", "3des"])
def test_a_reader_without_secrets_reads_the_card_and_checks_its_signature(suite: KeySuite) -> None:
    report = read_card(VirtualConnection(personalised(suite)), [SIGNER.public_key])
    assert report.content == made_up_plan(suite).content
    assert report.is_genuine
    assert outcomes(report) == {
        "format": "passed",
        "chip": "passed",
        "signature": "passed",
        "authenticity": "not-made",
        "reviews": "not-made",
    }


def test_a_reader_with_the_card_keys_makes_every_check() -> None:
    report = read_card(VirtualConnection(personalised()), [SIGNER.public_key], card_key)
    assert set(outcomes(report).values()) == {"passed"}
    assert report.reviews == tuple(reversed(REVIEWS))


def test_a_reader_that_trusts_another_key_says_that_the_signature_was_not_checked() -> None:
    report = read_card(VirtualConnection(personalised()), [SoftwareSigner.generate("es256").public_key])
    assert report.outcome(SIGNATURE) is NOT_MADE
    assert not report.is_genuine


def test_a_key_source_that_does_not_know_the_card_leaves_the_check_not_made() -> None:
    def no_key(_suite: str, _version: int, _usage: KeyUsage, _certificate_number: str) -> Secret:
        raise NotFound("key-not-found", N_("未找到密钥"))

    report = read_card(VirtualConnection(personalised()), [SIGNER.public_key], no_key)
    assert report.outcome(CheckName.AUTHENTICITY) is NOT_MADE
    assert report.checks[3].reason == "未找到密钥"


def test_a_chip_without_the_authenticity_key_fails() -> None:
    def wrong_key(_suite: str, _version: int, _usage: KeyUsage, _certificate_number: str) -> Secret:
        return Secret(b"\x99" * 16)

    report = read_card(VirtualConnection(personalised()), [SIGNER.public_key], wrong_key)
    assert report.outcome(CheckName.AUTHENTICITY) is FAILED
    assert report.outcome(CheckName.REVIEWS) is NOT_MADE
    assert not report.is_genuine


def test_a_wrong_inspection_key_beside_the_right_authenticity_key_fails() -> None:
    def wrong_inspection(_suite: str, _version: int, usage: KeyUsage, _certificate_number: str) -> Secret:
        return Secret(b"\x99" * 16) if usage is KeyUsage.INSPECTION else CARD_KEYS[usage]

    report = read_card(VirtualConnection(personalised()), [SIGNER.public_key], wrong_inspection)
    assert report.outcome(CheckName.AUTHENTICITY) is PASSED
    assert report.outcome(CheckName.REVIEWS) is FAILED


def test_all_files_copied_onto_another_chip_are_found_out() -> None:
    original = personalised()
    clone = VirtualCard.blank("sm4", TRANSPORT_KEY, serial_number=bytes.fromhex("1D999999999999"))
    plan = made_up_plan()
    clone.serial_number, real = SERIAL_NUMBER, clone.serial_number
    personalise(VirtualConnection(clone), plan, lambda _step, _moment: None)
    clone.serial_number = real
    report = read_card(VirtualConnection(clone), [SIGNER.public_key])
    assert (report.outcome(SIGNATURE), report.outcome(CHIP)) == (PASSED, FAILED)
    assert not report.is_genuine
    assert read_card(VirtualConnection(original), [SIGNER.public_key]).is_genuine


def test_a_changed_holder_name_breaks_the_signature() -> None:
    card = personalised()
    connection = VirtualConnection(card)
    session = CardSession(connection, "sm4")
    session.send(commands.select_name(layout.ENFORCEMENT_NAME))
    session.authenticate(layout.MAINTENANCE_KEY.key_id, CARD_KEYS[KeyUsage.MAINTENANCE])
    session.send(commands.select_file(layout.HOLDER.file_id))
    session.send_with_mac(CARD_KEYS[KeyUsage.MAC], commands.update_binary(5, "王".encode()))
    report = read_card(VirtualConnection(card), [SIGNER.public_key])
    assert report.content is not None
    assert report.content.holder_name == "王阳晓明·阿里木"
    assert report.outcome(SIGNATURE) is FAILED


def test_a_half_built_card_is_reported_as_unreadable() -> None:
    card = VirtualCard.blank("sm4", TRANSPORT_KEY, serial_number=SERIAL_NUMBER)
    session = CardSession(VirtualConnection(card), "sm4")
    session.authenticate(0, TRANSPORT_KEY)
    session.send(commands.create_file(layout.ENFORCEMENT_DIRECTORY, layout.ENFORCEMENT_CONTROL))
    report = read_card(VirtualConnection(card), [SIGNER.public_key], card_key)
    assert report.content is None
    assert report.outcome(FORMAT) is FAILED
    assert {report.outcome(name) for name in CheckName if name is not FORMAT} == {NOT_MADE}


def test_a_blank_card_is_not_an_enforcement_card() -> None:
    card = VirtualCard.blank("sm4", TRANSPORT_KEY)
    with pytest.raises(NotFound) as caught:
        read_card(VirtualConnection(card))
    assert caught.value.code == "card-foreign"


def test_reading_a_card_needs_no_right_but_writing_it_does() -> None:
    session = CardSession(VirtualConnection(personalised()), "sm4")
    session.send(commands.select_name(layout.ENFORCEMENT_NAME))
    for row in layout.FILES:
        session.send(commands.select_file(row.file_id))
        if row.records:
            assert session.ask(commands.read_record(1, row.short_id)).sw == 0x6982
        else:
            assert session.ask(commands.read_binary(0, 1)).sw == 0x9000
            assert session.ask(commands.update_binary_plain(0, b"\x00")).sw == 0x6982
    assert session.ask(commands.erase_directory()).sw == 0x6982
    assert session.ask(commands.create_file(0x0005, layout.RECEIPT.control)).sw == 0x6982
    assert session.ask(commands.write_key_plain(0x01, 0x05, bytes(21))).sw == 0x6982
    session.authenticate(layout.INSPECTION_KEY.key_id, CARD_KEYS[KeyUsage.INSPECTION])
    assert session.ask(commands.read_record(1, layout.REVIEWS.short_id)).sw == 0x9000
    session.send(commands.select_file(layout.RECEIPT.file_id))
    assert session.ask(commands.update_binary_plain(0, b"\x00")).sw == 0x6982


def test_maintenance_can_add_a_review_but_not_change_keys() -> None:
    card = personalised()
    session = CardSession(VirtualConnection(card), "sm4")
    session.send(commands.select_name(layout.ENFORCEMENT_NAME))
    session.authenticate(layout.MAINTENANCE_KEY.key_id, CARD_KEYS[KeyUsage.MAINTENANCE])
    command = commands.append_record(layout.REVIEWS.short_id, REVIEWS[0].encode(), secure=True)
    session.send_with_mac(CARD_KEYS[KeyUsage.MAC], command)
    record = layout.INSPECTION_KEY.record(bytes(16))
    change = commands.write_key_plain(layout.KEY_EXTERNAL, layout.INSPECTION_KEY.key_id, record)
    assert session.ask(change).sw == 0x6982
    report = read_card(VirtualConnection(card), [SIGNER.public_key], card_key)
    assert report.reviews == (REVIEWS[0], REVIEWS[1], REVIEWS[0])


@pytest.mark.parametrize(
    ("transport", "control", "phase"),
    [
        (TRANSPORT_KEY, CARD_KEYS[KeyUsage.CARD_CONTROL], CardPhase.LOCKED),
        (CARD_KEYS[KeyUsage.CARD_CONTROL], None, CardPhase.PARTLY_BUILT),
        (TRANSPORT_KEY, Secret(b"\x01" * 16), CardPhase.FOREIGN),
        (TRANSPORT_KEY, None, CardPhase.FOREIGN),
    ],
)
def test_a_finished_card_is_known_by_its_control_key(
    transport: Secret, control: Secret | None, phase: CardPhase
) -> None:
    assert inspect_card(VirtualConnection(personalised()), "sm4", transport, control) is phase


def test_looking_at_a_card_many_times_does_not_wear_its_key() -> None:
    card = personalised()
    for _ in range(20):
        phase = inspect_card(VirtualConnection(card), "sm4", TRANSPORT_KEY, CARD_KEYS[KeyUsage.CARD_CONTROL])
        assert phase is CardPhase.LOCKED
