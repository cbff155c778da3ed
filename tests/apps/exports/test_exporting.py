"""Taking the list of officers along: the right rows, nothing more, and never unnoticed."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl  # type: ignore[import-untyped]  # it has no types
import pytest
from django.test import Client
from django.urls import reverse
from tests.apps.world import World, made_up_id_number

from warrant.adapters.software_vault import SoftwareVault
from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.audit.models import AuditRow
from warrant.apps.exports import services
from warrant.apps.exports.models import ExportFile
from warrant.apps.exports.selectors import content_of, export_path
from warrant.apps.exports.types import ExportRequest, IdNumbers
from warrant.apps.foundation import clock, jobs
from warrant.apps.foundation.models import Job
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.sealing import id_number_index, seal_id_number
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor, Role
from warrant.core.errors import InvalidInput, NotPermitted, Unavailable

pytestmark = pytest.mark.django_db

ALL = {"all": ["1"], "listing": [""]}
PLAIN = ExportRequest("xlsx", ("name", "birth", "age", "agency"), "核对名册")


def make_officer(unit: Agency, count: int, by: Account, **fields: Any) -> Officer:
    at = datetime(2026, 10, 1, tzinfo=clock.now().tzinfo)
    officer = Officer(
        **{
            "name": f"林{count:03d}",
            "sort_key": f"lin {count:03d}",
            "sex": "1",
            "birth_on": date(1990, 5, 1),
            "agency": unit,
            "categories": "02,08",
            "entered_by": by,
            "entered_at": at,
            "changed_at": at,
            **fields,
        }
    )
    number = made_up_id_number(count)
    officer.id_number_index = id_number_index(number)
    officer.id_number_sealed = seal_id_number(officer.uid, number)
    officer.put_at(unit.place)
    officer.save()
    return officer


@pytest.fixture(autouse=True)
def store(vault: SoftwareVault, settings: Any, tmp_path: Path) -> Path:
    settings.WARRANT_DOCUMENT_ROOT = str(tmp_path / "documents")
    return tmp_path / "documents" / "exports"


@pytest.fixture
def account(account_for: Callable[..., Account], tree: SimpleNamespace) -> Account:
    return account_for("li", tree.kunshan, Role.REGISTRAR)


@pytest.fixture
def clerk(account: Account) -> Actor:
    return actor_for(account)


@pytest.fixture
def officers(tree: SimpleNamespace, account: Account) -> SimpleNamespace:
    return SimpleNamespace(
        kunshan=[make_officer(tree.kunshan_brigade, count, account) for count in range(3)],
        suzhou=make_officer(tree.suzhou_brigade, 10, account),
        pudong=make_officer(tree.pudong, 11, account),
    )


def export(clerk: Actor, wanted: ExportRequest, parameters: Any = ALL) -> ExportFile:
    made = services.export_list(clerk, "officers", parameters, wanted, now=clock.now())
    assert isinstance(made, ExportFile)
    return made


def sheet_rows(made: ExportFile) -> list[list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(b"".join(content_of(made))))
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]


def test_a_workbook_holds_watermark_head_and_the_rows_in_scope(
    clerk: Actor, officers: SimpleNamespace
) -> None:
    made = export(clerk, PLAIN)
    mark, head, *rows = sheet_rows(made)
    assert mark[0].startswith("内部资料，注意保密 · li（昆山市交通运输局）· ")
    assert mark[0].endswith("用途：核对名册")
    assert head == ["姓名", "出生日期", "年龄", "单位"]
    assert [row[0] for row in rows] == ["林000", "林001", "林002"]
    assert rows[0][1] == datetime(1990, 5, 1)
    assert rows[0][2] == 36
    assert made.row_count == 3


def test_chosen_rows_out_of_scope_are_left_out(clerk: Actor, officers: SimpleNamespace) -> None:
    pks = [str(officers.kunshan[1].pk), str(officers.suzhou.pk), str(officers.pudong.pk)]
    made = export(clerk, PLAIN, {"pk": pks})
    assert [row[0] for row in sheet_rows(made)[2:]] == ["林001"]


def test_a_filter_goes_with_the_file_and_stands_in_words(clerk: Actor, officers: SimpleNamespace) -> None:
    make_officer(
        officers.kunshan[0].agency, 40, Account.objects.get(pk=clerk.account_id), sex="2", name="沈知微"
    )
    made = export(clerk, PLAIN, {"all": ["1"], "listing": ["sex=2"]})
    assert [row[0] for row in sheet_rows(made)[2:]] == ["沈知微"]
    assert made.described[0] == ["性别", "女"]


def test_id_numbers_are_masked_without_more(clerk: Actor, officers: SimpleNamespace) -> None:
    made = export(clerk, replace(PLAIN, id_numbers=IdNumbers.MASKED))
    assert [row[4] for row in sheet_rows(made)[1:3]] == [
        "身份证号码",
        f"329901{'*' * 10}{made_up_id_number(0)[-2:]}",
    ]


def test_whole_id_numbers_take_right_and_reason(
    clerk: Actor, officers: SimpleNamespace, actor: Callable[..., Actor], tree: SimpleNamespace
) -> None:
    whole = replace(PLAIN, id_numbers=IdNumbers.WHOLE)
    with pytest.raises(InvalidInput) as missing:
        export(clerk, whole)
    assert missing.value.place == "reason"
    made = export(clerk, replace(whole, reason="社保核对"))
    assert sheet_rows(made)[2][4] == made_up_id_number(0)
    viewer = actor("zhao", tree.kunshan, Role.STATISTICIAN)
    with pytest.raises(NotPermitted):
        export(viewer, replace(whole, reason="社保核对"))


def test_whole_id_numbers_are_limited_in_a_day(
    clerk: Actor, officers: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "MOST_WHOLE_A_DAY", 5)
    whole = replace(PLAIN, id_numbers=IdNumbers.WHOLE, reason="社保核对")
    export(clerk, whole)
    with pytest.raises(InvalidInput) as refused:
        export(clerk, whole)
    assert refused.value.code == "too-many-whole-numbers"
    ExportFile.objects.update(made_at=clock.now() - timedelta(hours=25))
    export(clerk, whole)


def test_every_export_is_one_audit_row_with_the_digest_of_the_file(
    clerk: Actor, officers: SimpleNamespace
) -> None:
    made = export(clerk, replace(PLAIN, id_numbers=IdNumbers.WHOLE, reason="社保核对"))
    row = AuditRow.objects.get(action="export.made")
    assert row.subject == f"export:{made.pk}"
    assert row.summary == "导出“执法人员名册”3 行（xlsx，含完整身份证号码），用途：核对名册，理由：社保核对"
    body = bytes(row.entry.body).decode()
    assert made.digest in body
    assert made_up_id_number(0) not in body


def test_the_file_lies_sealed_and_a_file_cut_short_does_not_open(
    clerk: Actor, officers: SimpleNamespace, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "FRAME_BYTES", 1000)
    made = export(clerk, PLAIN)
    path = export_path(made.uid)
    sealed = path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    assert b"PK\x03\x04" not in sealed
    assert len(b"".join(content_of(made))) == made.size > 3000
    frame = int.from_bytes(sealed[:4], "big") + 4
    path.write_bytes(sealed[:frame])
    with pytest.raises(InvalidInput, match="sealed-damaged"):
        list(content_of(made))
    path.write_bytes(b"")
    with pytest.raises(Unavailable):
        list(content_of(made))


@pytest.mark.parametrize(("file_format", "encoding"), [("csv", "utf-8-sig"), ("csv-gb18030", "gb18030")])
def test_csv_is_neutral_in_both_encodings(
    clerk: Actor, officers: SimpleNamespace, file_format: str, encoding: str
) -> None:
    make_officer(
        officers.kunshan[0].agency,
        50,
        Account.objects.get(pk=clerk.account_id),
        name="=HYPERLINK(1)",
        sort_key="a",
    )
    text = b"".join(content_of(export(clerk, replace(PLAIN, format=file_format)))).decode(encoding)
    lines = text.split("\r\n")
    assert lines[1] == "姓名,出生日期,年龄,单位"
    assert lines[2] == "'=HYPERLINK(1),1990-05-01,36,昆山市交通运输综合行政执法大队"


def test_a_long_list_becomes_a_job_and_its_file_is_there_once(
    clerk: Actor, officers: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "DIRECT_ROWS", 2)
    job = services.export_list(clerk, "officers", ALL, PLAIN, now=clock.now())
    assert isinstance(job, Job)
    jobs.run_waiting_jobs()
    job.refresh_from_db()
    assert (job.state, job.result_text) == ("done", "已导出 3 行")
    made = ExportFile.objects.get()
    assert job.result_url == reverse("export-detail", args=[made.pk])
    Job.objects.update(state="queued")
    jobs.run_waiting_jobs()
    assert ExportFile.objects.count() == 1


def test_a_cancelled_export_leaves_nothing_behind(
    clerk: Actor, officers: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, store: Path
) -> None:
    monkeypatch.setattr(services, "DIRECT_ROWS", 2)
    monkeypatch.setattr(services, "ROWS_A_STEP", 1)
    monkeypatch.setattr(jobs, "PROGRESS_SECONDS", 0)
    job = services.export_list(clerk, "officers", ALL, PLAIN, now=clock.now())

    def cancel(run: jobs.JobRun) -> None:
        Job.objects.update(cancel_asked_at=clock.now())
        services.run_export(run)

    monkeypatch.setattr(jobs, "import_string", lambda path: cancel)
    jobs.run_waiting_jobs()
    job.refresh_from_db()
    assert isinstance(job, Job)
    assert job.state == "cancelled"
    assert ExportFile.objects.count() == 0
    assert list(store.iterdir()) == []


def test_files_go_after_seven_days_and_so_do_leftovers(
    clerk: Actor, officers: SimpleNamespace, store: Path
) -> None:
    made = export(clerk, PLAIN)
    (store / "leftover.part").touch()
    services.expire_exports(now=clock.now() + timedelta(days=6, hours=23))
    assert [path.name for path in store.iterdir()] == [str(made.uid)]
    services.expire_exports(now=clock.now() + timedelta(days=7, minutes=1))
    assert list(store.iterdir()) == []
    made.refresh_from_db()
    assert made.removed_at is not None


def test_a_power_cut_at_the_audit_row_leaves_no_file(
    clerk: Actor, officers: SimpleNamespace, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object, **more: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(services, "_audit", fail)
    with pytest.raises(RuntimeError):
        export(clerk, PLAIN)
    assert list(store.iterdir()) == []
    assert ExportFile.objects.count() == 0


@pytest.fixture
def client(account: Account, sign_in: Callable[[Account], Client], officers: SimpleNamespace) -> Client:
    return sign_in(account)


FORM = {
    "format": "xlsx",
    "columns": ["name", "sex"],
    "id_numbers": "none",
    "purpose": "核对名册",
    "reason": "",
}


def test_a_person_exports_the_list_from_its_address_and_fetches_the_file(
    client: Client, account: Account
) -> None:
    url = reverse("officer-export")
    page = client.get(url, {"sex": "1"}).content.decode()
    assert "3 行" in page
    assert "<dt>性别</dt><dd>男</dd>" in page
    answer = client.post(url, {**FORM, "all": "1", "listing": "sex=1"})
    made = ExportFile.objects.get()
    assert answer.headers["Location"] == f"{reverse('export-detail', args=[made.pk])}?fresh=1"
    assert reverse("export-fetch", args=[made.pk]) in client.get(answer.headers["Location"]).content.decode()
    file = client.get(reverse("export-fetch", args=[made.pk]))
    assert file.headers["Content-Disposition"].startswith("attachment;")
    assert file.headers["Cache-Control"] == "private, no-store"
    assert len(b"".join(file.streaming_content)) == made.size  # type: ignore[attr-defined]  # it streams
    assert AuditRow.objects.filter(action="export.fetched", account_id=account.pk).count() == 1
    assert "执法人员名册" in client.get(reverse("export-list")).content.decode()


def test_chosen_rows_are_kept_through_the_form(client: Client, officers: SimpleNamespace) -> None:
    pk = officers.kunshan[0].pk
    page = client.post(reverse("officer-export"), {"pk": [pk]}).content.decode()
    assert f'<input type="hidden" name="pk" value="{pk}">' in page
    client.post(reverse("officer-export"), {**FORM, "pk": [pk]})
    assert ExportFile.objects.get().row_count == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"purpose": ""}, "请写明用途"),
        ({"columns": []}, "请至少选择一栏"),
        ({"id_numbers": "whole"}, "须写明理由"),
        ({"purpose": "查 329901199005010019 的档案"}, "不要写身份证号码"),
        ({"format": "exe"}, "exe"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field_and_the_rest_kept(
    client: Client, change: dict[str, Any], words: str
) -> None:
    answer = client.post(reverse("officer-export"), {**FORM, "all": "1", "listing": "sex=1", **change})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert words in page
    assert 'name="listing" value="sex=1"' in page
    assert ExportFile.objects.count() == 0


@pytest.mark.parametrize("given", [{"all": "a\x00b", "listing": ""}, {"all": "1", "listing": "a\x00b"}])
def test_a_choice_that_the_list_never_sends_is_refused(client: Client, given: dict[str, str]) -> None:
    assert client.post(reverse("officer-export"), {**FORM, **given}).status_code == 400
    assert ExportFile.objects.count() == 0


def test_an_id_number_goes_into_no_export_address(client: Client) -> None:
    answer = client.get(reverse("officer-export"), {"q": made_up_id_number(1)})
    assert answer.status_code == 400


def test_nobody_fetches_anothers_file(
    clerk: Actor,
    officers: SimpleNamespace,
    account_for: Callable[..., Account],
    tree: SimpleNamespace,
    sign_in: Callable[[Account], Client],
) -> None:
    made = export(clerk, PLAIN)
    other = sign_in(account_for("wang", tree.jiangsu, Role.APPROVER))
    for name in ("export-detail", "export-fetch"):
        assert other.get(reverse(name, args=[made.pk])).status_code == 404
    assert other.post(reverse("export-delete", args=[made.pk])).status_code == 404


def test_who_lost_the_right_fetches_no_more(clerk: Actor, client: Client, account: Account) -> None:
    made = export(clerk, PLAIN)
    account.assignments.update(withdrawn_at=clock.now())
    assert client.get(reverse("export-fetch", args=[made.pk])).status_code == 403


def test_a_file_removed_before_its_time_is_gone(clerk: Actor, client: Client) -> None:
    made = export(clerk, PLAIN)
    client.post(reverse("export-delete", args=[made.pk]))
    assert not export_path(made.uid).exists()
    assert client.get(reverse("export-fetch", args=[made.pk])).status_code == 409
    assert "已清除" in client.get(reverse("export-detail", args=[made.pk])).content.decode()


def test_a_roster_on_paper_is_a_pdf(clerk: Actor, officers: SimpleNamespace) -> None:
    made = export(clerk, replace(PLAIN, format="pdf"))
    assert b"".join(content_of(made)).startswith(b"%PDF-")
    assert made.row_count == 3


def test_the_list_offers_the_export_to_who_may(client: Client) -> None:
    assert reverse("officer-export") in client.get(reverse("officer-list")).content.decode()


@pytest.mark.parametrize(
    ("name", "title", "key"),
    [
        ("certificate-export", "执法证件清单", "number"),
        ("application-export", "资格申请清单", "number"),
    ],
)
def test_other_lists_are_taken_along_the_same_way(
    tree: SimpleNamespace,
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
    settings: Any,
    tmp_path: Path,
    name: str,
    title: str,
    key: str,
) -> None:
    world = World(tree, account_for)
    client = sign_in(account_for("kunshan", tree.kunshan, Role.REGISTRAR))
    form = {"format": "xlsx", "columns": [key, "name"], "purpose": "核对"}
    assert client.get(reverse(name)).status_code == 200
    client.post(reverse(name), form)
    made = ExportFile.objects.get()
    assert made.title == title
    names = {row[1] for row in sheet_rows(made)[2:]}
    assert world.kunshan.officer.name in names
    assert not names & {world.suzhou.officer.name, world.jiangsu.officer.name, world.pudong.officer.name}
    listed = client.get(reverse(name.replace("export", "list"))).content.decode()
    assert reverse(name) in listed


def test_a_filter_of_certificates_goes_along(
    tree: SimpleNamespace, account_for: Callable[..., Account], sign_in: Callable[[Account], Client]
) -> None:
    World(tree, account_for)
    client = sign_in(account_for("top", tree.jiangsu, Role.APPROVER))
    page = client.get(reverse("certificate-export"), {"state": "revoked"}).content.decode()
    assert "已吊销" in page
    assert "没有内容可以导出" in page
    answer = client.post(
        reverse("certificate-export"),
        {"format": "xlsx", "columns": ["number"], "purpose": "核对", "state": "revoked"},
    )
    assert answer.status_code == 400
    assert ExportFile.objects.count() == 0


def test_the_audit_administrator_takes_the_ledger_along_and_nobody_else(
    clerk: Actor,
    officers: SimpleNamespace,
    client: Client,
    account_for: Callable[..., Account],
    tree: SimpleNamespace,
    sign_in: Callable[[Account], Client],
) -> None:
    export(clerk, PLAIN)
    administrator = account_for("audit", tree.jiangsu, Role.AUDIT_ADMINISTRATOR)
    wanted = ExportRequest("xlsx", ("person", "action", "subject"), "季度审计")
    made = services.export_list(actor_for(administrator), "audit", {}, wanted, now=clock.now())
    assert isinstance(made, ExportFile)
    assert sheet_rows(made)[2][:2] == ["li", "导出"]
    assert reverse("audit-export") in sign_in(administrator).get(reverse("audit-list")).content.decode()
    assert client.get(reverse("audit-export")).status_code == 403


def test_a_list_longer_than_a_sheet_is_refused(
    clerk: Actor, officers: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "MOST_ROWS", 2)
    with pytest.raises(InvalidInput) as refused:
        export(clerk, PLAIN)
    assert refused.value.code == "too-many-rows"
