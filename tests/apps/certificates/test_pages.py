"""The pages of certificates: who sees what, what may be done, and what is said afterwards."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime
from types import SimpleNamespace

import pytest
from django.test import Client
from tests.apps.certificates.conftest import decision

from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.certificates import selectors, services
from warrant.apps.certificates.models import Certificate
from warrant.apps.filing.models import FilingRequest
from warrant.apps.foundation.work import counted, waiting
from warrant.core.access import Actor, Role

SignIn = Callable[[Account], Client]
AccountFor = Callable[..., Account]


@pytest.fixture
def clerk(account_for: AccountFor, tree: SimpleNamespace) -> Account:
    return account_for("gu", tree.kunshan, Role.REGISTRAR)


def url_of(certificate: Certificate, action: str = "") -> str:
    return f"/certificates/{certificate.number}/" + (f"{action}/" if action else "")


def test_the_list_shows_the_scope_only(
    active_certificate: Certificate,
    clerk: Account,
    account_for: AccountFor,
    sign_in: SignIn,
    tree: SimpleNamespace,
) -> None:
    stranger = account_for("sun", tree.nanjing, Role.REGISTRAR)
    assert active_certificate.number in sign_in(clerk).get("/certificates/").content.decode()
    assert active_certificate.number not in sign_in(stranger).get("/certificates/").content.decode()


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("state=active", True),
        ("state=lost", False),
        ("text=3200", True),
        ("text=3201", False),
        ("text=林", True),
        ("text=陈", False),
        ("state=expiring", False),
        ("state=nonsense", True),
        ("state=review-due", False),
        ("category=02", True),
        ("category=05", False),
        ("category=nonsense", True),
        ("until=2031-11-21", True),
        ("until=2031-11-20", False),
        ("until=yesterday", True),
        ("unit=99999999999999999999", True),
    ],
)
def test_the_list_is_narrowed(
    active_certificate: Certificate, clerk: Account, sign_in: SignIn, query: str, is_found: bool
) -> None:
    page = sign_in(clerk).get(f"/certificates/?{query}").content.decode()
    assert (url_of(active_certificate) in page) is is_found


def test_the_list_is_narrowed_to_a_city_right_below_the_viewer_and_the_export_follows(
    active_certificate: Certificate, account_for: AccountFor, sign_in: SignIn, tree: SimpleNamespace
) -> None:
    client = sign_in(account_for("xu3", tree.jiangsu, Role.APPROVER))
    there = client.get(f"/certificates/?unit={tree.suzhou.pk}&category=08").content.decode()
    assert url_of(active_certificate) in there
    assert f"unit={tree.suzhou.pk}" in there
    assert (
        url_of(active_certificate)
        not in client.get(f"/certificates/?unit={tree.nanjing.pk}").content.decode()
    )
    page = client.get(f"/certificates/export/?unit={tree.suzhou.pk}&category=08").content.decode()
    assert tree.suzhou.name in page
    assert client.get("/certificates/export/?unit=x").status_code == 400
    assert client.get("/certificates/export/?until=2026-13-01").status_code == 400


def test_list_and_certificate_are_light(
    filed: Callable[..., FilingRequest],
    clerk: Account,
    sign_in: SignIn,
    now: datetime,
    settings: SimpleNamespace,
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    # What the chain of the other apps costs is bounded by tests/apps/test_page_budget.py.
    settings.WARRANT_CHAIN_PROVIDERS = []
    for _ in range(4):
        services.prepare_certificate(decision(filed(), now), now=now)
    client = sign_in(clerk)
    first = Certificate.system.order_by("id")[0]
    for path in ("/certificates/", url_of(first)):
        client.get(path)
        with django_assert_max_num_queries(8):
            response = client.get(path)
        assert response.status_code == 200
        assert len(response.content) < 60_000


def test_out_of_scope_is_not_found(
    active_certificate: Certificate, account_for: AccountFor, sign_in: SignIn, tree: SimpleNamespace
) -> None:
    client = sign_in(account_for("sun", tree.nanjing, Role.REGISTRAR))
    assert client.get(url_of(active_certificate)).status_code == 404
    assert (
        client.post(url_of(active_certificate, "report-lost"), {"ground": "lost", "reason": "x"}).status_code
        == 404
    )


def test_in_scope_without_the_right_is_forbidden(
    active_certificate: Certificate, clerk: Account, sign_in: SignIn
) -> None:
    client = sign_in(clerk)
    assert client.get(url_of(active_certificate, "withhold")).status_code == 403
    assert client.post(url_of(active_certificate, "withhold"), {"reason": "x"}).status_code == 403


def test_the_wrong_state_is_a_conflict(
    active_certificate: Certificate, clerk: Account, sign_in: SignIn
) -> None:
    client = sign_in(clerk)
    assert client.post(url_of(active_certificate, "cancel-loss-report"), {"reason": "x"}).status_code == 409


@pytest.mark.parametrize("action", ["hand-over", "record-production", "expire", "explode"])
def test_what_is_not_decided_here_has_no_page(
    active_certificate: Certificate, clerk: Account, sign_in: SignIn, action: str
) -> None:
    assert sign_in(clerk).get(url_of(active_certificate, action)).status_code == 404


def test_a_loss_is_reported_with_its_reason(
    active_certificate: Certificate, clerk: Account, sign_in: SignIn
) -> None:
    client = sign_in(clerk)
    asked = client.get(url_of(active_certificate, "report-lost")).content.decode()
    assert "公众核验立即显示“挂失”" in asked
    done = client.post(
        url_of(active_certificate, "report-lost"), {"ground": "lost", "reason": "执勤途中遗失"}, follow=True
    )
    page = done.content.decode()
    assert "已挂失林书白的证件" in page
    assert "执勤途中遗失" in page
    assert Certificate.system.get().state == "lost"


@pytest.mark.parametrize("reason", ["", "字" * 501])
def test_a_bad_reason_is_refused_beside_the_field_and_kept(
    active_certificate: Certificate, clerk: Account, sign_in: SignIn, reason: str
) -> None:
    response = sign_in(clerk).post(
        url_of(active_certificate, "report-lost"), {"ground": "lost", "reason": reason}
    )
    page = response.content.decode()
    assert response.status_code == 400
    assert 'id="id_reason_error"' in page
    assert reason in page
    assert Certificate.system.get().state == "active"


def test_buttons_are_what_the_table_and_the_rights_allow(
    active_certificate: Certificate, registrar: Actor, approver: Actor, holder: Account
) -> None:
    def names(actor: Actor) -> list[str]:
        return [action.name for action in selectors.allowed_actions(actor, active_certificate)]

    assert names(registrar) == ["report-lost"]
    assert names(approver) == ["withhold", "cancel", "revoke"]
    assert names(actor_for(holder)) == ["report-lost"]


def test_the_holder_reports_the_loss_from_the_own_page(
    active_certificate: Certificate, holder: Account, sign_in: SignIn
) -> None:
    client = sign_in(holder)
    assert client.get(url_of(active_certificate)).status_code == 200
    assert client.get("/certificates/").status_code == 403
    done = client.post(
        url_of(active_certificate, "report-lost"), {"ground": "lost", "reason": "遗失"}, follow=True
    )
    assert done.status_code == 200
    assert Certificate.system.get().state == "lost"


def test_a_lost_certificate_waits_for_its_unit_and_once_overdue_for_those_above(
    active_certificate: Certificate,
    registrar: Actor,
    approver: Actor,
    actor: Callable[..., Actor],
    tree: SimpleNamespace,
    now: datetime,
) -> None:
    city = actor("qiu", tree.suzhou, Role.REGISTRAR)

    def titles(viewer: Actor) -> list[str]:
        return [item.title for item in waiting(selectors.work_queues(viewer), 10)]

    services.report_lost(registrar, active_certificate, "遗失", ground="lost", now=now)
    assert [titles(viewer) for viewer in (registrar, city, approver)] == [["待刊登遗失声明：林书白"], [], []]
    Certificate.system.update(due_on=date(2026, 1, 5))
    assert [titles(viewer) for viewer in (registrar, city, approver)] == [
        ["待刊登遗失声明：林书白"],
        ["待刊登遗失声明：林书白"],
        ["已挂失待处理：林书白"],
    ]


def test_the_figures_are_counted_in_the_scope(
    active_certificate: Certificate, approver: Actor, actor: Callable[..., Actor], tree: SimpleNamespace
) -> None:
    assert [figure.value for figure in counted(selectors.glances(approver))] == ["1", "0", "0", "0"]
    elsewhere = actor("sun", tree.nanjing, Role.REGISTRAR)
    assert [figure.value for figure in counted(selectors.glances(elsewhere))] == ["0", "0", "0", "0"]


def test_the_officers_page_gets_a_panel_for_who_may_see_it(
    active_certificate: Certificate,
    registrar: Actor,
    holder: Account,
    actor: Callable[..., Actor],
    tree: SimpleNamespace,
) -> None:
    officer = active_certificate.officer
    panel = selectors.officer_panel(registrar, officer)
    assert panel is not None
    assert panel.count == 1
    assert selectors.officer_panel(actor_for(holder), officer) is not None
    assert selectors.officer_panel(actor("sun", tree.nanjing, Role.REGISTRAR), officer) is None


def test_a_withheld_certificate_breaks_the_chain_and_says_why(
    active_certificate: Certificate, approver: Actor, now: datetime
) -> None:
    officer = active_certificate.officer
    newest = selectors.certificates_with_last_person(officer)
    assert selectors.holding_links(newest[0]) == []
    services.withhold(
        approver,
        active_certificate,
        "立案调查",
        ground="under-investigation",
        until=date(2026, 12, 20),
        now=now,
    )
    link = selectors.holding_links(newest[0])[0]
    assert link.tone == "broken"
    assert link.person == approver.name
    assert link.note == "已暂扣：证件被暂扣，在发还之前不得执法。"
