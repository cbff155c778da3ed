"""Making laboratory cards: a blank one, a personalised one, and the parts from which broken ones are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Final

from warrant.adapters.made_up_portraits import portrait
from warrant.adapters.photo import for_chip
from warrant.adapters.virtual_card.chip import VirtualCard
from warrant.adapters.virtual_card.reader import VirtualConnection
from warrant.core.chip import layout
from warrant.core.chip.content import CardContent, encode_content
from warrant.core.chip.personalisation import (
    PersonalisationPlan,
    StepMoment,
    StepName,
    personalise,
    plan_personalisation,
)
from warrant.core.chip.reviews import ReviewRecord, ReviewResult
from warrant.core.chip.signature import sign_card
from warrant.core.crypto.signing import Signer
from warrant.core.keys.hierarchy import KeySuite, KeyUsage
from warrant.core.standards import certificate_number
from warrant.nodes.laboratory import keys

SERIAL_NUMBER: Final = bytes.fromhex("1D99000000000A")
CERTIFICATE_NUMBER: Final = certificate_number.make(keys.PROVINCE, 1)
VALID_FROM: Final = date(2026, 1, 1)
VALID_UNTIL: Final = date(2031, 1, 1)
REVIEWS: Final = (
    ReviewRecord(2024, ReviewResult.PASSED, date(2024, 12, 3), "990100"),
    ReviewRecord(2025, ReviewResult.PASSED, date(2025, 12, 1), "990100"),
)


@cache
def photo() -> bytes:
    """Return the chip photo of a drawn person: WebP, at most 1,495 bytes."""
    return for_chip(portrait(1, "female"))


def content(suite: KeySuite, serial_number: bytes = SERIAL_NUMBER) -> CardContent:
    """Return what a laboratory card says."""
    return CardContent(
        certificate_number=CERTIFICATE_NUMBER,
        chip_serial_number=serial_number,
        holder_name="实验卡·甲",
        holder_sex="2",
        agency_name="交通运输行政执法证件实验室",
        categories=("01", "03"),
        area_code="990100",
        area_name="实验区",
        issuer="交通运输行政执法证件实验室",
        valid_from=VALID_FROM,
        valid_until=VALID_UNTIL,
        photo=photo(),
        receipt_digest=bytes(range(32)),
        key_suite=suite,
        key_version=1,
        status_list_index=0,
    )


@dataclass(frozen=True)
class Recipe:
    """How one card is made; what is left out is as on a good card.

    ``change``: what the card says. ``spoil``: done to the files before they are signed. ``tamper``: done afterwards.
    ``below``: version, province and certificate number below which the card's keys are derived.
    ``stop_before``: the step before which the making ends. ``chip``: the serial number of the chip itself.
    """

    change: Mapping[str, object] = field(default_factory=dict)
    spoil: Mapping[int, Callable[[bytes], bytes]] = field(default_factory=dict)
    tamper: Mapping[int, Callable[[bytes], bytes]] = field(default_factory=dict)
    below: tuple[int, str, str] = (1, keys.PROVINCE, CERTIFICATE_NUMBER)
    reviews: tuple[ReviewRecord, ...] = REVIEWS
    signer: Signer = field(default_factory=keys.issuer)
    stop_before: StepName = StepName.READ_BACK
    chip: bytes = SERIAL_NUMBER


class _Enough(Exception):
    """The card is as far as it should be."""


def blank(suite: KeySuite, serial_number: bytes = SERIAL_NUMBER) -> VirtualCard:
    """Return a blank card under the laboratory's transport key."""
    return VirtualCard.blank(suite, keys.transport_key(), serial_number=serial_number)


def make(suite: KeySuite, recipe: Recipe | None = None) -> VirtualCard:
    """Return a card made by ``recipe``, or a good one."""
    recipe = recipe or Recipe()
    card = blank(suite)
    try:
        personalise(VirtualConnection(card), plan(suite, recipe), _until(recipe.stop_before))
    except _Enough:
        card.reset()
    card.serial_number = recipe.chip
    return card


def plan(suite: KeySuite, recipe: Recipe) -> PersonalisationPlan:
    """Return what is written onto the card of ``recipe``."""
    said = replace(content(suite), **recipe.change)  # type: ignore[arg-type]  # names and values of one recipe
    version, province, number = recipe.below
    card_keys = {usage: keys.key_of_province(suite, version, usage, province, number) for usage in KeyUsage}
    good = plan_personalisation(said, card_keys, keys.transport_key(), recipe.signer, recipe.reviews)
    images = _done(encode_content(said), recipe.spoil)
    signature = sign_card(images, recipe.signer)
    images[layout.SIGNATURE.file_id] = signature.encode()
    return replace(good, images=_done(images, recipe.tamper))


def _done(images: Mapping[int, bytes], acts: Mapping[int, Callable[[bytes], bytes]]) -> dict[int, bytes]:
    return {file_id: acts.get(file_id, bytes)(image) for file_id, image in images.items()}


def _until(last: StepName) -> Callable[[StepName, StepMoment], None]:
    def on_step(step: StepName, moment: StepMoment) -> None:
        if step is last and moment is StepMoment.BEGUN:
            raise _Enough

    return on_step
