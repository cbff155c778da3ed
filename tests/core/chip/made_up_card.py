"""A made-up officer's card and its keys, for all tests about cards."""

from __future__ import annotations

from datetime import date

from warrant.core.chip.content import CardContent
from warrant.core.chip.personalisation import PersonalisationPlan, plan_personalisation
from warrant.core.chip.reviews import ReviewRecord, ReviewResult
from warrant.core.crypto.secret import Secret
from warrant.core.crypto.signing import Signer, SoftwareSigner
from warrant.core.keys.hierarchy import KeySuite, KeyUsage

TRANSPORT_KEY = Secret(b"\xff" * 16)
SERIAL_NUMBER = bytes.fromhex("1D0102030405A6")
# Fixed, because a card signed in one process is read back in another.
SIGNER = SoftwareSigner.from_private("es256", Secret(bytes(range(1, 33))))
CARD_KEYS = {
    usage: Secret(bytes([0x10 + number] * 8 + [0x20 + number] * 8)) for number, usage in enumerate(KeyUsage)
}
REVIEWS = (
    ReviewRecord(2024, ReviewResult.PASSED, date(2024, 12, 3), "320100"),
    ReviewRecord(2025, ReviewResult.PASSED, date(2025, 12, 1), "320100"),
)


def made_up_content(suite: KeySuite = "sm4", serial_number: bytes = SERIAL_NUMBER) -> CardContent:
    return CardContent(
        certificate_number="32000012348",
        chip_serial_number=serial_number,
        holder_name="欧阳晓明·阿里木",
        holder_sex="1",
        agency_name="南京市交通运输综合行政执法监督局第一大队",
        categories=("road", "waterway"),
        area_code="320100",
        area_name="江苏省南京市",
        issuer="江苏省交通运输厅",
        valid_from=date(2026, 3, 1),
        valid_until=date(2031, 3, 1),
        photo=bytes(range(256)) * 5,
        receipt_digest=bytes(range(32)),
        key_suite=suite,
        key_version=1,
        status_list_index=70001,
    )


def made_up_plan(
    suite: KeySuite = "sm4", serial_number: bytes = SERIAL_NUMBER, signer: Signer = SIGNER
) -> PersonalisationPlan:
    content = made_up_content(suite, serial_number)
    return plan_personalisation(content, CARD_KEYS, TRANSPORT_KEY, signer, REVIEWS)
