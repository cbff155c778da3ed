from __future__ import annotations

from dataclasses import replace

import pytest
from tests.core.chip.made_up_card import (
    CARD_KEYS,
    REVIEWS,
    SERIAL_NUMBER,
    SIGNER,
    TRANSPORT_KEY,
    made_up_content,
    made_up_plan,
)
from tests.core.chip.unreliable import CountingConnection, UnreliableConnection, card_removed

from warrant.adapters.virtual_card.chip import VirtualCard
from warrant.adapters.virtual_card.reader import VirtualConnection
from warrant.core.chip.inspection import CardPhase, CheckOutcome, inspect_card
from warrant.core.chip.personalisation import (
    PersonalisationPlan,
    StepMoment,
    StepName,
    personalise,
    plan_personalisation,
)
from warrant.core.chip.status import CardError, CardSpoiled
from warrant.core.crypto.secret import Secret
from warrant.core.crypto.signing import SoftwareSigner
from warrant.core.errors import Conflict, InvalidInput, Unavailable
from warrant.core.keys.hierarchy import KeySuite, KeyUsage

SUITES: tuple[KeySuite, ...] = ("sm4", "3des")
COMMANDS = 99
"""Commands of one personalisation, read-back included; pinned so that the fault tests reach every one."""


def quiet(_step: StepName, _moment: StepMoment) -> None:
    """Record nothing."""


def blank(suite: str = "sm4") -> VirtualCard:
    return VirtualCard.blank(suite, TRANSPORT_KEY, serial_number=SERIAL_NUMBER)


def steps_made(card: VirtualCard, plan: PersonalisationPlan) -> set[StepName]:
    steps: set[StepName] = set()
    personalise(VirtualConnection(card), plan, lambda step, _moment: steps.add(step))
    return steps


def phase_of(card: VirtualCard, plan: PersonalisationPlan) -> CardPhase:
    control_key = plan.card_keys[KeyUsage.CARD_CONTROL]
    return inspect_card(VirtualConnection(card), plan.suite, TRANSPORT_KEY, control_key)


@pytest.mark.parametrize("suite", SUITES)
def test_a_blank_card_becomes_the_card_of_the_plan(suite: KeySuite) -> None:
    card, plan = blank(suite), made_up_plan(suite)
    connection = CountingConnection(card)
    report = personalise(connection, plan, quiet)
    assert report.content == made_up_content(suite)
    assert report.reviews == tuple(reversed(REVIEWS))
    assert report.signing_key == SIGNER.public_key
    assert [check.outcome for check in report.checks] == [CheckOutcome.PASSED] * 5
    assert connection.count == COMMANDS
    assert phase_of(card, plan) is CardPhase.LOCKED


@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize("acts", [False, True], ids=["before the card acts", "before the answer arrives"])
def test_a_card_removed_at_any_command_is_finished_on_the_next_try(suite: KeySuite, acts: bool) -> None:
    plan = made_up_plan(suite)
    for lives in range(COMMANDS):
        card = blank(suite)
        with card_removed():
            personalise(UnreliableConnection(card, lives, acts=acts), plan, quiet)
        again = made_up_plan(suite)
        report = personalise(VirtualConnection(card), again, quiet)
        assert report.content == made_up_content(suite), lives
        assert phase_of(card, plan) is CardPhase.LOCKED, lives


def test_a_card_removed_at_two_commands_in_a_row_is_finished_on_the_third_try() -> None:
    plan = made_up_plan()
    for lives in range(0, COMMANDS, 3):
        card = blank()
        with card_removed():
            personalise(UnreliableConnection(card, lives, acts=True), plan, quiet)
        # A try that only reads back takes fewer commands than one that builds again.
        with card_removed():
            personalise(UnreliableConnection(card, min(lives, 20), acts=True), plan, quiet)
        assert personalise(VirtualConnection(card), plan, quiet).content == plan.content


def test_an_unfinished_card_is_never_locked_and_a_locked_card_is_never_unfinished() -> None:
    plan = made_up_plan()
    phases = set()
    for lives in range(COMMANDS):
        card = blank()
        with card_removed():
            personalise(UnreliableConnection(card, lives, acts=False), plan, quiet)
        phase = phase_of(card, plan)
        phases.add(phase)
        if phase is CardPhase.LOCKED:
            assert steps_made(card, plan) == {StepName.IDENTIFY, StepName.READ_BACK}
    assert phases == {CardPhase.BLANK, CardPhase.PARTLY_BUILT, CardPhase.LOCKED}


def test_every_step_is_announced_before_and_after_in_order() -> None:
    seen: list[tuple[StepName, StepMoment]] = []
    personalise(VirtualConnection(blank()), made_up_plan(), lambda step, moment: seen.append((step, moment)))
    assert seen == [(step, moment) for step in StepName for moment in StepMoment]


def test_a_failed_step_is_announced_as_begun_only() -> None:
    seen: list[tuple[StepName, StepMoment]] = []
    with card_removed():
        connection = UnreliableConnection(blank(), 40, acts=False)
        personalise(connection, made_up_plan(), lambda step, moment: seen.append((step, moment)))
    assert seen[-1][1] is StepMoment.BEGUN


def test_the_exchange_of_the_transport_key_is_the_last_command_that_writes() -> None:
    connection = CountingConnection(blank())
    personalise(connection, made_up_plan(), quiet)
    writing = [apdu[:4].hex() for apdu in connection.sent if apdu[1] in (0xD6, 0xD4, 0xE0, 0xE2, 0x0E)]
    assert writing[-1] == "84d43900"
    assert "84d43900" not in writing[:-1]


def test_no_key_goes_over_the_line_in_clear() -> None:
    connection = CountingConnection(blank())
    personalise(connection, made_up_plan(), quiet)
    sent = b"".join(connection.sent)
    assert all(key.reveal() not in sent for key in [*CARD_KEYS.values(), TRANSPORT_KEY])


def test_another_card_than_the_reserved_one_is_left_untouched() -> None:
    card = VirtualCard.blank("sm4", TRANSPORT_KEY, serial_number=bytes.fromhex("1DFFFFFFFFFFFF"))
    with pytest.raises(Conflict) as caught:
        personalise(VirtualConnection(card), made_up_plan(), quiet)
    assert caught.value.code == "card-different"
    assert phase_of(card, made_up_plan()) is CardPhase.BLANK


def test_a_card_under_unknown_keys_is_spoiled() -> None:
    card = VirtualCard.blank("sm4", Secret(b"\xaa" * 16), serial_number=SERIAL_NUMBER)
    with pytest.raises(CardSpoiled) as caught:
        personalise(VirtualConnection(card), made_up_plan(), quiet)
    assert (caught.value.code, caught.value.reason) == ("card-spoiled", "foreign")


def test_a_card_of_the_other_cipher_suite_is_spoiled() -> None:
    with pytest.raises(CardSpoiled):
        personalise(VirtualConnection(blank("3des")), made_up_plan("sm4"), quiet)


def test_a_card_whose_key_is_nearly_blocked_is_not_tried_to_death() -> None:
    card = VirtualCard.blank("sm4", Secret(b"\xaa" * 16), serial_number=SERIAL_NUMBER)
    outcomes = []
    for _ in range(6):
        with pytest.raises(CardSpoiled) as caught:
            personalise(VirtualConnection(card), made_up_plan(), quiet)
        outcomes.append(caught.value.reason)
    assert outcomes[0] == "foreign"
    assert outcomes[-1] == "unusable"


def test_a_card_of_somebody_else_is_not_overwritten() -> None:
    card = blank()
    personalise(VirtualConnection(card), made_up_plan(), quiet)
    other_keys = {usage: Secret(bytes([0x77]) * 16) for usage in KeyUsage}
    content = replace(made_up_content(), certificate_number="32000099997")
    plan = plan_personalisation(content, other_keys, TRANSPORT_KEY, SIGNER)
    with pytest.raises(CardSpoiled):
        personalise(VirtualConnection(card), plan, quiet)
    assert personalise(VirtualConnection(card), made_up_plan(), quiet).content == made_up_content()


def test_a_locked_card_with_other_content_is_spoiled_at_read_back() -> None:
    card = blank()
    personalise(VirtualConnection(card), made_up_plan(), quiet)
    content = replace(made_up_content(), holder_name="另一人")
    plan = plan_personalisation(content, CARD_KEYS, TRANSPORT_KEY, SIGNER, REVIEWS)
    with pytest.raises(CardSpoiled) as caught:
        personalise(VirtualConnection(card), plan, quiet)
    assert caught.value.reason == "read-back"


def test_a_failing_memory_spoils_the_card() -> None:
    class WornOut(CountingConnection):
        def transmit(self, apdu: bytes) -> bytes:
            return b"\x65\x81" if apdu[1] == 0xD6 else super().transmit(apdu)

    with pytest.raises(CardSpoiled) as caught:
        personalise(WornOut(blank()), made_up_plan(), quiet)
    assert caught.value.reason == "chip-failed"


def test_a_refusal_that_does_no_harm_is_a_card_error() -> None:
    class Refusing(CountingConnection):
        def transmit(self, apdu: bytes) -> bytes:
            return b"\x69\x01" if apdu[1] == 0xE0 else super().transmit(apdu)

    with pytest.raises(CardError) as caught:
        personalise(Refusing(blank()), made_up_plan(), quiet)
    assert (caught.value.sw, caught.value.is_retry_safe) == (0x6901, True)


def test_a_recorder_that_fails_stops_the_personalisation_before_the_next_step() -> None:
    card, plan = blank(), made_up_plan()

    def fail_at_lock(step: StepName, _moment: StepMoment) -> None:
        if step is StepName.LOCK:
            raise Unavailable("database", "%(nothing)s")

    with pytest.raises(Unavailable):
        personalise(VirtualConnection(card), plan, fail_at_lock)
    assert phase_of(card, plan) is CardPhase.PARTLY_BUILT


def test_a_plan_without_all_keys_is_refused() -> None:
    keys = dict(CARD_KEYS)
    del keys[KeyUsage.MAC]
    with pytest.raises(InvalidInput) as caught:
        plan_personalisation(made_up_content(), keys, TRANSPORT_KEY, SIGNER)
    assert caught.value.code == "card-keys-incomplete"


def test_a_plan_shows_no_key_and_no_photo() -> None:
    shown = repr(made_up_plan())
    assert "Secret" not in shown
    assert CARD_KEYS[KeyUsage.MAC].reveal().hex() not in shown


def test_an_sm2_signature_is_read_back_as_well() -> None:
    signer = SoftwareSigner.generate("sm2-sm3")
    report = personalise(VirtualConnection(blank()), made_up_plan(signer=signer), quiet)
    assert report.signature is not None
    assert (report.signature.suite, report.signing_key) == ("sm2-sm3", signer.public_key)
