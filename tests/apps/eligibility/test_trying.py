"""A draft of the conditions is tried on the register: who would gain, who would lose, by which condition, in which unit."""

from __future__ import annotations

import copy
import multiprocessing
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client

from tests.apps.applications.conftest import Case, qualify
from tests.apps.training.people import make_officer
from warrant.apps.accounts.models import Account
from warrant.apps.eligibility.models import WhatIf
from warrant.apps.eligibility.selectors import trying
from warrant.apps.eligibility.selectors.exporting import open_people, read_report
from warrant.apps.eligibility.selectors.trying import Question, Tally, changed_rules, try_out
from warrant.apps.eligibility.services.trying import start_what_if, work_out
from warrant.apps.exports.types import IdNumbers
from warrant.apps.foundation.jobs import JobCancelledError, run_waiting_jobs
from warrant.apps.foundation.models import Job
from warrant.apps.officers.models import Officer
from warrant.apps.regulations.models import RegulationVersion
from warrant.core.access import Actor, Role
from warrant.core.eligibility import NATIONAL, parse
from warrant.core.errors import InvalidInput, NotFound, NotPermitted
from warrant.core.regulation import Content, canonical, digest

ON = date(2026, 12, 1)


def content(rule_id: str, **parameters: object) -> dict[str, Any]:
    changed: dict[str, Any] = copy.deepcopy(dict(NATIONAL))
    for line in changed["lines"]:
        if line["id"] == rule_id:
            line["parameters"].update(parameters)
    return changed


def draft(case: Case, layer: dict[str, Any]) -> RegulationVersion:
    return RegulationVersion.objects.create(
        kind="eligibility",
        jurisdiction="320000",
        number=1,
        title="提高培训学时",
        basis="苏交法〔2026〕1号",
        content=layer,
        digest=digest(layer),
        valid_from=ON,
        drafted_by=case.people.accounts.enterer,
        drafted_by_name="enterer",
        drafted_at=case.now,
        changed_at=case.now,
    )


def line(rule_id: str, **parameters: object) -> dict[str, Any]:
    """A province's layer that holds one changed line."""
    found = next(one for one in content(rule_id, **parameters)["lines"] if one["id"] == rule_id)
    return {"lines": [found]}


@pytest.fixture
def crowd(case: Case, tree: SimpleNamespace) -> dict[str, Officer]:
    """Two who meet every condition, one with too few hours, one who also is on contract."""
    people = {"林书白": case.officer}
    for name, unit in (
        ("陈予安", tree.kunshan_brigade),
        ("赵明澈", tree.suzhou_brigade),
        ("魏清和", tree.suzhou_brigade),
    ):
        people[name] = make_officer(unit, name)
        qualify(people[name], case.people.accounts.enterer)
    for name in ("赵明澈", "魏清和"):
        people[name].trainings.update(hours=50)
    Officer.system.filter(name="魏清和").update(staffing="contract")
    return people


def question(then: Content, kind: str = "") -> Question:
    return Question(canonical(NATIONAL), canonical(then), ON, kind)


def tried(then: Content, kind: str = "") -> Tally:
    return try_out(question(then, kind), lambda _done, _total: None)


def test_who_falls_below_a_raised_floor_loses(crowd: dict[str, Officer], tree: SimpleNamespace) -> None:
    tally = tried(content("training", hours=61))
    assert (tally.looked_at, tally.gain, tally.lose) == (4, 0, 2)
    assert tally.by_unit == {tree.kunshan_brigade.pk: [2, 0, 2]}
    assert tally.by_rule == {"training": [0, 2]}
    assert {(crowd[name].pk, False, "training") for name in ("林书白", "陈予安")} == set(tally.people)


def test_who_fails_elsewhere_gains_nothing_by_a_lowered_floor(
    crowd: dict[str, Officer], tree: SimpleNamespace
) -> None:
    tally = tried(content("training", hours=50))
    assert (tally.gain, tally.lose) == (1, 0)
    assert tally.people == [(crowd["赵明澈"].pk, True, "training")]
    assert tally.by_unit == {tree.suzhou_brigade.pk: [2, 1, 0]}


def test_for_a_kind_that_does_not_ask_it_nothing_changes(crowd: dict[str, Officer]) -> None:
    tally = tried(content("training", hours=61), kind="renewal")
    assert (tally.looked_at, tally.gain, tally.lose) == (4, 0, 0)


def test_two_changes_that_leave_somebody_outside_are_no_gain(crowd: dict[str, Officer]) -> None:
    both = content("training", hours=50)
    for one in both["lines"]:
        if one["id"] == "age":
            one["parameters"]["years"] = 40
    tally = tried(both)
    assert (tally.gain, tally.lose) == (0, 2)
    assert tally.by_rule == {"age": [0, 2]}


def test_whoever_left_the_force_is_not_looked_at(crowd: dict[str, Officer]) -> None:
    Officer.system.filter(name="林书白").update(state="left")
    tally = tried(content("training", hours=61))
    assert (tally.looked_at, tally.lose) == (3, 1)


def test_other_words_are_no_change_and_a_dropped_line_is_one() -> None:
    reworded = copy.deepcopy(dict(NATIONAL))
    reworded["lines"][1]["title"] = {"zh": "成年", "en": "Of age"}
    assert changed_rules(parse(NATIONAL), parse(reworded)) == []
    dropped = {"lines": [one for one in NATIONAL["lines"] if one["id"] != "photo"]}
    assert changed_rules(parse(NATIONAL), parse(dropped)) == ["photo"]


def test_what_only_a_case_can_answer_is_left_out_and_said(crowd: dict[str, Officer]) -> None:
    tally = tried(content("statement", characters=100))
    assert "statement" in tally.left_out
    assert tally.lose == 0


def test_a_province_tries_its_own_layer_over_the_nations_text(case: Case, crowd: dict[str, Officer]) -> None:
    report = work_out(draft(case, line("training", hours=61)), ON, "", account_id=None, now=case.now)
    assert (report.looked_at, report.gain, report.lose, report.changed_rules) == (4, 0, 2, ["training"])
    assert sorted(report.people.values_list("officer__name", flat=True)) == ["林书白", "陈予安"]


def test_the_job_keeps_a_report_that_people_can_open(
    case: Case,
    crowd: dict[str, Officer],
    tree: SimpleNamespace,
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
) -> None:
    version = draft(case, line("training", hours=61))
    editor = sign_in(account_for("editor", tree.jiangsu, Role.RULE_EDITOR))
    sent = editor.post("/eligibility/what-if/", {"version": version.pk, "on": "2026-12-01", "kind": ""})
    assert (sent.status_code, Job.objects.get().title) == (302, "试算：提高培训学时")
    assert run_waiting_jobs() == 1
    report, job = WhatIf.objects.get(), Job.objects.get()
    assert (job.state, job.result_text) == ("done", "看过 4 人：新增符合 0 人，不再符合 2 人")
    page = editor.get(job.result_url).content.decode()
    assert "昆山市交通运输综合行政执法大队" in page
    assert "岗前培训满六十学时" in page
    people = f"/eligibility/what-if/{report.pk}/people/"
    assert editor.get(people).status_code == 403
    registrar = sign_in(case.people.accounts.registrar).get(people).content.decode()
    assert "林书白" in registrar
    stranger = sign_in(account_for("far", tree.nanjing, Role.REGISTRAR)).get(people).content.decode()
    assert "林书白" not in stranger


def test_the_people_are_taken_along_by_those_who_may_and_of_their_scope(
    case: Case, crowd: dict[str, Officer], tree: SimpleNamespace, actor: Callable[..., Actor]
) -> None:
    report = work_out(draft(case, line("training", hours=61)), ON, "", account_id=None, now=case.now)
    parameters = read_report(QueryDict(f"report={report.pk}"))
    source = open_people(case.people.registrar, parameters)
    taken = [tuple(map(str, row)) for row in source.rows(("name", "change", "rules"), IdNumbers.NONE)]
    assert sorted(taken) == [
        ("林书白", "不再符合", "岗前培训满六十学时"),
        ("陈予安", "不再符合", "岗前培训满六十学时"),
    ]
    assert open_people(actor("far", tree.nanjing, Role.REGISTRAR), parameters).count == 0
    for bent in ("", "report=-1", "report=x", f"report={10**30}"):
        with pytest.raises(InvalidInput):
            read_report(QueryDict(bent))


def test_only_who_drafts_regulations_starts_a_trial(
    case: Case, tree: Any, actor: Callable[..., Actor]
) -> None:
    version = draft(case, line("training", hours=61))
    with pytest.raises((NotPermitted, NotFound)):
        start_what_if(case.people.registrar, version.pk, ON, "", now=case.now)
    editor = actor("editor", tree.jiangsu, Role.RULE_EDITOR)
    with pytest.raises(NotFound):
        start_what_if(editor, version.pk + 1, ON, "", now=case.now)
    with pytest.raises(InvalidInput):
        start_what_if(editor, version.pk, ON, "wedding", now=case.now)


def test_a_draft_that_cannot_be_applied_is_refused_at_once(
    case: Case, tree: Any, actor: Callable[..., Actor]
) -> None:
    broken = line("training")
    broken["lines"][0]["parameters"]["hours"] = "sixty"
    version = draft(case, broken)
    with pytest.raises(InvalidInput, match="bad-number"):
        start_what_if(actor("editor", tree.jiangsu, Role.RULE_EDITOR), version.pk, ON, "", now=case.now)


@pytest.fixture
def two_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at everybody in two processes, in ranges of two ids; what is in memory is put where both can read it."""
    monkeypatch.setattr(trying, "WORTH_A_PROCESS", 2)
    monkeypatch.setattr(trying, "PEOPLE_AT_ONCE", 2)
    monkeypatch.setattr(trying, "cores", lambda: 2)
    if connection.vendor == "sqlite":
        file = tmp_path / "copy.sqlite3"
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(file)])
        monkeypatch.setitem(connection.settings_dict, "NAME", str(file))


@pytest.mark.django_db(transaction=True)
def test_several_processes_find_what_one_finds(
    crowd: dict[str, Officer], request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = tried(content("training", hours=61))
    request.getfixturevalue("two_processes")
    monkeypatch.setattr(trying, "_look_at", None)  # this process has no part in it
    told: list[tuple[int, int]] = []
    together = try_out(question(content("training", hours=61)), lambda *counts: told.append(counts))
    assert (together, alone.lose, told[-1]) == (alone, 2, (4, 4))
    assert len(told) > 1


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_trial_leaves_no_process_behind(crowd: dict[str, Officer], two_processes: None) -> None:
    def cancel(_done: int, _total: int) -> None:
        raise JobCancelledError

    with pytest.raises(JobCancelledError):
        try_out(question(content("training", hours=61)), cancel)
    assert multiprocessing.active_children() == []
