"""200 waiting cases of a provincial agency in a browser: 193 are passed with one opinion, 7 are opened one by one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.support.chromium import ChromiumPerson, chromium
from tests.support.nodes import prepare_cases, rows

from warrant.nodes.group import Logins
from warrant.nodes.journey.browser import sign_in
from warrant.nodes.launcher import NodeGroup, NodeProcess

pytestmark = pytest.mark.journey

MANY = 200
STATEMENT = "该同志政治合格，遵纪守法，身体健康，在编在职，补正后同意申领执法证件。"
DECLARED = dict.fromkeys(("health", "conduct", "no-crime", "no-dismissal"), "yes")
OPINION = "材料齐全，条件全部符合，同意。"
QUEUE = "/applications/waiting/"
PATIENCE_MS = 120_000


class Desk:
    """The registrar and the approver at their browsers."""

    def __init__(self, province: NodeProcess, registrar: ChromiumPerson, approver: ChromiumPerson) -> None:
        self.province, self.registrar, self.approver = province, registrar, approver

    def give_back(self, number: str, reason: str) -> None:
        page = self.approver.open(f"/applications/{number}/")
        form = page.form(action="/return-for-correction/")
        self.approver.submit(page, form, {"reason": reason, "marked_fields": ["training"]})

    def mend(self, number: str, reason: str) -> None:
        page = self.registrar.open(f"/applications/{number}/").expect(reason, "需要补正：培训记录及证明")
        form = page.form(with_field="statement")
        self.registrar.submit(page, form, {"statement": STATEMENT, **DECLARED}, button="submit")

    def leave_the_establishment(self, number: str) -> None:
        query = "SELECT officer_id FROM application WHERE number = ?"
        page = self.registrar.open(f"/officers/{rows(self.province, query, number)[0][0]}/change/")
        self.registrar.submit(page, page.form(with_field="revision"), {"staffing": "合同制"})

    def states(self) -> dict[str, int]:
        found = rows(self.province, "SELECT state, COUNT(*) FROM application GROUP BY state")
        return dict(found)


@pytest.fixture
def desk(group: tuple[NodeGroup, Logins]) -> Iterator[Desk]:
    """A province that runs alone."""
    nodes, logins = group
    province = nodes.nodes["province"]
    province.start()
    province.wait_until_ready()
    with chromium() as browser:
        people = ChromiumPerson(browser, province.url), ChromiumPerson(browser, province.url)
        for person, username in zip(people, ("registrar", "approver"), strict=True):
            person.context.set_default_navigation_timeout(PATIENCE_MS)
            sign_in(person, username, logins["province"][username])
        yield Desk(province, *people)
        assert [trouble for person in people for trouble in person.troubles] == []


def test_clean_cases_go_together_and_the_bad_ones_say_why(desk: Desk) -> None:
    numbers = prepare_cases(desk.province, MANY)
    returned, changed = numbers[:4], numbers[4:7]
    for number in returned:
        desk.give_back(number, "培训证明缺少第三页")
        desk.mend(number, "培训证明缺少第三页")
    desk.give_back(returned[0], "培训证明没有盖章")
    desk.mend(returned[0], "培训证明没有盖章")
    for number in changed:
        desk.leave_the_establishment(number)

    page = desk.approver.open(QUEUE).expect("共 200 件")
    page = desk.approver.submit(page, page.form(with_button="first"), button="first")
    page.expect("可以一并办理", "须逐件办理", "第 2 轮办理", "第 3 轮办理", "在编在职")
    form = page.form(with_field="reason")
    assert len(form.fields["clean"]) == 193
    assert sorted(form.fields["selected"]) == sorted([*returned, *changed])
    refused = desk.approver.submit(page, form, {"reason": "同意"}, status=400).expect("至少 5 个字")
    done = desk.approver.submit(refused, refused.form(with_field="reason"), {"reason": OPINION})
    done.expect("已办理 193 件，7 件未办理")
    assert desk.states() == {"filing": 193, "approval": 7}

    page = desk.approver.open(done.link(returned[0]))
    page = desk.approver.submit(page, page.form(action="/approve/"), {"reason": "逐件核对，同意"})
    page.expect("备案中", "培训证明没有盖章", "逐件核对，同意")
    page = desk.approver.open(done.link(changed[0]))
    page = desk.approver.submit(page, page.form(action="/approve/"), status=409).expect("在编在职")
    assert desk.states() == {"filing": 194, "approval": 6}
    desk.approver.open(QUEUE).expect("共 6 件")
