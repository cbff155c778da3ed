"""An honest answer instead of a yes or no: one word, what it stands on, what was not established, and how old it is.

Only one path ends in *valid*: key directory in date, signature, issuer, period and a fresh status list that
says valid. Everything else ends in another word. No machine sees who holds the card: that the person is the one in
the photo is never among what was established.

Source: draft-ietf-oauth-status-list, "Validation Rules" (order of the checks; an expired credential is expired
whatever the list says; a failed check allows no statement about the status).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from warrant.core.credential.directory import KeyDirectory
from warrant.core.credential.moments import CLOCK_LEEWAY
from warrant.core.credential.refusal import CredentialRefused, RefusalReason
from warrant.core.credential.status_list import Status, StatusListToken
from warrant.core.credential.token import CredentialClaims, photo_digest
from warrant.core.errors import Unavailable


class VerdictWord(StrEnum):
    """The first word a citizen sees. *stale* and *unknown* are no yes."""

    VALID = "valid"
    LOST = "lost"
    WITHHELD = "withheld"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    FORGED = "forged"
    STALE = "stale"


class Fact(StrEnum):
    """What a check can establish, in the order in which it is shown."""

    KEYS = "keys"
    SIGNATURE = "signature"
    ISSUER = "issuer"
    PERIOD = "period"
    STATUS = "status"
    CURRENT_STATUS = "current-status"
    PHOTO = "photo"
    HOLDER = "holder"


WORD_OF_STATUS: Final = {
    Status.VALID: VerdictWord.VALID,
    Status.INVALID: VerdictWord.CANCELLED,
    Status.SUSPENDED: VerdictWord.WITHHELD,
    Status.LOST: VerdictWord.LOST,
}


@dataclass(frozen=True)
class Verdict:
    """The answer. ``claims`` only if authentic; ``as_of`` and ``list_age`` only if an authentic list was read.

    ``reason`` is the rule that failed, if one did.
    """

    word: VerdictWord
    established: tuple[Fact, ...] = ()
    claims: CredentialClaims | None = None
    as_of: datetime | None = None
    list_age: timedelta | None = None
    reason: RefusalReason | None = None

    @property
    def not_established(self) -> tuple[Fact, ...]:
        """Everything that was not established, in the order of :class:`Fact`."""
        return tuple(fact for fact in Fact if fact not in self.established)

    @property
    def is_valid(self) -> bool:
        """Tell whether the certificate may be relied on now; the face still has to be compared."""
        return self.word is VerdictWord.VALID


def verdict(
    token: bytes,
    directory: KeyDirectory | None,
    status_list: bytes | None,
    at: datetime,
    photo: bytes | None = None,
) -> Verdict:
    """Judge ``token`` at ``at`` with what the verifier has; never raises for what a stranger shows.

    ``directory`` comes from ``read_key_directory``; ``status_list`` is the message named in the token, or None
    without a network. ``photo`` is a photo file to hold against the signed digest, from the chip or the site.
    """
    if directory is None or not _is_in_date(directory, at):
        return Verdict(VerdictWord.UNKNOWN)
    try:
        claims = directory.open_credential(token)
    except CredentialRefused as refusal:
        return Verdict(_word_for(refusal.reason), (Fact.KEYS,), reason=refusal.reason)
    except Unavailable:
        return Verdict(VerdictWord.UNKNOWN, (Fact.KEYS,))
    authentic = Verdict(
        VerdictWord.UNKNOWN, established=(Fact.KEYS, Fact.SIGNATURE, Fact.ISSUER), claims=claims
    )
    if at + CLOCK_LEEWAY < claims.issued_at:
        return replace(authentic, reason=RefusalReason.NOT_YET_VALID)
    if at >= claims.expires_at:
        return replace(authentic, word=VerdictWord.EXPIRED, reason=RefusalReason.EXPIRED)
    in_date = _with_fact(authentic, Fact.PERIOD)
    if photo is not None:
        if photo_digest(photo) != claims.photo_digest:
            return replace(in_date, word=VerdictWord.FORGED, reason=RefusalReason.SIGNATURE)
        in_date = _with_fact(in_date, Fact.PHOTO)
    return _with_status(in_date, claims, directory, status_list, at)


def _with_status(
    in_date: Verdict,
    claims: CredentialClaims,
    directory: KeyDirectory,
    status_list: bytes | None,
    at: datetime,
) -> Verdict:
    if status_list is None:
        return in_date
    try:
        listed = directory.open_status_list(status_list)
        status = _status_of(claims, listed)
    except CredentialRefused as refusal:
        return replace(in_date, reason=refusal.reason)
    except Unavailable:
        return in_date
    if at + CLOCK_LEEWAY < listed.issued_at:
        return replace(in_date, reason=RefusalReason.NOT_YET_VALID)
    known = replace(
        _with_fact(in_date, Fact.STATUS),
        word=WORD_OF_STATUS[status],
        as_of=listed.issued_at,
        list_age=listed.age(at),
    )
    if listed.is_fresh(at):
        return _with_fact(known, Fact.CURRENT_STATUS)
    # An old list may still take trust away, but it cannot give any.
    return replace(known, word=VerdictWord.STALE) if status is Status.VALID else known


def _status_of(claims: CredentialClaims, listed: StatusListToken) -> Status:
    if listed.uri != claims.status_uri or listed.issuer != claims.issuer:
        raise CredentialRefused(RefusalReason.ISSUER, "status_list")
    return listed.statuses[claims.status_index]


def _word_for(reason: RefusalReason) -> VerdictWord:
    """An unreadable code or an unknown key proves no forgery; a wrong signature or a wrong issuer does."""
    if reason in (RefusalReason.SIGNATURE, RefusalReason.ISSUER):
        return VerdictWord.FORGED
    return VerdictWord.UNKNOWN


def _is_in_date(directory: KeyDirectory, at: datetime) -> bool:
    return directory.issued_at - CLOCK_LEEWAY <= at < directory.expires_at


def _with_fact(so_far: Verdict, fact: Fact) -> Verdict:
    return replace(so_far, established=tuple(known for known in Fact if known in (*so_far.established, fact)))


__all__ = ["WORD_OF_STATUS", "Fact", "Verdict", "VerdictWord", "verdict"]
