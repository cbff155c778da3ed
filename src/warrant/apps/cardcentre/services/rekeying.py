"""A card on an earlier key version gets the active one when it comes to a station.

That the exchange has begun is committed before the first command goes to the card, that it is over after everything
was read back. In between, the register still names the old version and the one to which the card is under way; the
next visit finishes. What goes onto the chip comes from the register, never from the card.

A compromised version is not exchanged on the card: whoever knows the keys can make a card that passes for this one,
and it would get good keys. Such a card is replaced.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from warrant.apps.audit.services import record
from warrant.apps.cardcentre.models import Card, CardJob, KeySet
from warrant.apps.cardcentre.services.job_content import stored_content
from warrant.apps.cardcentre.services.key_states import SUB, check_not_revoked, revoked_set
from warrant.apps.cardcentre.types import ISSUER_LABEL, SUITE_LABELS
from warrant.apps.certificates.models import Certificate
from warrant.apps.certificates.services import locked_certificate
from warrant.apps.foundation.ports import key_vault
from warrant.core.access import Actor, Permission, require
from warrant.core.chip.connection import CardConnection
from warrant.core.chip.content import CardContent
from warrant.core.chip.rekeying import plan_rekeying, rekey
from warrant.core.errors import N_, Conflict
from warrant.core.keys.hierarchy import KeyUsage
from warrant.core.lifecycle import CardJobState, CardState, CertificateState
from warrant.core.lifecycle.key import KeyState

_IN_USE = (CertificateState.ACTIVE, CertificateState.LAPSED)


def next_version(card: Card) -> int | None:
    """Return the key version that a card has to get at its next visit; None if it keeps its own."""
    if card.next_key_version is not None:
        return card.next_key_version
    active = KeySet.objects.filter(kind=SUB, suite=card.key_suite, state=KeyState.ACTIVE).first()
    if active is None or card.key_version is None or active.version == card.key_version:
        return None
    return None if revoked_set(card.key_suite, card.key_version) else active.version


def rekey_card(actor: Actor, connection: CardConnection, card: Card, *, now: datetime) -> Card:
    """Exchange the keys of a card in use, or finish exchanging them; return the card as the register has it then.

    Does nothing to a card that needs none. May be called again after any failure.
    Raises: Conflict ``wrong-state``, ``card-content-missing``, ``card-keys-revoked`` and those of
    :func:`warrant.core.chip.rekeying.rekey`; NotPermitted; Unavailable if the card is removed.
    """
    card, content = _begin(actor, card, now)
    if card.next_key_version is None or content is None:
        return card
    vault, number = key_vault(), content.certificate_number
    old_keys, new_keys = (
        {usage: vault.card_key(content.key_suite, version, usage, number) for usage in KeyUsage}
        for version in (card.key_version or 0, card.next_key_version)
    )
    rekey(connection, plan_rekeying(content, old_keys, new_keys, vault.signer(ISSUER_LABEL)))
    return _finish(actor, card, card.next_key_version, now)


@transaction.atomic(durable=True)
def _begin(actor: Actor, card: Card, now: datetime) -> tuple[Card, CardContent | None]:
    """Commit that the exchange begins, before the first command: a card under way is always on record."""
    card, certificate = _locked(actor, card)
    target = next_version(card)
    if target is None:
        return card, None
    if certificate.state not in _IN_USE or card.state != CardState.HANDED_OVER:
        raise Conflict("wrong-state", N_("只有在用证件的卡才能更换密钥"))
    check_not_revoked(card.key_suite, target)
    content = _content(card, target)
    if card.next_key_version is None:
        card.next_key_version = target
        card.save(update_fields=["next_key_version"])
        record(actor, "card.rekeying-begun", f"card:{card.serial}", _what(card, certificate, target), now=now)
    return card, content


@transaction.atomic(durable=True)
def _finish(actor: Actor, card: Card, target: int, now: datetime) -> Card:
    card, certificate = _locked(actor, card)
    if card.next_key_version != target:
        return card  # somebody else saw the same finished card
    card.key_version, card.next_key_version = target, None
    card.save(update_fields=["key_version", "next_key_version"])
    record(actor, "card.rekeyed", f"card:{card.serial}", _what(card, certificate, target), now=now)
    return card


def _locked(actor: Actor, card: Card) -> tuple[Card, Certificate]:
    """Certificate before card, as everybody locks them."""
    certificate = locked_certificate(card.certificate_id or 0)
    require(actor, Permission.CARD_PRODUCE, certificate.place)
    return Card.objects.select_for_update().get(pk=card.pk), certificate


def _content(card: Card, version: int) -> CardContent:
    """Return what was fixed when the card was made, naming another key version."""
    job = CardJob.objects.filter(card=card, state=CardJobState.FINISHED).exclude(content=None).first()
    if job is None:
        raise Conflict(
            "card-content-missing",
            N_("卡 %(serial)s 的制卡内容没有保存，不能在卡上更换密钥：请办理补换"),
            serial=card.serial,
        )
    return replace(stored_content(bytes(job.content or b"")), key_version=version)


def _what(card: Card, certificate: Certificate, version: int) -> str:
    return f"{certificate.number} {card.serial} {SUITE_LABELS.get(card.key_suite, card.key_suite)} 第 {version} 版"


__all__ = ["next_version", "rekey_card"]
