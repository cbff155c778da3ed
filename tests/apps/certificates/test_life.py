"""States of a certificate: who may move it, what the public list says, what is left behind."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest

from warrant.adapters.software_vault import SoftwareVault
from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.audit.models import AuditRow
from warrant.apps.certificates import services
from warrant.apps.certificates.models import Certificate, CertificateEntry, StatusList
from warrant.apps.foundation.models import LogEntry
from warrant.core.access import Actor, Role
from warrant.core.credential.status_list import Status, open_status_list
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted


def listed_status(certificate: Certificate, issuer: SoftwareVault) -> Status:
    key = issuer.signer("issuer").public_key
    token = bytes(StatusList.objects.get().token or b"")
    return open_status_list(token, {key.key_id: key}).statuses[certificate.status_index]


def sent(kind: str) -> list[dict[str, object]]:
    rows = LogEntry.objects.filter(stream__name="to-ministry", kind=kind).order_by("seq")
    return [json.loads(bytes(row.body))["data"] for row in rows]


def test_a_produced_certificate_is_not_valid_until_it_is_handed_over(
    certificate: Certificate, operator: Actor, registrar: Actor, issuer: SoftwareVault, now: datetime
) -> None:
    produced = services.record_production(operator, certificate, now=now)
    assert produced.state == "produced"
    assert listed_status(certificate, issuer) is Status.INVALID
    handed_over = services.hand_over(registrar, certificate, now=now)
    assert handed_over.state == "active"
    assert listed_status(certificate, issuer) is Status.VALID


@pytest.mark.parametrize(("state", "receipt"), [("requested", b"receipt"), ("granted", None)])
def test_production_is_not_recorded_without_a_receipt(
    certificate: Certificate, operator: Actor, now: datetime, state: str, receipt: bytes | None
) -> None:
    certificate.filing_request.state = state
    certificate.filing_request.receipt = receipt
    with pytest.raises(Conflict, match="no-verified-receipt"):
        services.record_production(operator, certificate, now=now)


def test_lost_and_found_again(
    active_certificate: Certificate, registrar: Actor, issuer: SoftwareVault, now: datetime
) -> None:
    lost = services.report_lost(registrar, active_certificate, "执勤途中遗失", ground="lost", now=now)
    assert (lost.state, listed_status(lost, issuer)) == ("lost", Status.LOST)
    found = services.cancel_loss_report(registrar, lost, "已找回", ground="found", now=now)
    assert (found.state, listed_status(found, issuer)) == ("active", Status.VALID)


def test_every_change_leaves_entry_audit_row_list_and_event(
    active_certificate: Certificate, registrar: Actor, now: datetime
) -> None:
    versions = StatusList.objects.get().version
    services.report_lost(registrar, active_certificate, "执勤途中遗失", ground="lost", now=now)
    entry = CertificateEntry.objects.order_by("-id").first()
    assert entry is not None
    assert (entry.from_state, entry.to_state, entry.reason) == ("active", "lost", "执勤途中遗失")
    assert entry.account_name == "zhou"
    assert AuditRow.objects.filter(
        action="certificate.report-lost", subject=f"certificate:{active_certificate.number}"
    ).exists()
    assert StatusList.objects.get().version == versions + 1
    assert sent("certificate.changed")[-1]["state"] == "lost"
    assert sent("status-list.published")[-1]["version"] == versions + 1


def test_the_event_holds_the_public_fields_and_nothing_else(active_certificate: Certificate) -> None:
    event = sent("certificate.changed")[-1]
    assert set(event) == {
        "node", "number", "state", "name", "agency", "categories", "area", "issuer", "valid_from",
        "valid_until", "photo", "status_list", "status_index", "changed_at", "ver", "prev_ver",
    }  # fmt: skip
    text = json.dumps(event, ensure_ascii=False)
    assert str(active_certificate.officer.uid) not in text
    assert "13900000000" not in text


def test_a_withheld_certificate_returns_to_where_it_came_from(
    active_certificate: Certificate, registrar: Actor, approver: Actor, issuer: SoftwareVault, now: datetime
) -> None:
    services.report_lost(registrar, active_certificate, "遗失", ground="lost", now=now)
    withheld = services.withhold(
        approver,
        active_certificate,
        "立案调查",
        ground="under-investigation",
        until=date(2026, 12, 20),
        now=now,
    )
    assert (withheld.state, listed_status(withheld, issuer)) == ("withheld", Status.SUSPENDED)
    assert services.return_withheld(approver, withheld, "调查结束", ground="cleared", now=now).state == "lost"


def test_a_cancelled_certificate_never_comes_back(
    active_certificate: Certificate, registrar: Actor, approver: Actor, issuer: SoftwareVault, now: datetime
) -> None:
    services.report_lost(registrar, active_certificate, "遗失", ground="lost", now=now)
    cancelled = services.cancel(
        approver, active_certificate, "遗失注销，另行补发", ground="left-post", now=now
    )
    assert (cancelled.state, listed_status(cancelled, issuer)) == ("cancelled", Status.INVALID)
    with pytest.raises(Conflict, match="wrong-state"):
        services.cancel_loss_report(registrar, cancelled, "找回", ground="found", now=now)


def test_a_revoked_certificate_is_invalid(
    active_certificate: Certificate, approver: Actor, issuer: SoftwareVault, now: datetime
) -> None:
    revoked = services.revoke(
        approver, active_certificate, "行政处分决定", ground="criminal-penalty", now=now
    )
    assert (revoked.state, listed_status(revoked, issuer)) == ("revoked", Status.INVALID)


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_a_reason_is_required(
    active_certificate: Certificate, registrar: Actor, now: datetime, reason: str
) -> None:
    with pytest.raises(InvalidInput, match="reason-missing"):
        services.report_lost(registrar, active_certificate, reason, ground="lost", now=now)


def test_a_registrar_cannot_withhold(
    active_certificate: Certificate, registrar: Actor, now: datetime
) -> None:
    with pytest.raises(NotPermitted):
        services.withhold(
            registrar,
            active_certificate,
            "理由",
            ground="under-investigation",
            until=date(2026, 12, 20),
            now=now,
        )


def test_another_city_does_not_even_learn_that_it_exists(
    active_certificate: Certificate, actor: Callable[..., Actor], tree: SimpleNamespace, now: datetime
) -> None:
    stranger = actor("sun", tree.nanjing, Role.REGISTRAR)
    with pytest.raises(NotFound):
        services.report_lost(stranger, active_certificate, "理由", ground="lost", now=now)


def test_the_holder_reports_the_own_certificate_lost_and_found(
    active_certificate: Certificate, holder: Account, now: datetime
) -> None:
    own = actor_for(holder)
    assert services.report_lost(own, active_certificate, "遗失", ground="lost", now=now).state == "lost"
    assert (
        services.cancel_loss_report(own, active_certificate, "找回", ground="found", now=now).state
        == "active"
    )


def test_the_holder_cannot_cancel_the_own_certificate(
    active_certificate: Certificate, holder: Account, now: datetime
) -> None:
    with pytest.raises(NotFound):
        services.cancel(actor_for(holder), active_certificate, "理由", ground="left-post", now=now)


def test_an_officer_cannot_touch_a_colleagues_certificate(
    active_certificate: Certificate, account_for: Callable[..., Account], tree: SimpleNamespace, now: datetime
) -> None:
    colleague = account_for("colleague", tree.kunshan_brigade, Role.OFFICER)
    colleague.officer_uid = "00000000-0000-4000-8000-000000000001"
    with pytest.raises(NotFound):
        services.report_lost(actor_for(colleague), active_certificate, "理由", ground="lost", now=now)


def test_a_refused_change_leaves_nothing(
    active_certificate: Certificate, registrar: Actor, now: datetime
) -> None:
    before = (LogEntry.objects.count(), CertificateEntry.objects.count(), AuditRow.objects.count())
    with pytest.raises(Conflict):
        services.cancel_loss_report(registrar, active_certificate, "理由", ground="found", now=now)
    assert (LogEntry.objects.count(), CertificateEntry.objects.count(), AuditRow.objects.count()) == before


def test_an_unmade_certificate_is_cancelled_without_a_word_to_the_public(
    certificate: Certificate, approver: Actor, now: datetime
) -> None:
    services.cancel(approver, certificate, "调离", ground="left-post", now=now)
    assert sent("certificate.changed") == []


def test_a_certificate_expires_the_day_after_its_last_valid_day(
    active_certificate: Certificate, issuer: SoftwareVault, now: datetime
) -> None:
    last_day = datetime.fromisoformat("2031-11-21T23:59:00+08:00")
    assert services.expire_certificates(now=last_day) == 0
    assert services.expire_certificates(now=last_day + timedelta(minutes=1)) == 1
    assert listed_status(active_certificate, issuer) is Status.INVALID
    assert sent("certificate.changed")[-1]["state"] == "expired"


def test_an_unchanged_list_is_renewed_after_twenty_minutes(
    active_certificate: Certificate, now: datetime
) -> None:
    assert services.renew_status_lists(now=now + timedelta(minutes=19)) == 0
    assert services.renew_status_lists(now=now + timedelta(minutes=20)) == 1
    assert services.renew_status_lists(now=now + timedelta(minutes=21)) == 0
    assert StatusList.objects.get().issued_at == now + timedelta(minutes=20)


def test_a_full_list_is_followed_by_the_next(
    active_certificate: Certificate, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    monkeypatch.setattr("warrant.apps.certificates.services.status_lists.FULLEST", 1)
    from_now_on = services.status_lists.list_with_room(now=now)
    assert from_now_on.name == "tsl:32-2"


def test_the_issuer_key_is_told_to_the_ministry_and_kept(
    issuer: SoftwareVault, now: datetime, db: None
) -> None:
    services.announce_issuer_key(now=now)
    services.announce_issuer_key(now=now)
    told = sent("issuer-key.published")
    assert [event["key"] for event in told] == [issuer.signer("issuer").public_key.as_text()] * 2
    assert told[0]["valid_from"] == "2026-11-22"


def test_who_comes_second_meets_the_new_state(
    active_certificate: Certificate, registrar: Actor, approver: Actor, now: datetime
) -> None:
    seen_by_both = Certificate.system.get()
    services.cancel(approver, seen_by_both, "退休", ground="left-post", now=now)
    assert seen_by_both.state == "active"
    with pytest.raises(Conflict, match="wrong-state"):
        services.report_lost(registrar, seen_by_both, "遗失", ground="lost", now=now)
