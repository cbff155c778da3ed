"""A province's key, the ministry's root, and events as the exchange would hand them over."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from PIL import Image

from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.publication import services
from warrant.apps.publication.api import asking_rate as api_rate
from warrant.apps.publication.views import asking_rate as page_rate
from warrant.core.credential.directory import IssuerKey, issue_key_directory
from warrant.core.credential.qr import qr_text
from warrant.core.credential.status_list import Status, StatusList, issue_status_list
from warrant.core.credential.token import CredentialClaims, issue_credential, photo_digest
from warrant.core.crypto.signing import SoftwareSigner
from warrant.core.ledger.event import build_event
from warrant.nodes.base import PUBLIC_MIDDLEWARE

NUMBER = "32000000015"
INDEX = 4711
YEAR = timedelta(days=365)


@pytest.fixture(scope="session")
def root() -> SoftwareSigner:
    return SoftwareSigner.generate("es256")


@pytest.fixture(scope="session")
def province() -> SoftwareSigner:
    return SoftwareSigner.generate("es256")


def jpeg() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (100, 140), (120, 140, 180)).save(buffer, "JPEG")
    return buffer.getvalue()


def received(
    kind: str,
    subject: str,
    content: Mapping[str, object],
    now: datetime,
    node: str = "ministry",
    ver: int = 1,
) -> ReceivedEvent:
    event = build_event(
        node=node,
        seq=ver,
        type=f"cn.warrant.{kind}.v1",
        subject=subject,
        occurred_at=now,
        dataschema=f"urn:warrant:schema:{kind}:1",
        data=content,
        ver=ver,
        prev_ver=ver - 1,
    )
    return ReceivedEvent(event, node)


def certificate_content(**changes: object) -> dict[str, object]:
    return {
        "node": "320000",
        "number": NUMBER,
        "state": "active",
        "name": "林书白",
        "agency": "昆山市交通运输综合行政执法大队",
        "categories": ["02", "08"],
        "area": "昆山市",
        "issuer": "江苏省交通运输厅",
        "valid_from": "2026-11-12",
        "valid_until": "2031-11-11",
        "photo": base64.b64encode(jpeg()).decode(),
        "status_list": "tsl:32-1",
        "status_index": INDEX,
        "changed_at": "2026-11-22T08:00:00+00:00",
        **changes,
    }


def list_content(token: bytes, **changes: object) -> dict[str, object]:
    return {
        "node": "320000",
        "name": "tsl:32-1",
        "version": 1,
        "token": base64.b64encode(token).decode(),
        **changes,
    }


@pytest.fixture
def make_list(province: SoftwareSigner, now: datetime) -> Callable[..., bytes]:
    """Sign a list that says ``status`` of the certificate and *invalid* of every other place."""

    def make(
        status: Status = Status.VALID,
        issued_at: datetime = now,
        signer: SoftwareSigner = province,
        issuer: str = "32",
        uri: str = "tsl:32-1",
    ) -> bytes:
        statuses = StatusList(b"\x55" * 16384)
        statuses[INDEX] = status
        return issue_status_list(
            statuses,
            uri=uri,
            issuer=issuer,
            issued_at=issued_at,
            expires_at=issued_at + timedelta(hours=24),
            ttl=timedelta(hours=1),
            signer=signer,
        )

    return make


@pytest.fixture
def make_token(province: SoftwareSigner, now: datetime) -> Callable[..., bytes]:
    """Sign the credential of the certificate."""

    def make(signer: SoftwareSigner = province, **changes: object) -> bytes:
        claims = {
            "issuer": "32",
            "certificate_number": NUMBER,
            "issued_at": now - timedelta(days=10),
            "expires_at": now + 4 * YEAR,
            "name": "林书白",
            "agency": "昆山市交通运输综合行政执法大队",
            "categories": ("02", "08"),
            "area": "320583",
            "photo_digest": photo_digest(b"chip photo"),
            "status_index": INDEX,
            "status_uri": "tsl:32-1",
            **changes,
        }
        return issue_credential(CredentialClaims(**claims), signer)  # type: ignore[arg-type]  # fields by name

    return make


@pytest.fixture
def site(settings: SimpleNamespace, root: SoftwareSigner, db: None, now: datetime) -> Iterator[Client]:
    """A visitor of the public site, at the fixed moment; nothing is published yet."""
    settings.ROOT_URLCONF = "warrant.nodes.public_urls"
    settings.MIDDLEWARE = PUBLIC_MIDDLEWARE
    settings.WARRANT_PINNED_ROOT = root.public_key.as_text()
    settings.WARRANT_CAPABILITIES = frozenset()
    page_rate.forget()
    api_rate.forget()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("warrant.apps.foundation.clock.now", lambda: now)
        yield Client()


@pytest.fixture
def published(
    site: Client,
    root: SoftwareSigner,
    province: SoftwareSigner,
    make_list: Callable[..., bytes],
    now: datetime,
) -> Client:
    """The public site with the key directory, one valid certificate and its list."""
    directory = issue_key_directory(
        [IssuerKey("32", province.public_key, now - YEAR, now + 5 * YEAR)],
        authority="ministry",
        issued_at=now - timedelta(days=1),
        expires_at=now + timedelta(days=89),
        signer=root,
    )
    services.receive_key_directory(
        received(
            "key-directory.published",
            "node:ministry",
            {"node": "ministry", "token": base64.b64encode(directory).decode()},
            now,
        ),
        now=now,
    )
    tell_list(make_list(), now)
    tell_certificate(now)
    return site


def tell_certificate(now: datetime, ver: int = 1, **changes: object) -> None:
    content = certificate_content(**changes)
    event = received("certificate.changed", f"certificate:{content['number']}", content, now, ver=ver)
    services.receive_certificate_changed(event, now=now)


def tell_list(token: bytes, now: datetime, ver: int = 1, **changes: object) -> None:
    event = received(
        "status-list.published", "status-list:tsl:32-1", list_content(token, **changes), now, ver=ver
    )
    services.receive_status_list(event, now=now)


def link(token: bytes) -> str:
    return qr_text("http://127.0.0.1:8003", token).removeprefix("HTTP://127.0.0.1:8003")
