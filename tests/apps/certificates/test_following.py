"""What becomes of the certificate when its officer goes to another unit, leaves, or is merged."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.db import transaction
from tests.apps.certificates.conftest import decision
from tests.support.at_once import at_once, shared_database
from tests.support.proofs import pdf

from warrant.apps.applications.models import Application
from warrant.apps.applications.services import create_application
from warrant.apps.certificates import services
from warrant.apps.certificates.models import Certificate
from warrant.apps.certificates.services.following import transfer_forecast
from warrant.apps.officers.models import Officer, Transfer
from warrant.apps.officers.services import transfers
from warrant.core.access import Role
from warrant.core.errors import Conflict
from warrant.core.lifecycle.transfer_rules import Outcome

pytestmark = pytest.mark.django_db

PROOF = (pdf(), "order.pdf")


def proposed(actor: Any, officer: Officer, unit: str, now: datetime, **changes: Any) -> Transfer:
    wish = transfers.TransferWish(
        unit, "appointment", ["02", "08"], date(2026, 11, 22), "工作需要", "7号", **changes
    )
    return transfers.propose_transfer(actor, officer.pk, wish, PROOF, on=now.date(), now=now)


@pytest.fixture
def nanjing(actor: Any, tree: Any) -> Any:
    return actor("nanjing", tree.nanjing, Role.REGISTRAR)


def test_a_certificate_that_would_say_something_untrue_is_withheld_and_marked(
    active_certificate: Certificate, registrar: Any, nanjing: Any, tree: Any, now: datetime
):
    officer = active_certificate.officer
    forecast = transfer_forecast(officer, tree.nanjing, frozenset({"02", "08"}))
    assert forecast is not None
    assert forecast.verdict.outcome is Outcome.CHANGED
    transfer = proposed(registrar, officer, "南京市交通运输局", now)
    transfers.accept_transfer(nanjing, transfer.pk, on=now.date(), now=now)
    certificate = Certificate.system.get()
    assert certificate.state == "withheld"
    assert "执法单位改变" in certificate.renewal_reason
    assert certificate.city_unit == tree.nanjing.pk
    assert Officer.system.get(pk=officer.pk).certificate_state == "withheld"


def test_a_certificate_that_was_never_handed_over_is_cancelled(
    certificate: Certificate, registrar: Any, nanjing: Any, now: datetime
):
    transfer = proposed(registrar, certificate.officer, "南京市交通运输局", now)
    transfers.accept_transfer(nanjing, transfer.pk, on=now.date(), now=now)
    certificate.refresh_from_db()
    assert certificate.state == "cancelled"


def test_a_case_on_its_way_bars_the_transfer_or_is_withdrawn_by_choice(
    filed: Any, registrar: Any, nanjing: Any, now: datetime
):
    officer = filed().application.officer
    Application.system.update(state="review")
    with pytest.raises(Conflict, match="A00000001"):
        proposed(registrar, officer, "南京市交通运输局", now)
    transfer = proposed(registrar, officer, "南京市交通运输局", now, withdraws_application=True)
    transfers.accept_transfer(nanjing, transfer.pk, on=now.date(), now=now)
    assert Application.system.get().state == "withdrawn"


def test_a_case_that_waits_for_the_ministry_bars_the_transfer_whatever_is_chosen(
    filed: Any, registrar: Any, now: datetime
):
    officer = filed(state="requested").application.officer
    with pytest.raises(Conflict, match="in-the-way"):
        proposed(registrar, officer, "南京市交通运输局", now, withdraws_application=True)


def test_somebody_who_has_left_gets_no_certificate_when_the_grant_comes(filed: Any, now: datetime):
    request = filed()
    Officer.system.update(state="left")
    services.prepare_certificate(decision(request, now), now=now)
    assert not Certificate.system.exists()


@pytest.mark.django_db(transaction=True)
def test_a_transfer_and_a_withholding_at_once_never_wait_for_each_other(
    filed: Any, operator: Any, registrar: Any, nanjing: Any, approver: Any, now: datetime, tmp_path: Any
):
    with transaction.atomic():
        services.prepare_certificate(decision(filed(), now), now=now)
    certificate = Certificate.system.get()
    services.record_production(operator, certificate, now=now)
    services.hand_over(registrar, certificate, now=now)
    transfer = proposed(registrar, certificate.officer, "南京市交通运输局", now)
    with shared_database(tmp_path):
        ends = at_once(
            lambda: transfers.accept_transfer(nanjing, transfer.pk, on=now.date(), now=now),
            lambda: services.withhold(
                approver,
                certificate,
                "涉嫌违法，暂扣调查",
                ground="under-investigation",
                until=date(2026, 12, 20),
                now=now,
            ),
        )
        assert ends[0] == "done"
        assert ends[1] in {"done", "wrong-state"}
        assert Certificate.system.get().state == "withheld"


def test_nobody_on_the_way_to_another_unit_gets_a_new_application(filed: Any, registrar: Any, now: datetime):
    officer = filed().application.officer
    proposed(registrar, officer, "南京市交通运输局", now)
    with pytest.raises(Conflict, match="transfer-open"):
        create_application(registrar, officer.pk, ["02"], now=now)
