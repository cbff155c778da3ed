"""Judging what the public asks about, from what has been published and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from warrant.apps.foundation.ports import key_vault
from warrant.apps.publication.models import KeyDirectory, PublicRecord, PublishedStatusList
from warrant.apps.publication.types import Answer, AnswerWord, PublicPerson
from warrant.core.access import Actor, Permission, require
from warrant.core.access.decision import NATION
from warrant.core.credential.directory import KeyDirectory as Directory
from warrant.core.credential.directory import read_key_directory
from warrant.core.credential.qr import token_from_text
from warrant.core.credential.refusal import CredentialRefused, RefusalReason
from warrant.core.credential.status_list import Status, StatusListToken
from warrant.core.credential.verdict import VerdictWord, verdict
from warrant.core.crypto.signing import PublicKey
from warrant.core.lifecycle import CertificateState
from warrant.core.standards.codes import ENFORCEMENT_CATEGORY

ROOT_SIGNER = "root"

C = CertificateState
A = AnswerWord

_WORD_OF_STATE: Mapping[CertificateState, AnswerWord] = {
    C.AWAITING_PRODUCTION: A.NOT_ISSUED,
    C.PRODUCED: A.NOT_ISSUED,
    C.ACTIVE: A.VALID,
    C.LOST: A.LOST,
    C.WITHHELD: A.WITHHELD,
    C.LAPSED: A.LAPSED,
    C.CANCELLED: A.CANCELLED,
    C.REVOKED: A.REVOKED,
    C.EXPIRED: A.EXPIRED,
}

_WORD_OF_STATUS: Mapping[Status, AnswerWord] = {
    Status.VALID: A.VALID,
    Status.INVALID: A.UNCONFIRMED,  # the list is ahead of the record, which will say which end it was
    Status.SUSPENDED: A.WITHHELD,
    Status.LOST: A.LOST,
}

_WORD_OF_VERDICT: Mapping[VerdictWord, AnswerWord] = {
    VerdictWord.VALID: A.VALID,
    VerdictWord.LOST: A.LOST,
    VerdictWord.WITHHELD: A.WITHHELD,
    VerdictWord.CANCELLED: A.CANCELLED,
    VerdictWord.EXPIRED: A.EXPIRED,
    VerdictWord.UNKNOWN: A.UNCONFIRMED,
    VerdictWord.FORGED: A.FORGED,
    VerdictWord.STALE: A.UNCONFIRMED,
}


def published_records(viewer: Actor, text: str = "") -> QuerySet[PublicRecord]:
    """Return what is published, without the photos, for whoever watches over it; ``text`` is a number or a name.

    Raises:
        NotPermitted, NotFound: the viewer does not watch over the whole node's publication.
    """
    require(viewer, Permission.PUBLICATION_VIEW, NATION)
    rows = PublicRecord.objects.defer("photo")
    if text.isdigit():
        return rows.filter(certificate_number=text)
    return rows.filter(holder_name=text) if text else rows


def answer_word(record: PublicRecord) -> AnswerWord:
    """Return what the public is told of the record's state."""
    return _WORD_OF_STATE[C(record.state)]


def root_key() -> PublicKey:
    """Return the ministry's key for the directory: pinned in the settings, or in this node's own vault."""
    pinned = settings.WARRANT_PINNED_ROOT
    return PublicKey.from_text(pinned) if pinned else key_vault().signer(ROOT_SIGNER).public_key


def newest_directory_row() -> KeyDirectory | None:
    """Return the newest signed directory as it was published."""
    return KeyDirectory.objects.order_by("-id").first()


def directory_at(now: datetime) -> Directory | None:
    """Return the newest directory if it verifies and is in date; otherwise nothing can be verified."""
    row = newest_directory_row()
    if row is None:
        return None
    try:
        return read_key_directory(bytes(row.token), root_key(), now)
    except CredentialRefused:
        return None


def answer_for_number(number: str, now: datetime) -> Answer:
    """Return what is known of the certificate with this number, which has passed its check digit."""
    record = PublicRecord.objects.filter(certificate_number=number).first()
    if record is None:
        return Answer(A.NOT_FOUND, now, number)
    return _answer_for_record(record, _open_list(record, now), now)


def answer_for_link(text: str, now: datetime) -> Answer:
    """Return what is known of the certificate whose signed credential is in ``text``.

    The signature says who issued it, the live record says how it stands; the worse of the two is the answer.
    """
    try:
        token = token_from_text(text)
    except CredentialRefused:
        return Answer(A.UNREADABLE, now, facts=())
    directory = directory_at(now)
    judged = verdict(token, directory, None, now)
    if judged.claims is None:
        return Answer(_word_for_refused(judged.reason), now, facts=judged.established)
    claims = judged.claims
    published = PublishedStatusList.objects.filter(name=claims.status_uri).first()
    judged = verdict(token, directory, bytes(published.token) if published else None, now)
    record = PublicRecord.objects.filter(certificate_number=claims.certificate_number).first()
    if record is None:
        return Answer(A.NOT_ISSUED, now, claims.certificate_number, facts=judged.established)
    answer = _answer_for_record(record, _open_list(record, now), now)
    word = answer.word
    is_same_place = (record.status_list_name, record.status_index) == (
        claims.status_uri,
        claims.status_index,
    )
    if word is A.VALID:
        word = _WORD_OF_VERDICT[judged.word] if is_same_place else A.UNCONFIRMED
    return replace(answer, word=word, facts=judged.established)


def photo_of(number: str) -> bytes | None:
    """Return the photo of a certificate that has been issued, or nothing."""
    record = PublicRecord.objects.filter(certificate_number=number).first()
    if record is None or not record.photo or answer_word(record) is A.NOT_ISSUED:
        return None
    return bytes(record.photo)


def category_name(name: str, language: str) -> str:
    """Return the name of an enforcement category in ``language``, from its official Chinese name."""
    code = ENFORCEMENT_CATEGORY.find(name)
    return code.english if code is not None and language == "en" else name


def _word_for_refused(reason: RefusalReason | None) -> AnswerWord:
    """With a valid directory at hand, a key that is not in it was never anybody's who may issue."""
    if reason is None:
        return A.UNCONFIRMED
    return A.UNREADABLE if reason is RefusalReason.MALFORMED else A.FORGED


def _open_list(record: PublicRecord, now: datetime) -> StatusListToken | None:
    published = PublishedStatusList.objects.filter(name=record.status_list_name).first()
    directory = directory_at(now) if published is not None else None
    if published is None or directory is None:
        return None
    try:
        return directory.open_status_list(bytes(published.token))
    except CredentialRefused:
        return None


def _answer_for_record(record: PublicRecord, listed: StatusListToken | None, now: datetime) -> Answer:
    as_of = max(record.changed_at, listed.issued_at) if listed else record.changed_at
    word = _word_for_record(record, listed, now)
    person = None
    if word is not A.NOT_ISSUED:
        person = PublicPerson(
            number=record.certificate_number,
            name=record.holder_name,
            agency=record.agency_name,
            categories=tuple(record.category_names),
            area=record.area_name,
            valid_from=record.valid_from.isoformat(),
            valid_until=record.valid_until.isoformat(),
            has_photo=bool(record.photo),
        )
    return Answer(word, as_of, record.certificate_number, person)


def _word_for_record(record: PublicRecord, listed: StatusListToken | None, now: datetime) -> AnswerWord:
    """Only a record that says active and a fresh signed list that agrees give *valid*."""
    word = answer_word(record)
    if word is not A.VALID:
        return word
    today = timezone.localdate(now)
    if today > record.valid_until:
        return A.EXPIRED
    if today < record.valid_from:
        return A.NOT_ISSUED
    if listed is None:
        return A.UNCONFIRMED
    try:
        listed_word = _WORD_OF_STATUS[listed.statuses[record.status_index]]
    except CredentialRefused:
        return A.UNCONFIRMED
    return A.UNCONFIRMED if listed_word is A.VALID and not listed.is_fresh(now) else listed_word
