"""Rosters: previewed, imported whole or not at all, what is kept out comes back to be mended."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from tests.apps.officers.entries import ID_NUMBER
from tests.apps.rosters.conftest import SAMPLES
from warrant.apps.audit.models import AuditRow
from warrant.apps.foundation.work import counted, waiting
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors import glances, id_number_of
from warrant.apps.organisations.models import Agency
from warrant.apps.organisations.services import seed_organisations
from warrant.apps.rosters.models import RosterImport, RosterRow
from warrant.apps.rosters.selectors import work_queues
from warrant.apps.rosters.selectors.preview import rejected_workbook, rows_with_findings, shown_rows
from warrant.apps.rosters.services import discard_roster, import_roster, preview_roster
from warrant.core.access import Actor, Role
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted

HEADINGS = ["姓名", "身份证号", "工作单位", "执法门类", "学历", "编制性质"]
KUNSHAN = "昆山市交通运输综合行政执法大队"
GOOD = ["单书白", ID_NUMBER, KUNSHAN, "公路路政", "大学本科", "公务员"]
SECOND = ["曾 国", "329901198503020025", KUNSHAN, "道路运政", "大学本科", "公务员"]
WRONG = ["仇英", "329901197908080040", KUNSHAN, "公路路政", "大学本科", "公务员"]
ELSEWHERE = ["解缙", "329901198806123312", "苏州市交通运输综合行政执法支队", "公路路政", "大学本科", "公务员"]


def workbook(*rows: list[str]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (HEADINGS, *rows):
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.fixture
def preview(vault: Any, registrar: Actor, today: date, now: datetime) -> Callable[..., RosterImport]:
    def send(*rows: list[str], by: Actor = registrar) -> RosterImport:
        return preview_roster(by, workbook(*rows), "花名册.xlsx", on=today, now=now)

    return send


def findings_of(roster: RosterImport) -> dict[int, list[tuple[str, str, str]]]:
    rows = shown_rows(roster, list(roster.rows.order_by("id")))
    return {
        row.row: [(finding.severity, finding.code, finding.column) for finding in row.findings]
        for row in rows
        if row.findings
    }


def test_a_preview_enters_nobody(preview: Callable[..., RosterImport]) -> None:
    roster = preview(GOOD, SECOND, WRONG)
    assert (roster.row_count, roster.good_count, roster.error_count, roster.fix_count) == (3, 2, 1, 1)
    assert not Officer.system.exists()
    assert findings_of(roster) == {
        3: [("fix", "spaces-in-name", "姓名")],
        4: [("error", "id-checksum", "身份证号")],
    }


def test_repairs_show_before_and_after(preview: Callable[..., RosterImport]) -> None:
    roster = preview(SECOND)
    found = shown_rows(roster, list(rows_with_findings(roster, "fix")))[0].findings[0]
    assert (found.before, found.after) == ("曾 国", "曾国")


def test_the_good_rows_become_officers(
    preview: Callable[..., RosterImport], registrar: Actor, now: datetime, tree: SimpleNamespace
) -> None:
    roster = import_roster(registrar, preview(GOOD, SECOND, WRONG).pk, now=now)
    assert (roster.state, roster.imported_count, roster.error_count) == ("imported", 2, 1)
    officers = list(Officer.system.order_by("sort_key"))
    assert [officer.name for officer in officers] == ["单书白", "曾国"]
    assert id_number_of(officers[0]) == ID_NUMBER
    assert officers[0].place == tree.kunshan_brigade.place
    assert officers[1].name_tokens.filter(token="zg").exists()
    row = AuditRow.objects.get(action="roster.imported")
    assert str(officers[0].uid).encode() in bytes(row.entry.body)


def test_a_roster_is_imported_once(
    preview: Callable[..., RosterImport], registrar: Actor, now: datetime
) -> None:
    roster = preview(GOOD)
    import_roster(registrar, roster.pk, now=now)
    with pytest.raises(Conflict):
        import_roster(registrar, roster.pk, now=now)
    with pytest.raises(Conflict):
        discard_roster(registrar, roster.pk, now=now)


def test_who_is_registered_already_is_kept_out_and_said_where(
    preview: Callable[..., RosterImport], registrar: Actor, now: datetime
) -> None:
    import_roster(registrar, preview(GOOD).pk, now=now)
    again = preview(GOOD, SECOND)
    assert findings_of(again)[2] == [("error", "already-registered", "身份证号")]
    shown = shown_rows(again, list(again.rows.filter(row=2)))[0].findings[0]
    assert KUNSHAN in shown.text


def test_who_was_registered_since_the_preview_is_kept_out(
    preview: Callable[..., RosterImport], registrar: Actor, now: datetime
) -> None:
    first, second = preview(GOOD), preview(GOOD, SECOND)
    import_roster(registrar, first.pk, now=now)
    roster = import_roster(registrar, second.pk, now=now)
    assert (roster.imported_count, roster.error_count) == (1, 1)
    assert findings_of(roster)[2] == [("error", "already-registered", "身份证号码")]
    assert Officer.system.count() == 2


def test_units_out_of_scope_are_kept_out(preview: Callable[..., RosterImport]) -> None:
    assert findings_of(preview(GOOD, ELSEWHERE)) == {3: [("error", "out-of-scope-unit", "工作单位")]}


def test_a_text_that_does_not_fit_is_kept_out(
    vault: Any, registrar: Actor, today: date, now: datetime
) -> None:
    lines = ["姓名,身份证号,工作单位,执法门类,职务", f"单书白,{ID_NUMBER},{KUNSHAN},公路路政,{'长' * 41}"]
    roster = preview_roster(registrar, "\n".join(lines).encode(), "a.csv", on=today, now=now)
    assert ("error", "too-long", "职务") in findings_of(roster)[2]


def test_id_numbers_lie_nowhere_in_the_clear(
    preview: Callable[..., RosterImport], registrar: Actor, now: datetime, document_root: Any
) -> None:
    import_roster(registrar, preview(GOOD, SECOND, WRONG).pk, now=now)
    needle = WRONG[1].encode()
    assert all(needle not in bytes(row.content_sealed) for row in RosterRow.objects.all())
    assert all(needle not in bytes(row.entry.body) for row in AuditRow.objects.all())
    assert all(path.read_bytes()[:2] != b"PK" for path in document_root.rglob("*") if path.is_file())


def test_rejected_rows_come_back_mendable(
    preview: Callable[..., RosterImport], registrar: Actor, today: date, now: datetime
) -> None:
    roster = import_roster(registrar, preview(GOOD, WRONG, ELSEWHERE).pk, now=now)
    book = load_workbook(io.BytesIO(rejected_workbook(roster)))
    sheet = book.active
    assert sheet is not None
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert [row[0] for row in rows] == ["姓名", "仇英", "解缙"]
    assert "校验位不符" in str(rows[1][-1])
    assert "不在您的管辖范围内" in str(rows[2][-1])
    sheet["B2"] = "329901197908080048"
    sheet.delete_rows(3)
    stream = io.BytesIO()
    book.save(stream)
    mended = preview_roster(registrar, stream.getvalue(), "改正.xlsx", on=today, now=now)
    assert (mended.good_count, mended.error_count) == (1, 0)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "document-empty"),
        (b"PK\x03\x04 broken", "file-unreadable"),
        (b"%PDF-1.7", "file-format"),
        ("甲,乙\n1,2".encode(), "no-roster"),
    ],
)
def test_a_bad_file_is_refused_beside_the_file_field(
    vault: Any, registrar: Actor, today: date, now: datetime, raw: bytes, code: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        preview_roster(registrar, raw, "花名册.xlsx", on=today, now=now)
    assert refused.value.code == code
    assert not RosterImport.system.exists()


def test_only_registrars_import(
    vault: Any, tree: SimpleNamespace, actor: Callable[..., Actor], today: date, now: datetime
) -> None:
    reviewer = actor("reviewer", tree.kunshan, Role.REVIEWER)
    with pytest.raises(NotPermitted):
        preview_roster(reviewer, workbook(GOOD), "a.xlsx", on=today, now=now)


def test_a_roster_of_others_is_not_there(
    preview: Callable[..., RosterImport], stranger: Actor, now: datetime
) -> None:
    with pytest.raises(NotFound):
        import_roster(stranger, preview(GOOD).pk, now=now)


def test_what_was_previewed_waits_for_whoever_sent_it(
    preview: Callable[..., RosterImport],
    registrar: Actor,
    tree: SimpleNamespace,
    actor: Callable[..., Actor],
    now: datetime,
) -> None:
    roster = preview(GOOD, WRONG)
    assert [item.detail for item in waiting(work_queues(registrar), 10)] == ["1 人可导入，1 行有误"]
    assert waiting(work_queues(actor("colleague", tree.kunshan, Role.REGISTRAR)), 10) == []
    import_roster(registrar, roster.pk, now=now)
    assert waiting(work_queues(registrar), 10) == []
    assert [figure.value for figure in counted(glances(registrar))] == ["1"]


def test_the_sample_roster_is_imported_as_expected(
    db: None,
    vault: Any,
    actor: Callable[..., Actor],
    today: date,
    now: datetime,
) -> None:
    seed_organisations(now)
    provincial = actor("provincial", Agency.objects.get(code="320000"), Role.REGISTRAR)
    raw = (SAMPLES / "roster-sample.xlsx").read_bytes()
    expected = json.loads((SAMPLES / "roster-sample.expected.json").read_text())
    roster = preview_roster(provincial, raw, "roster-sample.xlsx", on=today, now=now)
    found = findings_of(roster)
    planted = {int(row): tuple(text.split(":")) for row, text in expected.items()}
    for row, (severity, code) in planted.items():
        if severity == "ok":
            assert row not in found
        else:
            assert (severity, code) in [finding[:2] for finding in found[row]]
    assert {row for row, findings in found.items() if findings[0][0] == "error"} == {
        row for row, (severity, _code) in planted.items() if severity == "error"
    }
    imported = import_roster(provincial, roster.pk, now=now)
    assert imported.imported_count == roster.good_count == Officer.system.count()
    assert imported.imported_count + imported.error_count == roster.row_count
