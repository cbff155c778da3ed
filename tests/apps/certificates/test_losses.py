"""A loss is published and recorded on the certificate; a replacement rests on it; withheld ones come back after training."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from tests.apps.training.people import PDF
from tests.support.at_once import at_once, shared_database

from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.audit.models import AuditRow
from warrant.apps.certificates import selectors, services
from warrant.apps.certificates.models import Certificate, LossNotice
from warrant.apps.certificates.services.losses import NoticeEntry, record_loss_notice
from warrant.apps.foundation.work import waiting
from warrant.apps.training.models import TrainingRecord
from warrant.core.access import Actor, Role
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted
from warrant.core.lifecycle.certificate_grounds import check_return

TODAY = date(2026, 11, 22)
UNTIL = date(2026, 12, 20)


@pytest.fixture
def lost(active_certificate: Certificate, registrar: Actor, now: datetime) -> Certificate:
    return services.report_lost(registrar, active_certificate, "执勤途中遗失", ground="lost", now=now)


def entry(**changes: Any) -> NoticeEntry:
    typed = {"where": "新华日报", "happened_on": TODAY, "raw": PDF, "file_name": "notice.pdf"}
    return NoticeEntry(**{**typed, **changes})


def test_notice_ends_the_term_and_says_from_when_a_replacement_may_be_asked_for(
    lost: Certificate, registrar: Actor, now: datetime
) -> None:
    assert str(lost.due_on) == "2026-11-25"
    notice = record_loss_notice(registrar, lost, entry(), now=now)
    lost.refresh_from_db()
    assert lost.due_on is None
    assert (notice.where, notice.happened_on, notice.document.file_name) == ("新华日报", TODAY, "notice.pdf")
    words = selectors.next_step_words(lost, notice, None, [])
    assert "已于 2026-11-22 在“新华日报”刊登遗失声明；所在单位自 2026-11-22 起可以申请补发" in words
    assert AuditRow.objects.filter(action="certificate.loss-notice").count() == 1
    (item,) = waiting(selectors.work_queues(registrar), 10)
    assert item.title == "已刊登遗失声明，待申请补发：林书白"


def test_the_same_notice_posted_twice_is_one_and_a_correction_is_kept_beside_the_first(
    lost: Certificate, registrar: Actor, now: datetime
) -> None:
    first = record_loss_notice(registrar, lost, entry(), now=now)
    assert record_loss_notice(registrar, lost, entry(), now=now).pk == first.pk
    second = record_loss_notice(registrar, lost, entry(where="扬子晚报", raw=b""), now=now)
    assert second.document_id == first.document_id
    assert [row.where for row in selectors.notices_of(lost)] == ["扬子晚报", "新华日报"]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"where": " 报 "}, "where"),
        ({"where": "报" * 121}, "where"),
        ({"happened_on": TODAY + timedelta(days=1)}, "happened_on"),
        ({"happened_on": TODAY - timedelta(days=1)}, "happened_on"),
        ({"raw": b""}, "proof"),
        ({"raw": b"MZ not a document"}, "proof"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    lost: Certificate, registrar: Actor, now: datetime, changes: dict[str, Any], place: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        record_loss_notice(registrar, lost, entry(**changes), now=now)
    assert refused.value.place == place
    assert not LossNotice.objects.exists()


def test_only_the_holder_and_the_unit_record_a_notice_and_only_of_a_lost_certificate(
    active_certificate: Certificate,
    registrar: Actor,
    approver: Actor,
    holder: Account,
    actor: Callable[..., Actor],
    tree: SimpleNamespace,
    now: datetime,
) -> None:
    with pytest.raises(Conflict, match="wrong-state"):
        record_loss_notice(registrar, active_certificate, entry(), now=now)
    services.report_lost(registrar, active_certificate, "遗失", ground="lost", now=now)
    with pytest.raises(NotPermitted):
        record_loss_notice(approver, active_certificate, entry(), now=now)
    with pytest.raises(NotFound):
        record_loss_notice(actor("sun", tree.nanjing, Role.REGISTRAR), active_certificate, entry(), now=now)
    record_loss_notice(actor_for(holder), active_certificate, entry(), now=now)
    assert LossNotice.objects.count() == 1


def test_notice_of_an_earlier_loss_does_not_count_for_a_new_one(
    lost: Certificate, registrar: Actor, now: datetime
) -> None:
    record_loss_notice(registrar, lost, entry(), now=now)
    later = now + timedelta(days=40)
    services.cancel_loss_report(registrar, lost, "在抽屉里找到", ground="found", now=later)
    again = services.report_lost(registrar, lost, "又遗失", ground="lost", now=later)
    assert selectors.notice_of(again) is None
    with pytest.raises(InvalidInput, match="before-the-loss"):
        record_loss_notice(registrar, again, entry(), now=later)


def test_withheld_after_it_was_published_it_comes_back_without_a_new_term(
    lost: Certificate, registrar: Actor, approver: Actor, now: datetime
) -> None:
    record_loss_notice(registrar, lost, entry(), now=now)
    withheld = services.withhold(approver, lost, "调查", ground="under-investigation", until=UNTIL, now=now)
    back = services.return_withheld(approver, withheld, "结束", ground="cleared", now=now)
    assert (back.state, back.due_on) == ("lost", None)
    (item,) = waiting(selectors.work_queues(registrar), 10)
    assert item.title.startswith("已刊登遗失声明")


def test_applications_ask_how_the_loss_stands(lost: Certificate, registrar: Actor, now: datetime) -> None:
    standing = selectors.loss_standing(lost.number)
    assert standing is not None
    assert (standing.is_reported, standing.notice) == (True, None)
    assert standing.url == f"/certificates/{lost.number}/loss-notice/"
    notice = record_loss_notice(registrar, lost, entry(), now=now)
    assert selectors.loss_standing(lost.number).notice == notice  # type: ignore[union-attr]  # there is one
    services.cancel_loss_report(registrar, lost, "找到", ground="found", now=now)
    found = selectors.loss_standing(lost.number)
    assert found is not None
    assert (found.is_reported, found.notice) == (False, None)
    assert selectors.loss_standing("nothing") is None


def test_page_records_the_notice_keeps_what_was_typed_and_shows_it(
    lost: Certificate, account_for: Callable[..., Account], sign_in: Callable[[Account], Client], tree: Any
) -> None:
    client = sign_in(account_for("gu", tree.kunshan, Role.REGISTRAR))
    address = f"/certificates/{lost.number}/loss-notice/"
    page = client.get(f"/certificates/{lost.number}/").content.decode()
    assert address in page
    today = timezone.localdate().isoformat()
    refused = client.post(address, {"where": "新华日报", "happened_on": today})
    assert refused.status_code == 400
    assert 'value="新华日报"' in refused.content.decode()
    upload = SimpleUploadedFile("notice.pdf", PDF, "application/pdf")
    done = client.post(address, {"where": "新华日报", "happened_on": today, "proof": upload}, follow=True)
    shown = done.content.decode()
    assert "遗失声明" in shown
    assert "notice.pdf" in shown
    assert "更正遗失声明" in shown


def train(certificate: Certificate, started_on: date, finished_on: date) -> TrainingRecord:
    officer = certificate.officer
    account = Account.objects.first()
    assert account is not None
    assert officer.photo is not None
    return TrainingRecord.objects.create(
        officer=officer,
        course="离岗培训",
        organiser="江苏省交通运输厅",
        hours=24,
        started_on=started_on,
        finished_on=finished_on,
        proof=officer.photo,
        recorded_by=account,
        recorded_at=certificate.created_at,
    )


@pytest.mark.parametrize("ground", ["trained", "period-over"])
def test_certificate_withheld_for_a_failed_assessment_comes_back_after_training_only(
    active_certificate: Certificate, approver: Actor, now: datetime, ground: str
) -> None:
    withheld = services.withhold(
        approver, active_certificate, "考核", ground="assessment-failed", until=UNTIL, now=now
    )
    later = now + timedelta(days=20)
    train(withheld, date(2026, 11, 1), date(2026, 11, 30))
    with pytest.raises(InvalidInput, match="training-unfinished"):
        services.return_withheld(approver, withheld, "已培训", ground=ground, now=later)
    assert "离岗培训尚未完成" in selectors.next_step_words(
        withheld, None, selectors.withholding_of(withheld), []
    )
    train(withheld, date(2026, 11, 23), date(2026, 11, 30))
    assert services.return_withheld(approver, withheld, "已培训", ground=ground, now=later).state == "active"


@pytest.mark.parametrize(
    ("withheld_on", "returned_on", "is_possible"),
    [
        ("assessment-failed", "trained", False),
        ("assessment-failed", "period-over", False),
        ("assessment-failed", "withheld-wrongly", True),
        ("under-investigation", "cleared", True),
        ("under-investigation", "period-over", True),
        ("under-investigation", "trained", False),
        ("", "period-over", True),
    ],
)
def test_which_return_asks_for_training(withheld_on: str, returned_on: str, is_possible: bool) -> None:
    check_return(withheld_on, returned_on, is_trained=True)
    if is_possible:
        check_return(withheld_on, returned_on, is_trained=False)
    else:
        with pytest.raises(InvalidInput, match="training-unfinished"):
            check_return(withheld_on, returned_on, is_trained=False)


@pytest.mark.django_db(transaction=True)
def test_one_notice_recorded_twice_at_once_is_one(
    lost: Certificate, registrar: Actor, holder: Account, now: datetime, tmp_path: Any
) -> None:
    with shared_database(tmp_path):
        ends = at_once(
            *(
                lambda who=who: record_loss_notice(who, lost, entry(), now=now)
                for who in (registrar, actor_for(holder))
            )
        )
        assert ends == ["done", "done"]
        assert LossNotice.objects.count() == 1
