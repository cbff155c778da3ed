"""The verdict says valid on one path only, and always what it stands on."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from warrant.core.credential.directory import KeyDirectory
from warrant.core.credential.refusal import RefusalReason
from warrant.core.credential.token import CredentialClaims, issue_credential
from warrant.core.credential.verdict import Fact, VerdictWord, verdict
from warrant.core.crypto.signing import PublicKey, SoftwareSigner
from warrant.core.errors import Unavailable

from .conftest import ListMaker

INDEX = 777_777
AUTHENTIC = (Fact.KEYS, Fact.SIGNATURE, Fact.ISSUER)


def test_everything_in_order_is_valid_and_says_what_it_cannot_know(
    token: bytes, directory: KeyDirectory, make_list: ListMaker, now: datetime, claims: CredentialClaims
) -> None:
    answer = verdict(token, directory, make_list(), now)
    assert answer.word is VerdictWord.VALID
    assert answer.is_valid
    assert answer.established == (*AUTHENTIC, Fact.PERIOD, Fact.STATUS, Fact.CURRENT_STATUS)
    assert answer.not_established == (Fact.PHOTO, Fact.HOLDER)
    assert answer.claims == claims
    assert answer.as_of == datetime(2026, 11, 22, 7, 59, tzinfo=UTC)
    assert answer.list_age == timedelta(minutes=1)


@pytest.mark.parametrize(
    ("status", "word"), [(1, VerdictWord.CANCELLED), (2, VerdictWord.WITHHELD), (3, VerdictWord.LOST)]
)
@pytest.mark.parametrize("minutes_old", [1, 180, 60 * 24 * 3])
def test_a_bad_status_counts_however_old_the_list_is(
    status: int,
    word: VerdictWord,
    minutes_old: int,
    token: bytes,
    directory: KeyDirectory,
    make_list: ListMaker,
    now: datetime,
) -> None:
    answer = verdict(token, directory, make_list({INDEX: status}, minutes_old), now)
    assert answer.word is word
    assert not answer.is_valid
    assert (Fact.CURRENT_STATUS in answer.established) is (minutes_old == 1)


@pytest.mark.parametrize(
    ("minutes_old", "word"), [(14, VerdictWord.VALID), (15, VerdictWord.STALE), (3000, VerdictWord.STALE)]
)
def test_a_good_status_from_an_old_list_is_stale(
    minutes_old: int,
    word: VerdictWord,
    token: bytes,
    directory: KeyDirectory,
    make_list: ListMaker,
    now: datetime,
) -> None:
    answer = verdict(token, directory, make_list(minutes_old=minutes_old), now)
    assert answer.word is word
    assert answer.list_age == timedelta(minutes=minutes_old)


def test_without_a_list_the_status_is_unknown(token: bytes, directory: KeyDirectory, now: datetime) -> None:
    answer = verdict(token, directory, None, now)
    assert answer.word is VerdictWord.UNKNOWN
    assert answer.established == (*AUTHENTIC, Fact.PERIOD)
    assert answer.as_of is None


def test_without_a_directory_in_date_nothing_is_established(
    token: bytes, directory: KeyDirectory, make_list: ListMaker, now: datetime
) -> None:
    for known, at in [
        (None, now),
        (directory, now + timedelta(days=30)),
        (directory, now - timedelta(days=2)),
    ]:
        answer = verdict(token, known, make_list(), at)
        assert answer.word is VerdictWord.UNKNOWN
        assert answer.established == ()
        assert answer.claims is None


def test_a_changed_field_is_forged_and_shows_no_claims(
    token: bytes, directory: KeyDirectory, make_list: ListMaker, now: datetime
) -> None:
    forged = token.replace("张建国".encode("utf-16-be"), "张建业".encode("utf-16-be"))
    answer = verdict(forged, directory, make_list(), now)
    assert answer.word is VerdictWord.FORGED
    assert answer.claims is None
    assert answer.reason is RefusalReason.SIGNATURE


def test_another_provinces_signature_is_forged(
    claims: CredentialClaims,
    directory: KeyDirectory,
    other_province: SoftwareSigner,
    make_list: ListMaker,
    now: datetime,
) -> None:
    answer = verdict(issue_credential(claims, other_province), directory, make_list(), now)
    assert answer.word is VerdictWord.FORGED
    assert answer.reason is RefusalReason.ISSUER


def test_an_unknown_key_or_an_unreadable_code_is_unknown(
    claims: CredentialClaims, directory: KeyDirectory, make_list: ListMaker, now: datetime
) -> None:
    stranger = issue_credential(claims, SoftwareSigner.generate("es256"))
    assert verdict(stranger, directory, make_list(), now).reason is RefusalReason.UNKNOWN_KEY
    assert verdict(b"nonsense", directory, make_list(), now).reason is RefusalReason.MALFORMED
    assert verdict(stranger, directory, make_list(), now).word is VerdictWord.UNKNOWN
    assert verdict(b"nonsense", directory, make_list(), now).word is VerdictWord.UNKNOWN


def test_expired_comes_before_the_list(
    claims: CredentialClaims,
    directory: KeyDirectory,
    province: SoftwareSigner,
    make_list: ListMaker,
    now: datetime,
) -> None:
    ended = issue_credential(dataclasses.replace(claims, expires_at=now), province)
    assert verdict(ended, directory, make_list(), now).word is VerdictWord.EXPIRED


def test_a_token_from_the_future_is_not_valid_yet(
    claims: CredentialClaims,
    directory: KeyDirectory,
    province: SoftwareSigner,
    make_list: ListMaker,
    now: datetime,
) -> None:
    early = issue_credential(dataclasses.replace(claims, issued_at=now + timedelta(minutes=6)), province)
    answer = verdict(early, directory, make_list(), now)
    assert (answer.word, answer.reason) == (VerdictWord.UNKNOWN, RefusalReason.NOT_YET_VALID)


def test_a_machine_that_cannot_check_the_signature_does_not_know(
    token: bytes,
    directory: KeyDirectory,
    make_list: ListMaker,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def library_missing(*_: object) -> None:
        raise Unavailable("sm2-unavailable", "")

    monkeypatch.setattr(PublicKey, "verify", library_missing)
    answer = verdict(token, directory, make_list(), now)
    assert (answer.word, answer.established) == (VerdictWord.UNKNOWN, (Fact.KEYS,))


@pytest.mark.parametrize(
    "wrong",
    [{"uri": "tsl:32-2"}, {"issuer": "33"}, {"size": 1024}, {"minutes_old": -6}],
)
def test_a_list_that_does_not_speak_for_this_token_establishes_nothing(
    wrong: dict[str, str | int],
    token: bytes,
    directory: KeyDirectory,
    make_list: ListMaker,
    now: datetime,
) -> None:
    answer = verdict(token, directory, make_list(**wrong), now)
    assert answer.word is VerdictWord.UNKNOWN
    assert Fact.STATUS not in answer.established


def test_another_provinces_own_list_does_not_speak_for_this_token(
    token: bytes,
    directory: KeyDirectory,
    make_list: ListMaker,
    other_province: SoftwareSigner,
    now: datetime,
) -> None:
    foreign = make_list(issuer="33", signer=other_province)
    assert verdict(token, directory, foreign, now).word is VerdictWord.UNKNOWN


def test_a_photo_that_matches_is_established_and_one_that_does_not_is_forged(
    token: bytes, directory: KeyDirectory, make_list: ListMaker, now: datetime
) -> None:
    right = verdict(token, directory, make_list(), now, photo=b"photo")
    assert right.word is VerdictWord.VALID
    assert right.not_established == (Fact.HOLDER,)
    assert verdict(token, directory, make_list(), now, photo=b"another").word is VerdictWord.FORGED


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 10_000), mask=st.integers(1, 255))
def test_no_changed_byte_of_token_or_list_is_ever_valid(
    place: int, mask: int, token: bytes, directory: KeyDirectory, make_list: ListMaker, now: datetime
) -> None:
    message = make_list()
    changed = bytearray(token)
    changed[place % len(token)] ^= mask
    assert not verdict(bytes(changed), directory, message, now).is_valid
    altered = bytearray(message)
    altered[place % len(message)] ^= mask
    assert not verdict(token, directory, bytes(altered), now).is_valid
