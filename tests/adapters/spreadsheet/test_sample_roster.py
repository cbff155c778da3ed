"""The sample roster: each planted row is found with exactly its severity and code, every other row is clean."""

import json
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

from warrant.adapters.spreadsheet.checking import check_roster_content, check_roster_file
from warrant.core.roster.report import as_json_lines

SAMPLES = Path(__file__).parents[3] / "samples"
SAMPLE = SAMPLES / "roster-sample.xlsx"
EXPECTED = json.loads((SAMPLES / "roster-sample.expected.json").read_text(encoding="utf-8"))


def find_agency(name):
    return None if name == "长江以北某某执法队" else name


@pytest.fixture(scope="module")
def findings():
    return check_roster_file(SAMPLE, date(2026, 11, 22), find_agency)


def test_every_row_has_exactly_the_findings_that_were_planted(findings):
    found = defaultdict(list)
    for finding in findings:
        found[str(finding.row)].append(f"{finding.severity}:{finding.code}")
    planted = {row: [what] for row, what in EXPECTED.items() if not what.startswith("ok:")}
    assert dict(found) == planted


def test_good_rows_are_accepted_and_rejected_rows_are_the_errors():
    check = check_roster_content(SAMPLE.read_bytes(), SAMPLE.name, date(2026, 11, 22), find_agency)
    rejected = [str(row.row) for row in check.rejected_rows]
    assert rejected == [row for row, what in EXPECTED.items() if what.startswith("error:")]
    assert (len(check.rows), len(check.accepted_rows)) == (200, 189)


def test_repaired_values_stand_in_the_entry():
    check = check_roster_content(SAMPLE.read_bytes(), SAMPLE.name, date(2026, 11, 22), find_agency)
    entries = {row.row: row.entry for row in check.rows}
    assert entries[117].name == "阿卜杜拉·买买提"
    assert entries[126].name == "罗晨"
    assert entries[145].id_number == "329957197305250388"
    assert entries[147].name == "李\U0002cb4e"
    assert (entries[4].education_code, entries[4].category_codes) == ("21", ("08",))
    assert str(entries[8].working_from) == "2019-07-17"


def test_each_finding_is_one_json_object_with_six_fields(findings):
    records = [json.loads(line) for line in as_json_lines(findings)]
    assert list(records[0]) == ["sheet", "row", "column", "severity", "code", "message"]
    assert records[0]["sheet"] == "花名册"
    assert records[0]["row"] == 18
    assert records[0]["column"] == "所在单位"
    assert "长江以北某某执法队" in records[0]["message"]
