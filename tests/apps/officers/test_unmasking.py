"""A whole ID number is shown for a reason, so many times an hour, and leaves a trace."""

from __future__ import annotations

import io
import logging
import logging.config
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import structlog
from django.conf import settings as node_settings
from django.test import Client

from tests.apps.officers.entries import ID_NUMBER
from tests.support.at_once import at_once, shared_database
from warrant.apps.accounts.models import Account
from warrant.apps.audit.models import AuditRow
from warrant.apps.audit.services import record
from warrant.apps.foundation.models import LogEntry
from warrant.apps.foundation.redaction import MaskingFormatter
from warrant.apps.officers.models import IdNumberLook, Officer
from warrant.apps.officers.services.unmasking import unmask_id_number
from warrant.core.access import Actor, Role
from warrant.core.errors import Conflict, InvalidInput, NotPermitted

REASON = "办理调动，核对原件"


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["", "   ", "......", "核对", "啊啊啊啊啊啊", "12345678", "。，、；：？"])
def test_a_reason_must_say_something(officer: Officer, registrar: Actor, now: datetime, reason: str) -> None:
    with pytest.raises(InvalidInput, match="reason-missing") as refusal:
        unmask_id_number(registrar, officer.pk, reason, now=now)
    assert refusal.value.place == "reason"
    assert not IdNumberLook.objects.exists()


@pytest.mark.django_db
def test_a_look_gives_the_number_and_leaves_who_when_why(
    officer: Officer, registrar: Actor, now: datetime
) -> None:
    _officer, number = unmask_id_number(registrar, officer.pk, f"{REASON} {ID_NUMBER}", now=now)
    assert number == ID_NUMBER
    look = IdNumberLook.objects.get()
    assert (look.account_id, look.looked_at) == (registrar.account_id, now)
    assert look.reason == "办理调动，核对原件 329901**********35"
    row = AuditRow.objects.get(action="officer.id-number-seen")
    assert row.subject == f"officer:{officer.pk}"
    assert ID_NUMBER not in row.summary
    assert ID_NUMBER.encode() not in bytes(row.entry.body)


@pytest.mark.django_db
def test_the_twenty_first_look_within_an_hour_is_refused_and_recorded(
    officer: Officer, registrar: Actor, now: datetime
) -> None:
    for minute in range(20):
        unmask_id_number(registrar, officer.pk, REASON, now=now + timedelta(minutes=minute))
    with pytest.raises(Conflict, match="unmask-limit") as refusal:
        unmask_id_number(registrar, officer.pk, REASON, now=now + timedelta(minutes=30))
    assert refusal.value.fields == {"most": 20, "time": "17:45"}
    assert AuditRow.objects.filter(action="officer.id-number-refused").count() == 1
    assert IdNumberLook.objects.count() == 20
    unmask_id_number(registrar, officer.pk, REASON, now=now + timedelta(minutes=60))
    with pytest.raises(Conflict, match="unmask-limit"):
        unmask_id_number(registrar, officer.pk, REASON, now=now + timedelta(minutes=60))


@pytest.mark.django_db
def test_the_limit_is_each_persons_own_and_the_nodes_to_set(
    officer: Officer,
    registrar: Actor,
    actor: Callable[..., Actor],
    tree: SimpleNamespace,
    now: datetime,
    settings: Any,
) -> None:
    settings.WARRANT_ID_NUMBER_LOOKS = 1
    unmask_id_number(registrar, officer.pk, REASON, now=now)
    with pytest.raises(Conflict, match="unmask-limit"):
        unmask_id_number(registrar, officer.pk, REASON, now=now)
    unmask_id_number(actor("reviewer", tree.kunshan, Role.REVIEWER), officer.pk, REASON, now=now)


@pytest.mark.django_db
def test_whoever_may_not_look_uses_up_nothing(
    officer: Officer, actor: Callable[..., Actor], tree: SimpleNamespace, now: datetime
) -> None:
    with pytest.raises(NotPermitted):
        unmask_id_number(actor("supervisor", tree.kunshan, Role.SUPERVISOR), officer.pk, REASON, now=now)
    assert not IdNumberLook.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_several_browsers_of_one_person_do_not_get_past_the_limit(
    officer: Officer, registrar: Actor, now: datetime, settings: Any, tmp_path: Path
) -> None:
    settings.WARRANT_ID_NUMBER_LOOKS = 2
    with shared_database(tmp_path):
        outcomes = at_once(*[lambda: unmask_id_number(registrar, officer.pk, REASON, now=now)] * 5)
        assert IdNumberLook.objects.count() == 2
    assert sorted(outcomes) == ["done", "done", "unmask-limit", "unmask-limit", "unmask-limit"]


@pytest.mark.django_db
def test_the_page_keeps_what_was_typed_and_says_when_the_limit_ends(
    officer: Officer,
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
    tree: SimpleNamespace,
    settings: Any,
) -> None:
    settings.WARRANT_ID_NUMBER_LOOKS = 1
    client = sign_in(account_for("second", tree.kunshan, Role.REGISTRAR))
    url = f"/officers/{officer.pk}/id-number/"
    short = client.post(url, {"reason": "核对"})
    assert short.status_code == 400
    assert "核对</textarea>" in short.content.decode()
    shown = client.post(url, {"reason": REASON})
    assert ID_NUMBER in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    over = client.post(url, {"reason": REASON})
    assert over.status_code == 409
    assert "以后可再查看" in over.content.decode()
    assert ID_NUMBER not in over.content.decode()


@pytest.mark.django_db
def test_the_audit_administrator_reads_every_look_and_nobody_else_does(
    officer: Officer,
    registrar: Actor,
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
    tree: SimpleNamespace,
    now: datetime,
) -> None:
    unmask_id_number(registrar, officer.pk, REASON, now=now)
    audit = sign_in(account_for("audit", tree.jiangsu, Role.AUDIT_ADMINISTRATOR))
    page = audit.get("/audit/id-numbers/").content.decode()
    for text in ("registrar", "单书白", REASON, "昆山市交通运输综合行政执法大队"):
        assert text in page
    assert ID_NUMBER not in page
    assert REASON not in audit.get("/audit/id-numbers/?person=nobody").content.decode()
    assert REASON in audit.get("/audit/id-numbers/?person=registrar&day=2026-11-22").content.decode()
    assert REASON not in audit.get("/audit/id-numbers/?day=2026-11-21").content.decode()
    other = sign_in(account_for("supervisor", tree.jiangsu, Role.SUPERVISOR))
    assert other.get("/audit/id-numbers/").status_code == 403


@pytest.mark.django_db
def test_the_ledger_masks_what_people_typed(registrar: Actor, now: datetime) -> None:
    record(
        registrar, "officer.changed", "officer:1", f"备注：{ID_NUMBER}", now=now, detail={"a": [ID_NUMBER]}
    )
    entry = LogEntry.objects.get(stream="audit", kind="officer.changed")
    assert ID_NUMBER.encode() not in bytes(entry.body)
    assert AuditRow.objects.get(entry=entry).summary == "备注：329901**********35"


def test_no_line_of_a_log_holds_a_whole_number(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger("made-up").warning(
        f"refused {ID_NUMBER}", number=ID_NUMBER, nested={"n": [ID_NUMBER]}
    )
    printed = capsys.readouterr().out
    assert "329901**********35" in printed
    assert ID_NUMBER not in printed


def test_no_traceback_of_the_servers_log_holds_a_whole_number() -> None:
    configured = node_settings.LOGGING
    assert configured["handlers"]["console"]["formatter"] == "masking"
    assert configured["formatters"]["masking"]["()"] == f"{MaskingFormatter.__module__}.MaskingFormatter"
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(MaskingFormatter())
    logger = logging.Logger("made-up")
    logger.addHandler(handler)
    try:
        raise ValueError(f"bad number {ID_NUMBER}")
    except ValueError:
        logger.exception("failed for %s", ID_NUMBER)
    assert ID_NUMBER not in stream.getvalue()
    assert stream.getvalue().count("329901**********35") == 2
