"""The ways of a case other than the straight one, in headless Chromium: returned, refused, on leave, renewed, elsewhere."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tests.support.chromium import ChromiumPerson, chromium
from tests.support.nodes import run_as

from warrant.nodes.group import Logins, prepare_group
from warrant.nodes.journey.browser import FieldValue, Page, sign_in
from warrant.nodes.journey.walk import wait_for
from warrant.nodes.launcher import NodeProcess, free_port, run_for_node
from warrant.nodes.preparation import NodePlan, prepare_nodes

pytestmark = pytest.mark.journey

PREPARE = "tests.journeys.case_rehearsal.prepare"
STATEMENT = "该同志政治合格，遵纪守法，身体健康，在编在职，同意申领执法证件。"
DECLARED = dict.fromkeys(("health", "conduct", "no-crime", "no-dismissal"), "yes")
QUEUE = "/applications/waiting/"
REMEDY = "可在十个工作日内向上一级申请复核"


@dataclass
class Ways:
    """The nodes that run, who can sign in to them, the drafts by officer, and the people at their browsers."""

    nodes: dict[str, NodeProcess]
    logins: Logins
    numbers: dict[str, str]
    browser: Browser
    people: dict[tuple[str, str], ChromiumPerson] = field(default_factory=dict)

    def person(self, username: str, kind: str = "province") -> ChromiumPerson:
        if (kind, username) not in self.people:
            person = ChromiumPerson(self.browser, self.nodes[kind].url)
            sign_in(person, username, self.logins[kind][username])
            self.people[kind, username] = person
        return self.people[kind, username]

    def case(self, username: str, number: str) -> Page:
        return self.person(username).open(f"/applications/{number}/")

    def submit(self, username: str, number: str, statement: str = STATEMENT) -> Page:
        page = self.case(username, number)
        form = page.form(with_field="statement")
        values = {"statement": statement, **DECLARED}
        return self.person(username).submit(page, form, values, button="submit")

    def act(self, username: str, number: str, action: str, **values: FieldValue) -> Page:
        page = self.case(username, number)
        return self.person(username).submit(page, page.form(action=f"/{action}/"), values)

    def refuse(self, username: str, number: str, reason: str) -> Page:
        return self.act(username, number, "refuse", reason=reason, remedy=REMEDY)

    def file(self, number: str, name: str) -> None:
        """Let the ministry grant the filing, and wait until the province knows."""
        reviewer, approver = self.person("filing", "ministry"), self.person("approver")
        page = wait_for(
            "the case at the ministry",
            lambda: (p := reviewer.open(f"/filings/?text={number}")) and (p if name in p.text else None),
        )
        page = reviewer.open(page.link(name))
        page = reviewer.open(page.link("grant"))
        form = page.form(action="/grant/")
        reviewer.submit(page, form, {"reason": "条件齐备，准予备案"} if "reason" in form.names else {})
        wait_for("the receipt", lambda: "已备案" in approver.open(f"/applications/{number}/").text or None)

    def go_home(self) -> None:
        for person in self.people.values():
            person.context.close()
        assert [trouble for person in self.people.values() for trouble in person.troubles] == []


def offers(page: Page, action: str) -> bool:
    return any(form.action.endswith(f"/{action}/") for form in page.forms)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def running(
    prepared_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[dict[str, NodeProcess], Logins, dict[str, str]]]:
    """Ministry and Jiangsu, started once for all tests, with colleagues and drafts."""
    home = Path(shutil.copytree(prepared_home, tmp_path_factory.mktemp("ways") / "nodes"))
    group, logins = prepare_group(home)
    nodes = {kind: group.nodes[kind] for kind in ("ministry", "province")}
    prepared = run_as(nodes["province"], PREPARE, "jiangsu")
    logins["province"].update(prepared["passwords"])
    try:
        for node in nodes.values():
            node.start()
        for node in nodes.values():
            node.wait_until_ready()
        yield nodes, logins, prepared["numbers"]
    finally:
        for node in nodes.values():
            node.kill()


@pytest.fixture
def ways(running: tuple[dict[str, NodeProcess], Logins, dict[str, str]], browser: Browser) -> Iterator[Ways]:
    there = Ways(*running, browser)
    yield there
    there.go_home()


def test_a_case_that_is_returned_twice_is_mended_twice_and_goes_on(ways: Ways) -> None:
    number = ways.numbers["江行之"]
    ways.submit("kunshan-registrar", number).expect("审查中", "昆山市交通运输局")
    ways.act(
        "kunshan-reviewer",
        number,
        "return-for-correction",
        reason="培训证明缺少第三页",
        marked_fields=["training"],
    ).expect("已退回补正", "培训证明缺少第三页")
    ways.case("kunshan-registrar", number).expect(
        "需要补正：培训记录及证明", "培训证明缺少第三页", "补正期间停止计时"
    )
    ways.submit("kunshan-registrar", number, "培训证明已补齐；该同志品行良好，身体健康，同意申领。")
    ways.act("kunshan-reviewer", number, "pass-review", reason="补正后材料齐全")
    ways.act(
        "suzhou-verifier",
        number,
        "return-for-correction",
        reason="请写明从事执法岗位的时间",
        marked_fields=["statement", "declarations"],
    )
    first_page = ways.person("kunshan-registrar").open("/").expect("补正资格申请：江行之")
    page = ways.person("kunshan-registrar").open(first_page.link("补正资格申请：江行之"))
    page.expect("需要补正：品行和健康声明、单位意见")
    ways.submit("kunshan-registrar", number, "该同志2019年4月起从事执法工作，品行良好，身体健康，同意申领。")
    ways.act("kunshan-reviewer", number, "pass-review", reason="同意上报")
    ways.act("suzhou-verifier", number, "pass-verification", reason="经核审，符合条件")
    page = ways.act("approver", number, "approve", reason="同意").expect("备案中")
    page.expect("培训证明缺少第三页", "请写明从事执法岗位的时间")
    assert "需要补正" not in page.text.partition("办理经过")[0], "what was marked is mended"


def test_an_overturned_refusal_is_decided_by_people_who_had_no_part_in_it(ways: Ways) -> None:
    number = ways.numbers["方明哲"]
    ways.submit("kunshan-registrar", number)
    ways.refuse("kunshan-reviewer", number, "岗位职责与执法工作不符").expect("未通过")
    page = ways.case("kunshan-registrar", number).expect("未通过", "岗位职责与执法工作不符", REMEDY)
    assert "不予通过通知书" in [label for form in page.forms for *_name, label in form.buttons]
    ways.act("kunshan-registrar", number, "ask-reconsideration", reason="该同志现任公路执法岗，附岗位说明")
    page = ways.case("kunshan-reviewer", number).expect("复核中")
    assert not offers(page, "overturn-refusal")
    ways.act("suzhou-verifier", number, "overturn-refusal", reason="经核实为执法岗位").expect("审查中")
    page = ways.case("kunshan-reviewer", number).expect("本申请曾由您不予通过，须由其他人员办理")
    assert not offers(page, "pass-review")
    assert "方明哲" not in ways.person("kunshan-reviewer").open(QUEUE).text
    ways.person("kunshan-reviewer-b").open(QUEUE).expect("方明哲")
    ways.act("kunshan-reviewer-b", number, "pass-review", reason="重新审查，符合条件")
    page = ways.case("suzhou-verifier", number).expect("您已对本申请发表过意见，须由其他人员办理")
    assert not offers(page, "pass-verification")
    ways.act("suzhou-verifier-b", number, "pass-verification", reason="经核审，符合条件")
    page = ways.act("approver", number, "approve", reason="同意").expect("备案中")
    page.expect("陆正平", "钱立本", "易水寒", "卫长风", "沈国栋")


def test_an_upheld_refusal_ends_the_case(ways: Ways) -> None:
    number = ways.numbers["白守信"]
    ways.submit("registrar", number)
    ways.refuse("approver", number, "学历证明无法核实").expect("未通过", "学历证明无法核实")
    ways.act("registrar", number, "ask-reconsideration", reason="学信网可以查到该学历")
    page = ways.case("approver", number).expect("复核中", "本申请曾由您不予通过，须由其他人员办理")
    assert not offers(page, "uphold-refusal")
    ways.act("approver-b", number, "uphold-refusal", reason="经查学信网没有该记录，维持原决定")
    page = ways.case("registrar", number).expect("复核维持", "经查学信网没有该记录", "柏松涛")
    assert not offers(page, "ask-reconsideration")
    assert not offers(page, "withdraw")


def _hand_on(ways: Ways, substitute: str) -> None:
    """Let the approver name a substitute, and the security administrator confirm."""
    approver, security = ways.person("approver"), ways.person("security")
    page = approver.open("/delegations/new/")
    chosen = approver.tab.locator("select[name=substitute] option", has_text=substitute).get_attribute(
        "value"
    )
    today = date.today()
    days = {"from_on": today.isoformat(), "until_on": (today + timedelta(days=5)).isoformat()}
    values = {"substitute": chosen or "", "reason": "年休假五天", **days}
    approver.submit(page, page.form(with_field="substitute"), values).expect("待安全管理员确认")
    page = security.open("/").expect(f"确认代理：{substitute}代沈国栋")
    page = security.open(page.link(f"确认代理：{substitute}代沈国栋"))
    security.submit(page, page.form(action="/confirm/")).expect(f"已确认{substitute}代理沈国栋", "代理中")


def test_a_substitute_decides_while_the_approver_is_on_leave_but_not_where_the_approver_took_part(
    ways: Ways,
) -> None:
    open_case, own_case = ways.numbers["温如玉"], ways.numbers["丁静远"]
    for number in (open_case, own_case):
        ways.submit("registrar", number)
    ways.refuse("approver", own_case, "照片与本人不符")
    ways.act("registrar", own_case, "ask-reconsideration", reason="照片为本人近照，请复核")
    ways.act("approver-b", own_case, "overturn-refusal", reason="经比对为本人").expect("审批中")

    ways.person("statistician").open(QUEUE, status=403)
    _hand_on(ways, "方明远")
    queue = ways.person("statistician").open(QUEUE).expect("温如玉")
    assert "丁静远" not in queue.text
    page = ways.case("statistician", own_case).expect("您所代理的沈国栋已经手本申请，须由其他人员办理")
    assert not offers(page, "approve")
    page = ways.act("statistician", open_case, "approve", reason="受托代理，符合条件，同意")
    page.expect("备案中", "方明远（代沈国栋）")

    approver = ways.person("approver")
    page = approver.open("/delegations/")
    approver.submit(page, page.form(action="/end/")).expect("已结束方明远对沈国栋的代理")
    ways.person("statistician").open(QUEUE, status=403)


def test_a_certificate_is_renewed_by_a_case_that_names_the_old_one(ways: Ways) -> None:
    number = ways.numbers["叶知行"]
    ways.submit("registrar", number)
    ways.act("approver", number, "approve", reason="同意")
    ways.file(number, "叶知行")
    held = run_as(ways.nodes["province"], PREPARE, "hold", number)["numbers"]["certificate"]

    registrar = ways.person("registrar")
    page = ways.case("registrar", number)
    officer = page.link("叶知行")
    page = registrar.open(f"{officer}application/new/")
    page.expect("到期换证", "现在不能办理的种类", f"已持有证件 {held}，不能办理“首次申领”")
    form = page.form(with_field="kind")
    page = registrar.submit(page, form, {"kind": "renewal", "categories": form.options["categories"]})
    renewal = page.url.rstrip("/").rsplit("/", 1)[1]
    page.expect("到期换证", "原证件", held)
    ways.submit("registrar", renewal).expect("审批中")
    ways.act("approver", renewal, "approve", reason="年度学时和考核合格，同意换证").expect("备案中")
    ways.file(renewal, "叶知行")
    ways.case("registrar", renewal).expect("已备案", "可以制卡")
    registrar.open(officer).expect(held)


def test_a_provincial_agency_goes_straight_to_approval_and_filing(ways: Ways) -> None:
    number = ways.numbers["崔月明"]
    page = ways.submit("registrar", number).expect("审批中", "江苏省交通运输厅")
    assert "核审" not in page.text.partition("办理经过")[0]
    ways.person("kunshan-reviewer").open(f"/applications/{number}/", status=404)
    page = ways.act("approver", number, "approve", reason="省直单位，材料齐全，同意")
    page.expect("备案中", "正在报部备案")
    ways.file(number, "崔月明")
    ways.case("registrar", number).expect("已备案", "备案同意", "交通运输部")


@pytest.fixture
def municipality(tmp_path: Path, browser: Browser) -> Iterator[Ways]:
    """A province node of a municipality: a district stands directly below it; nobody else runs."""
    names = (
        ("ministry", "ministry", "交通运输部"),
        ("province", "310000", "上海市交通委员会"),
        ("public", "public", "公众查验"),
    )
    plans = [NodePlan(kind, code, name, tmp_path / kind, free_port()) for kind, code, name in names]
    prepare_nodes(plans)
    plan = plans[1]
    run_for_node(plan.node_file, "node", "migrate")
    node = NodeProcess(plan.name, plan.node_file, plan.url)
    prepared = run_as(node, PREPARE, "shanghai")
    try:
        node.start()
        node.wait_until_ready()
        there = Ways({"province": node}, {"province": prepared["passwords"]}, prepared["numbers"], browser)
        yield there
        there.go_home()
    finally:
        node.kill()


def test_a_municipality_has_no_city_between_the_district_and_the_approval(municipality: Ways) -> None:
    number = municipality.numbers["秦若水"]
    page = municipality.submit("pudong-registrar", number).expect("审查中", "浦东新区交通委员会")
    assert "核审" not in page.text.partition("办理经过")[0]
    municipality.person("pudong-reviewer").open("/").expect("审查资格申请：秦若水")
    page = municipality.act("pudong-reviewer", number, "pass-review", reason="材料齐全，同意上报")
    page.expect("审批中", "上海市交通委员会")
    municipality.person("approver").open(QUEUE).expect("秦若水", "浦东新区交通运输综合行政执法大队")
    page = municipality.act("approver", number, "approve", reason="同意").expect("备案中", "虞怀远")
