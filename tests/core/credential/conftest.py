"""One made-up officer, one province, one ministry, one fixed clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from warrant.core.credential.directory import IssuerKey, KeyDirectory, issue_key_directory, read_key_directory
from warrant.core.credential.status_list import StatusList, issue_status_list
from warrant.core.credential.token import CredentialClaims, issue_credential, photo_digest
from warrant.core.crypto.signing import SoftwareSigner

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def others_at_now() -> Iterator[None]:
    """Let libraries that read the computer's clock themselves judge at :func:`now` too."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def claims() -> CredentialClaims:
    return CredentialClaims(
        issuer="32",
        certificate_number="32000012343",
        issued_at=NOW - timedelta(days=30),
        expires_at=NOW + timedelta(days=2000),
        name="张建国",
        agency="南京市交通运输综合行政执法监督局",
        categories=("02", "03"),
        area="329901",
        photo_digest=photo_digest(b"photo"),
        status_index=777_777,
        status_uri="tsl:32-1",
    )


@pytest.fixture(scope="session")
def ministry() -> SoftwareSigner:
    return SoftwareSigner.generate("es256")


@pytest.fixture(scope="session")
def province() -> SoftwareSigner:
    return SoftwareSigner.generate("es256")


@pytest.fixture(scope="session")
def other_province() -> SoftwareSigner:
    return SoftwareSigner.generate("es256")


@pytest.fixture(scope="session")
def directory(
    ministry: SoftwareSigner, province: SoftwareSigner, other_province: SoftwareSigner
) -> KeyDirectory:
    year = timedelta(days=365)
    message = issue_key_directory(
        [
            IssuerKey("33", other_province.public_key, NOW - year, NOW + year),
            IssuerKey("32", province.public_key, NOW - year, NOW + year),
        ],
        authority="00",
        issued_at=NOW - timedelta(days=1),
        expires_at=NOW + timedelta(days=30),
        signer=ministry,
    )
    return read_key_directory(message, ministry.public_key, NOW)


@pytest.fixture
def token(claims: CredentialClaims, province: SoftwareSigner) -> bytes:
    return issue_credential(claims, province)


ListMaker = Callable[..., bytes]


@pytest.fixture
def make_list(province: SoftwareSigner) -> ListMaker:
    """Return a maker of the province's list: statuses by index, minutes since its issue, signer."""

    def make(
        statuses: dict[int, int] | None = None,
        minutes_old: int = 1,
        signer: SoftwareSigner = province,
        uri: str = "tsl:32-1",
        issuer: str = "32",
        size: int = 1 << 20,
    ) -> bytes:
        listed = StatusList.of_size(size)
        for index, status in (statuses or {}).items():
            listed[index] = listed[index].__class__(status)
        issued_at = NOW - timedelta(minutes=minutes_old)
        return issue_status_list(
            listed,
            uri=uri,
            issuer=issuer,
            issued_at=issued_at,
            expires_at=issued_at + timedelta(days=1),
            ttl=timedelta(minutes=15),
            signer=signer,
        )

    return make
