"""What ministry and public site take in, refuse and pass on."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from tests.apps.publication.conftest import (
    NUMBER,
    certificate_content,
    list_content,
    received,
    tell_certificate,
    tell_list,
)

from warrant.adapters.software_vault import SoftwareVault
from warrant.apps.foundation.models import LogEntry
from warrant.apps.publication import services
from warrant.apps.publication.models import IssuerKey, KeyDirectory, PublicRecord, PublishedStatusList
from warrant.core.credential.directory import read_key_directory
from warrant.core.credential.refusal import CredentialRefused
from warrant.core.credential.status_list import Status
from warrant.core.crypto.signing import PublicKey, SoftwareSigner
from warrant.core.errors import Conflict, InvalidInput

Maker = Callable[..., bytes]


def forwarded() -> list[tuple[str, dict[str, object]]]:
    rows = LogEntry.objects.filter(stream__name="to-public").order_by("seq")
    return [(row.kind, json.loads(bytes(row.body))["data"]) for row in rows]


@pytest.fixture
def ministry(settings: SimpleNamespace, vault: SoftwareVault) -> PublicKey:
    """This node as the ministry, which passes on; its root key is in its own vault."""
    settings.WARRANT_CAPABILITIES = frozenset({"forward-to-public"})
    settings.WARRANT_PINNED_ROOT = ""
    return vault.create_signer("root", "es256")


def tell_key(signer: SoftwareSigner, now: datetime, node: str = "320000", sender: str = "320000") -> None:
    content = {"node": node, "key": signer.public_key.as_text(), "valid_from": "2026-11-22"}
    services.receive_issuer_key(
        received("issuer-key.published", f"node:{node}", content, now, node=sender), now=now
    )


def test_a_provinces_key_is_entered_signed_and_published(
    ministry: PublicKey, province: SoftwareSigner, now: datetime, db: None
) -> None:
    tell_key(province, now)
    kind, content = forwarded()[0]
    assert kind == "key-directory.published"
    directory = read_key_directory(base64.b64decode(str(content["token"])), ministry, now)
    assert directory.keys_of("32") == {province.public_key.key_id: province.public_key}


def test_the_same_key_again_changes_nothing(
    ministry: PublicKey, province: SoftwareSigner, now: datetime, db: None
) -> None:
    tell_key(province, now)
    tell_key(province, now)
    assert (IssuerKey.objects.count(), KeyDirectory.objects.count(), len(forwarded())) == (1, 1, 1)


def test_a_province_cannot_enter_a_key_for_another(
    ministry: PublicKey, province: SoftwareSigner, now: datetime, db: None
) -> None:
    with pytest.raises(InvalidInput, match="publication-of-another-node"):
        tell_key(province, now, node="330000", sender="320000")
    tell_key(province, now)
    with pytest.raises(Conflict, match="issuer-key-of-another"):
        tell_key(province, now, node="330000", sender="330000")


def test_the_directory_is_renewed_before_it_grows_old(
    ministry: PublicKey, province: SoftwareSigner, now: datetime, db: None
) -> None:
    assert services.renew_key_directory(now=now) is False
    tell_key(province, now)
    assert services.renew_key_directory(now=now + timedelta(days=29)) is False
    assert services.renew_key_directory(now=now + timedelta(days=30)) is True
    assert len(forwarded()) == 2


def test_the_ministry_passes_certificate_and_list_on_as_they_came(
    ministry: PublicKey, province: SoftwareSigner, make_list: Maker, now: datetime, db: None
) -> None:
    tell_key(province, now)
    event = received(
        "certificate.changed", f"certificate:{NUMBER}", certificate_content(), now, node="320000"
    )
    services.receive_certificate_changed(event, now=now)
    token = make_list()
    listed = received(
        "status-list.published", "status-list:tsl:32-1", list_content(token), now, node="320000"
    )
    services.receive_status_list(listed, now=now)
    kinds = [kind for kind, _ in forwarded()]
    assert kinds == ["key-directory.published", "certificate.changed", "status-list.published"]
    assert forwarded()[1][1] == {**certificate_content(), "ver": 1, "prev_ver": 0}
    assert bytes(PublishedStatusList.objects.get().token) == token


def test_a_province_cannot_speak_for_anothers_certificates(
    ministry: PublicKey, now: datetime, db: None
) -> None:
    event = received(
        "certificate.changed", f"certificate:{NUMBER}", certificate_content(), now, node="330000"
    )
    with pytest.raises(InvalidInput, match="publication-of-another-node"):
        services.receive_certificate_changed(event, now=now)
    own_name = received(
        "certificate.changed", f"certificate:{NUMBER}", certificate_content(node="330000"), now, node="330000"
    )
    with pytest.raises(InvalidInput, match="publication-of-another-node"):
        services.receive_certificate_changed(own_name, now=now)
    assert not PublicRecord.objects.exists()


def test_the_public_site_passes_nothing_on(published: Client) -> None:
    assert PublicRecord.objects.count() == 1
    assert forwarded() == []


def test_an_older_telling_changes_nothing(published: Client, make_list: Maker, now: datetime) -> None:
    tell_certificate(now, ver=3, state="lost")
    tell_certificate(now, ver=2, state="active")
    assert PublicRecord.objects.get().state == "lost"
    tell_list(make_list(Status.LOST), now, ver=3)
    before = bytes(PublishedStatusList.objects.get().token)
    tell_list(make_list(Status.VALID), now, ver=2)
    assert bytes(PublishedStatusList.objects.get().token) == before


def test_a_list_signed_by_nobody_we_know_is_refused(
    published: Client, make_list: Maker, now: datetime
) -> None:
    with pytest.raises(CredentialRefused):
        tell_list(make_list(signer=SoftwareSigner.generate("es256")), now, ver=2)


@pytest.mark.parametrize("changes", [{"name": "tsl:32-2"}, {"node": "330000"}])
def test_a_list_under_another_name_or_node_is_refused(
    published: Client, make_list: Maker, now: datetime, changes: dict[str, str]
) -> None:
    with pytest.raises(InvalidInput, match="publication-of-another-node"):
        tell_list(make_list(), now, ver=2, **changes)


def test_a_list_cannot_be_checked_without_keys(site: Client, make_list: Maker, now: datetime) -> None:
    with pytest.raises(Conflict, match="no-key-directory"):
        tell_list(make_list(), now)


def test_a_directory_of_another_root_is_refused(site: Client, published: Client, now: datetime) -> None:
    forged = base64.b64encode(b"\xd2" + b"forged").decode()
    event = received("key-directory.published", "node:ministry", {"node": "ministry", "token": forged}, now)
    with pytest.raises(CredentialRefused):
        services.receive_key_directory(event, now=now)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", "32000000016"),
        ("state", "splendid"),
        ("name", ""),
        ("name", "林\u202e白"),
        ("agency", "长" * 121),
        ("categories", []),
        ("categories", ["99"]),
        ("valid_until", "never"),
        ("photo", "!!"),
        ("photo", base64.b64encode(b"GIF89a").decode()),
        ("photo", base64.b64encode(b"\xff\xd8\xff" + bytes(12_000)).decode()),
        ("status_index", -1),
        ("status_index", True),
    ],
)
def test_what_does_not_fit_is_refused_whole(site: Client, now: datetime, field: str, value: object) -> None:
    with pytest.raises(InvalidInput):
        tell_certificate(now, 1, **{field: value})
    assert not PublicRecord.objects.exists()
