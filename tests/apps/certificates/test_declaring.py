"""What people declare: every act in every state, its ground and term, and that nothing is done by halves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from warrant.apps.accounts.models import Account
from warrant.apps.audit.models import AuditRow
from warrant.apps.certificates import selectors, services
from warrant.apps.certificates.models import Certificate, CertificateEntry, StatusList
from warrant.apps.certificates.services.standing import follow_standing
from warrant.apps.foundation.models import LogEntry
from warrant.apps.foundation.work import waiting
from warrant.apps.officers.models import Officer
from warrant.core.access import Actor, Role
from warrant.core.errors import Conflict, InvalidInput
from warrant.core.lifecycle import CERTIFICATE, CertificateState
from warrant.core.lifecycle.certificate_grounds import DECLARATIONS, Declared, grounds_on

UNTIL = date(2026, 12, 20)
AFTER = {
    "report-lost": {"active": "lost", "lapsed": "lost"},
    "cancel-loss-report": {"lost": "active"},
    "withhold": {"active": "withheld", "lost": "withheld", "lapsed": "withheld"},
    "return": {"withheld": "lost"},
    "cancel": dict.fromkeys(
        ("awaiting-production", "produced", "active", "lost", "withheld", "lapsed"), "cancelled"
    ),
    "revoke": dict.fromkeys(("produced", "active", "lost", "withheld", "lapsed"), "revoked"),
}
"""The law, written out once more; the withheld certificate of this test was lost before."""


@pytest.fixture
def anybody(actor: Callable[..., Actor], tree: SimpleNamespace) -> Actor:
    """Somebody who may do all of it."""
    return actor("wei", tree.jiangsu, Role.REGISTRAR, Role.APPROVER)


def put_into(certificate: Certificate, state: str, now: datetime) -> None:
    """As the register would stand: the officer's row follows, what is withheld was lost."""
    before = "lost" if state == "withheld" else ""
    Certificate.system.filter(pk=certificate.pk).update(state=state, state_before=before)
    follow_standing([services.locked_certificate(certificate.pk)], None, now=now)


def traces() -> tuple[object, ...]:
    return (
        Certificate.system.values_list("state", "state_before", "due_on", "changed_at").get(),
        Officer.system.values_list("certificate_state", "revision").get(),
        StatusList.objects.values_list("version", flat=True).get(),
        LogEntry.objects.count(),
        AuditRow.objects.count(),
        CertificateEntry.objects.count(),
    )


def declared_for(action: str) -> Declared:
    ground = "cleared" if action == "return" else DECLARATIONS[action].grounds[0].code
    return Declared("写明事实", ground, UNTIL)


def test_what_people_declare_is_what_the_page_offers_and_the_table_allows_to_people() -> None:
    by_people = {row.action for row in CERTIFICATE.transitions if row.permission is not None}
    assert set(DECLARATIONS) == by_people - {"record-production", "hand-over"}
    assert set(DECLARATIONS) == set(AFTER)


@pytest.mark.parametrize("state", [state.value for state in CertificateState])
@pytest.mark.parametrize("action", sorted(AFTER))
def test_every_act_in_every_state(
    active_certificate: Certificate, anybody: Actor, now: datetime, action: str, state: str
) -> None:
    put_into(active_certificate, state, now)
    expected = AFTER[action].get(state)
    before = traces()
    if expected is None:
        with pytest.raises(Conflict, match="wrong-state"):
            services.change_certificate(anybody, active_certificate, action, declared_for(action), now=now)
        assert traces() == before
    else:
        services.change_certificate(anybody, active_certificate, action, declared_for(action), now=now)
        assert Certificate.system.get().state == expected
        assert Officer.system.get().certificate_state == expected


@pytest.mark.parametrize(
    "part",
    [
        "warrant.apps.certificates.services.life.reissue_list",
        "warrant.apps.certificates.services.life.follow_standing",
        "warrant.apps.certificates.services.life.announce_certificate",
        "warrant.apps.certificates.services.life.record",
        "warrant.apps.certificates.services.status_lists.announce_status_list",
        "warrant.apps.certificates.models.CertificateEntry.objects.create",
    ],
)
def test_if_one_part_of_an_act_fails_nothing_has_happened(
    active_certificate: Certificate,
    registrar: Actor,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    part: str,
) -> None:
    def fail(*args: object, **keywords: object) -> None:
        raise RuntimeError("made to fail")

    before = traces()
    monkeypatch.setattr(part, fail)
    with pytest.raises(RuntimeError, match="made to fail"):
        services.report_lost(registrar, active_certificate, "遗失", ground="lost", now=now)
    assert traces() == before


@pytest.mark.parametrize("code", ["", "nonsense", "criminal-penalty"])
def test_a_ground_of_another_act_is_refused(
    active_certificate: Certificate, registrar: Actor, now: datetime, code: str
) -> None:
    with pytest.raises(InvalidInput, match="ground-unknown"):
        services.report_lost(registrar, active_certificate, "遗失", ground=code, now=now)


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_withholding_ends_within_a_year(
    active_certificate: Certificate, approver: Actor, now: datetime, days: int
) -> None:
    until = timezone.localdate(now) + timedelta(days=days)
    with pytest.raises(InvalidInput, match="until-out-of-range"):
        services.withhold(
            approver, active_certificate, "调查", ground="under-investigation", until=until, now=now
        )


def test_a_term_is_set_goes_with_the_state_and_shows_once_it_is_over(
    active_certificate: Certificate, registrar: Actor, approver: Actor, now: datetime
) -> None:
    lost = services.report_lost(registrar, active_certificate, "遗失", ground="stolen", now=now)
    assert lost.due_on == timezone.localdate(now) + timedelta(days=3)
    withheld = services.withhold(approver, lost, "调查", ground="under-investigation", until=UNTIL, now=now)
    assert withheld.due_on == UNTIL
    assert not selectors.certificates_for(approver, state="overdue").exists()
    Certificate.system.update(due_on=date(2026, 1, 5))
    assert [row.pk for row in selectors.certificates_for(approver, state="overdue")] == [withheld.pk]
    assert [(item.due, item.tone) for item in waiting(selectors.work_queues(approver), 10)] == [
        ("2026-01-05 已到期", "broken")
    ]
    cancelled = services.cancel(approver, withheld, "退休", ground="retired", now=now)
    assert cancelled.due_on is None


def test_the_page_asks_for_the_ground_keeps_what_was_typed_and_shows_it_afterwards(
    active_certificate: Certificate,
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
    tree: SimpleNamespace,
) -> None:
    client = sign_in(account_for("xu", tree.jiangsu, Role.APPROVER))
    address = f"/certificates/{active_certificate.number}/withhold/"
    without = client.post(address, {"reason": "群众举报", "until": "2020-01-01", "ground": "lost"})
    assert without.status_code == 400
    assert "群众举报" in without.content.decode()
    until = timezone.localdate() + timedelta(days=30)
    typed = {"reason": "群众举报", "until": until.isoformat(), "ground": "under-investigation"}
    page = client.post(address, typed, follow=True).content.decode()
    assert "涉嫌违法违纪，正在调查（《交通运输行政执法证件管理规定》关于暂扣的规定）：群众举报" in page
    assert f"暂扣至 {until.isoformat()}" in page
    assert client.post(address, typed).status_code == 409


def test_a_ground_counts_from_its_first_day() -> None:
    assert grounds_on("revoke", date(2011, 2, 28)) == ()
    assert len(grounds_on("revoke", date(2011, 3, 1))) == 5
