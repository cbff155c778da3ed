"""A card that is in use comes back to a station: read, verified, and what waits for it is written.

Writing results needs no reservation: before anything is written the card is read, and what it holds already is only
noted. A card on an earlier key version gets its new keys first; that is on record before it begins (see
:mod:`~warrant.apps.cardcentre.services.rekeying`). So a visit that broke off at any command is simply made again.

Source: 2009 notice, 五(二)3 (annual review, also on the card).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings

from warrant.apps.cardcentre.models import Card
from warrant.apps.cardcentre.services.key_states import revoked_set
from warrant.apps.cardcentre.services.readers import card_in
from warrant.apps.cardcentre.services.rekeying import next_version, rekey_card
from warrant.apps.cardcentre.types import ISSUER_LABEL
from warrant.apps.certificates.models import Certificate
from warrant.apps.foundation.ports import key_vault
from warrant.apps.reviews.selectors.campaigns import pending_chip_writes
from warrant.apps.reviews.services import chip_written
from warrant.core.access import Actor, Permission
from warrant.core.chip.connection import CardConnection
from warrant.core.chip.inspection import CardReport, CheckOutcome, read_card
from warrant.core.chip.reviews import ReviewRecord
from warrant.core.chip.upkeep import append_reviews
from warrant.core.errors import N_, Conflict
from warrant.core.keys.hierarchy import KeyUsage
from warrant.core.lifecycle import CardState, CertificateState

KEPT_BACK: Mapping[str, str] = {
    CertificateState.LOST: N_("证件已挂失：留下此卡，联系持证人；确属本人寻回的，先解挂再办。"),
    CertificateState.WITHHELD: N_("证件已暂扣：留下此卡，交暂扣单位保管，发还前不得交给持证人。"),
    CertificateState.CANCELLED: N_("证件已注销：收回此卡，交库管销毁。"),
    CertificateState.REVOKED: N_("证件已吊销：收回此卡，交库管销毁。"),
    CertificateState.EXPIRED: N_("证件已过期：收回此卡，换发新证后交库管销毁。"),
    CertificateState.AWAITING_PRODUCTION: N_("证件还没有制成：这张卡不应在外，留下并报告。"),
    CertificateState.PRODUCED: N_("证件还没有发放：这张卡不应在外，留下并报告。"),
}
CARD_KEPT_BACK = N_("这张卡在库存中已停用或作废：收回此卡，交库管销毁。")
_IN_USE = (CertificateState.ACTIVE, CertificateState.LAPSED)


@dataclass(frozen=True)
class Visit:
    """What was found: the card's certificate, what the chip proved and holds, and what waits to be written.

    ``reviews``: on the chip, newest first. ``waiting``: key of the line and record, oldest first. ``kept_back``: why
    the card must not go back to whoever brought it, a msgid; empty if it may. ``next_version``: of the keys that
    writing puts on the card, None if it keeps its own. ``is_compromised``: its keys have leaked, it has to be replaced.
    """

    card: Card
    certificate: Certificate
    report: CardReport
    waiting: tuple[tuple[int, ReviewRecord], ...]
    kept_back: str
    next_version: int | None = None
    is_compromised: bool = False

    @property
    def serial(self) -> str:
        """The chip's serial number, hex."""
        return self.card.serial

    @property
    def is_under_way(self) -> bool:
        """Whether an exchange of keys broke off: the chip proves nothing until it is finished."""
        return self.card.next_key_version is not None

    @property
    def reviews(self) -> tuple[ReviewRecord, ...]:
        """Annual reviews on the chip, newest first."""
        return self.report.reviews or ()


def read_visitor(actor: Actor, reader_name: str) -> Visit:
    """Read and verify the card in a reader.

    Raises: Conflict ``card-not-genuine``, ``card-not-on-record``; NotFound also where the certificate is out of reach;
    Unavailable for reader and card.
    """
    with card_in(reader_name) as (connection, serial):
        return _visit(actor, connection, serial)


def write_results(actor: Actor, reader_name: str, serial: str, *, now: datetime) -> Visit:
    """Exchange keys of an earlier version, write the results that are not on the card yet, read back and record it.

    ``serial`` is the chip that was shown to the operator. Returns the card as it is read afterwards.
    Raises: Conflict ``card-different``, ``card-kept-back``, ``result-not-written``, ``card-refused`` and those of
    :func:`read_visitor` and :func:`rekey_card`; NotPermitted; Unavailable if the card is removed: put it back and
    try again.
    """
    with card_in(reader_name) as (connection, found):
        if found != serial:
            raise Conflict(
                "card-different",
                N_("读卡器中是卡 %(found)s，页面上的是卡 %(expected)s，请换回该卡"),
                found=found,
                expected=serial,
            )
        before = _visit(actor, connection, serial)
        if before.kept_back:
            raise Conflict("card-kept-back", before.kept_back)
        if before.next_version is not None:
            rekey_card(actor, connection, before.card, now=now)
            before = _visit(actor, connection, serial)
        missing = [record for _key, record in before.waiting if record not in before.reviews]
        if missing:
            _append(connection, before, missing)
        after = _visit(actor, connection, serial)
    if any(record not in after.reviews for record in missing):
        raise Conflict("result-not-written", N_("回读时卡上没有刚写的年审结果，请再试一次"))
    chip_written(actor, before.certificate.pk, [key for key, _record in before.waiting], serial, now=now)
    return replace(after, waiting=(), kept_back="")


def _append(connection: CardConnection, visit: Visit, records: list[ReviewRecord]) -> None:
    content = visit.report.content
    if content is None:
        return
    vault, number = key_vault(), visit.certificate.number
    maintenance, mac = (
        vault.card_key(content.key_suite, content.key_version, usage, number)
        for usage in (KeyUsage.MAINTENANCE, KeyUsage.MAC)
    )
    append_reviews(connection, content.key_suite, records, maintenance, mac)


def _visit(actor: Actor, connection: CardConnection, serial: str) -> Visit:
    vault = key_vault()
    trusted = [vault.signer(ISSUER_LABEL).public_key]
    card = Card.objects.filter(serial=serial, next_key_version__isnull=False).first()
    if card is not None:
        # Between two sets of keys the chip proves nothing, and a wrong key would cost the inspection key a try. The
        # register knows that the card is under way, and whose it is.
        report = read_card(connection, trusted)
        number = Certificate.system.values_list("number", flat=True).get(pk=card.certificate_id or 0)
    else:
        report = read_card(connection, trusted, vault.card_key)
        number = _proven_number(report)
    Certificate.objects.get_visible(actor, Permission.CARD_PRODUCE, number=number)
    certificate = Certificate.system.select_related("officer__agency").get(number=number)
    if card is None:
        card = Card.objects.filter(serial=serial, certificate=certificate).first()
        if card is None:
            raise Conflict(
                "card-not-on-record", N_("卡 %(serial)s 不是本中心为这本证件制作的"), serial=serial
            )
    return Visit(
        card,
        certificate,
        report,
        _waiting(certificate),
        _kept_back(certificate, card),
        next_version(card),
        revoked_set(card.key_suite, card.key_version or 0),
    )


def _proven_number(report: CardReport) -> str:
    """Return the certificate number of a card that passed every check. Raises: Conflict ``card-not-genuine``."""
    everything = all(check.outcome is CheckOutcome.PASSED for check in report.checks)
    if report.content is None or not report.is_genuine or not everything:
        failed = [check.reason for check in report.checks if check.outcome is not CheckOutcome.PASSED]
        raise Conflict(
            "card-not-genuine",
            N_("这张卡没有通过核验：%(why)s。留下此卡并报告。"),
            why=failed[0] if failed else "",
        )
    return report.content.certificate_number


def _waiting(certificate: Certificate) -> tuple[tuple[int, ReviewRecord], ...]:
    return tuple(pending_chip_writes(certificate.pk, settings.WARRANT_NODE.code))


def _kept_back(certificate: Certificate, card: Card) -> str:
    if certificate.state not in _IN_USE:
        return KEPT_BACK[certificate.state]
    return "" if card.state == CardState.HANDED_OVER else CARD_KEPT_BACK


__all__ = ["CARD_KEPT_BACK", "KEPT_BACK", "Visit", "read_visitor", "write_results"]
