"""From a row of a roster to a filed case: the roster, the application, the decisions, the ministry's answer."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image
from reportlab.pdfgen.canvas import Canvas

import warrant
from warrant.adapters.made_up_portraits import portrait
from warrant.nodes.journey.browser import Page
from warrant.nodes.journey.walk import Walk, require, wait_for

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SAMPLE = Path(warrant.__file__).resolve().parents[2] / "samples" / "roster-sample.xlsx"
"""The roster in the checkout; the journey belongs to it, not to an installed package."""

_DECLARED = dict.fromkeys(("health", "conduct", "no-crime", "no-dismissal"), "yes")


def _proof(title: str) -> tuple[str, bytes, str]:
    """Return a made-up proof document as an upload."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.drawString(72, 720, title)
    canvas.save()
    return (f"{title}.pdf", buffer.getvalue(), "application/pdf")


def roster(walk: Walk) -> str:
    """The provincial registrar uploads the roster, looks at the preview and takes the good rows in."""
    registrar = walk.person("province", "registrar")
    sample = SAMPLE.read_bytes()
    page = registrar.open("/rosters/")
    page = registrar.submit(page, page.form(with_field="file"), files={"file": ("花名册.xlsx", sample, XLSX)})
    page.expect("189 可导入", "11 有误")
    preview = page.url
    page = registrar.submit(page, page.form(action="/import/"))
    page.expect("已导入 189 人")
    rejected = registrar.download(preview + "rejected/")
    require(rejected.status == 200 and rejected.content[:2] == b"PK", "no workbook of the rejected rows")
    page = registrar.open("/rosters/")
    page = registrar.submit(
        page, page.form(with_field="file"), files={"file": ("改正.xlsx", rejected.content, XLSX)}
    )
    page.expect("11 有误")
    return "200 rows: 189 taken in, 11 sent back with reasons"


def _record(walk: Walk) -> None:
    """The county registrar completes the record: photo, education, training; a second person confirms the results."""
    registrar = walk.person("province", "kunshan-registrar")
    page = registrar.open(f"/officers/?q={walk.subject.name}")
    walk.officer_url = page.link(walk.subject.name)
    page = registrar.open(walk.officer_url + "photo/new/")
    square = io.BytesIO()
    Image.new("RGB", (600, 600), "white").save(square, "JPEG", quality=95)
    refused = registrar.submit(
        page,
        page.form(with_field="photo"),
        files={"photo": ("方.jpg", square.getvalue(), "image/jpeg")},
        status=400,
    )
    registrar.submit(
        refused,
        refused.form(with_field="photo"),
        files={"photo": ("照片.jpg", portrait(walk.subject.portrait_seed, walk.subject.sex), "image/jpeg")},
    )
    page = registrar.open(walk.officer_url + "education/new/")
    registrar.submit(
        page,
        page.form(with_field="graduated_on"),
        {
            "education": walk.subject.education,
            "degree": "",
            "school": "长安大学",
            "major": "行政管理",
            "graduated_on": "2016-06-30",
        },
        files={"proof": _proof("diploma")},
    )
    page = registrar.open(walk.officer_url + "training/new/")
    registrar.submit(
        page,
        page.form(with_field="hours"),
        {
            "course": "岗前培训",
            "organiser": "江苏省交通运输厅",
            "started_on": "2026-09-01",
            "finished_on": "2026-09-12",
            "hours": "72",
        },
        files={"proof": _proof("training")},
    )
    for paper, sat_on, score in (("special-law", "2026-09-20", "86"), ("general-law", "2026-09-21", "91.5")):
        page = registrar.open(walk.officer_url + "examinations/new/")
        registrar.submit(
            page,
            page.form(with_field="score"),
            {"paper": paper, "sat_on": sat_on, "organiser": "江苏省交通运输厅", "score": score},
            files={"proof": _proof(paper)},
        )
    manager = walk.person("province", "training")
    for _count in range(2):  # a result from elsewhere counts once another person has seen its proof
        waiting = manager.open("/result-claims/?state=asked")
        page = manager.open(waiting.link(walk.subject.name))
        page = manager.submit(page, page.form(action="/decide/"), button="confirm")
        page.expect("已确认")


def application(walk: Walk) -> str:
    """The registrar records the proofs and applies; what is missing is listed before it can be submitted."""
    _record(walk)
    registrar = walk.person("province", "kunshan-registrar")
    page = registrar.open(walk.officer_url + "application/new/")
    page = registrar.submit(
        page,
        page.form(with_field="categories"),
        {
            "kind": "first-issue",
            "categories": [page.form(with_field="categories").options["categories"][0]],
        },
    )
    walk.application_number = page.url.rstrip("/").rsplit("/", 1)[1]
    page.expect("提交前还有 4 项条件需要处理")
    page = registrar.submit(
        page,
        page.form(with_field="statement"),
        {"statement": "该同志政治合格，遵纪守法，身体健康，在编在职，同意申领执法证件。", **_DECLARED},
        button="submit",
    )
    page.expect("审查")
    return (
        f"{walk.application_number}: photo, education, 72 hours, two papers with proofs; submitted to Kunshan"
    )


def _act(walk: Walk, username: str, action: str, reason: str = "") -> Page:
    person = walk.person("province", username)
    page = person.open("/").expect(walk.subject.name)
    page = person.open(f"/applications/{walk.application_number}/")
    form = page.form(action=f"/{action}/")
    return person.submit(page, form, {"reason": reason} if reason else {})


def approval(walk: Walk) -> str:
    """Review with a return for correction, again, then verification and approval, each from the queue."""
    _act(walk, "kunshan-reviewer", "return-for-correction", "单位意见请写明从事执法岗位的时间")
    registrar = walk.person("province", "kunshan-registrar")
    page = registrar.open(f"/applications/{walk.application_number}/").expect(
        "单位意见请写明从事执法岗位的时间"
    )
    registrar.submit(
        page,
        page.form(with_field="statement"),
        {
            "statement": "该同志2019年4月起从事执法工作，政治合格，遵纪守法，身体健康，同意申领执法证件。",
            **_DECLARED,
        },
        button="submit",
    )
    _act(walk, "kunshan-reviewer", "pass-review", "材料齐全，同意上报")
    _act(walk, "suzhou-verifier", "pass-verification", "经核审，符合条件")
    _act(walk, "approver", "approve", "同意")
    return "returned once, corrected; reviewed, verified, approved by three people"


def filing(walk: Walk) -> str:
    """The ministry's reviewer files the case; the signed receipt comes back to the province."""
    reviewer = walk.person("ministry", "filing")
    page = wait_for(
        "the case at the ministry",
        lambda: (p := reviewer.open("/filings/")) and (p if walk.subject.name in p.text else None),
    )
    page = reviewer.open(page.link(walk.subject.name)).expect("钱立本", "陆正平", "沈国栋")
    page = reviewer.open(page.link("grant"))
    form = page.form(action="/grant/")
    # Asked for only if the filing was drawn for a closer look.
    how = {"reason": "调阅培训和考试证明，与报送的摘要一致"} if "reason" in form.names else {}
    reviewer.submit(page, form, how)
    approver = walk.person("province", "approver")
    page = wait_for(
        "the receipt at the province",
        lambda: (
            (p := approver.open(f"/filing-requests/{walk.application_number}/"))
            and (p if "回执已验证" in p.text else None)
        ),
    )
    return "granted; the receipt verifies under the ministry's log key"
