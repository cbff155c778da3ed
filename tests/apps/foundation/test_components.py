"""The page shell's parts: accessible, escaped, light, complete in two languages."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from django import forms
from jinja2 import Environment, FileSystemLoader

from warrant.apps import foundation
from warrant.apps.foundation.pages import Shell, ShellAccount, ShellItem, ShellSection
from warrant.apps.foundation.work import FirstPage, WorkItem
from warrant.nodes.jinja import environment

HERE = Path(foundation.__file__).parent
STYLES = HERE / "static" / "warrant"
NOW = datetime(2026, 11, 22, 8, 45, tzinfo=UTC)
REQUEST = SimpleNamespace(path="/officers/", get_full_path=lambda: "/officers/?page=2")


@pytest.fixture(scope="module")
def pages() -> Environment:
    made = environment(loader=FileSystemLoader(HERE / "jinja2"), autoescape=True)
    made.globals.update(
        static=lambda path: f"/static/{path}",
        url=lambda name, **_: f"/{name}/",
        get_messages=lambda request: [],
    )
    return made


@pytest.fixture(scope="module")
def parts(pages: Environment) -> Any:
    return pages.get_template("components.jinja").module


REVIEWER = ShellAccount("顾庭芳", "昆山市交通运输局", ("审查员",))


def shell(account: ShellAccount | None = REVIEWER) -> Shell:
    navigation = [ShellSection("人员", [ShellItem("执法人员", "/officers/", "users", True, 3)])]
    return Shell("江苏省交通运输厅", "province", account, navigation, "zh-hans", NOW)


def render(pages: Environment, name: str, **context: Any) -> str:
    return pages.get_template(name).render(
        **{"shell": shell(), "request": REQUEST, "csrf_input": "", "csrf_token": "token", **context}
    )


class OfficerForm(forms.Form):
    name = forms.CharField(label="姓名", help_text="与居民身份证一致")
    number = forms.CharField(label="身份证号", required=False)


def officer_form(**typed: str) -> OfficerForm:
    form = OfficerForm(typed)
    form.is_valid()
    return form


CHAIN = [
    {"title": "审批", "at": "2026-10-27", "unit": "江苏省交通运输厅", "person": "许承安", "tone": "whole"},
    {
        "title": "备案",
        "tone": "broken",
        "note": "成绩不一致",
        "cure": "更正后重新报送",
        "cure_url": "/filings/7/",
    },
    {"title": "制卡", "tone": "pending"},
]


def test_components_page_shows_every_component_without_inline_style_or_script(pages: Environment) -> None:
    page = render(pages, "components_page.jinja")
    assert not re.search(r"\s(style|on[a-z]+)=", page)
    assert not re.search(r"<script(?![^>]*\ssrc=)", page)
    assert "<style" not in page


def test_a_state_always_carries_its_word(parts: Any) -> None:
    assert parts.icon_state("有效", "valid") == '<span class="state tone-valid toned">有效</span>'


def test_a_broken_link_shows_its_reason_and_its_cure(parts: Any) -> None:
    shown = parts.chain(CHAIN)
    assert '<li class="broken noted">' in shown
    assert "<strong>成绩不一致</strong>" in shown
    assert '<a href="/filings/7/">更正后重新报送</a>' in shown
    assert "（中断）" in shown


def test_a_link_shows_date_unit_and_person(parts: Any) -> None:
    shown = parts.chain(CHAIN[:1])
    assert [shown.count(words) for words in ("<time>2026-10-27</time>", "江苏省交通运输厅", "许承安")] == [
        1,
        1,
        1,
    ]


def test_the_short_chain_names_the_step_where_it_broke(parts: Any) -> None:
    assert "断于备案" in parts.chain_short(CHAIN)


def test_a_chain_with_steps_to_come_is_not_called_complete(parts: Any) -> None:
    assert "已完成 1/2" in parts.chain_short([CHAIN[0], CHAIN[2]])
    assert "链条完整" in parts.chain_short(CHAIN[:1])


def test_an_error_stands_beside_its_field_and_is_announced(parts: Any) -> None:
    shown = parts.field(officer_form(name="")["name"])
    assert 'aria-describedby="id_name_error id_name_helptext"' in shown
    assert 'aria-invalid="true"' in shown
    assert '<p class="errors toned tone-broken" id="id_name_error">' in shown
    assert '<p class="help" id="id_name_helptext">与居民身份证一致</p>' in shown


def test_what_was_typed_is_still_there_and_escaped(parts: Any) -> None:
    shown = parts.field(officer_form(number='"><script>')["number"])
    assert 'value="&quot;&gt;&lt;script&gt;"' in shown


def test_the_error_summary_links_to_each_field(parts: Any) -> None:
    form = officer_form(name="")
    form.add_error("number", "应为 18 位 <b>")
    shown = parts.error_summary(form)
    assert "有 2 处需要改正" in shown
    assert '<a href="#id_name">' in shown
    assert '<a href="#id_number">身份证号：应为 18 位 &lt;b&gt;</a>' in shown


def test_a_form_without_errors_has_no_summary(parts: Any) -> None:
    assert parts.error_summary(officer_form(name="林书白")) == ""


def test_a_row_opens_from_its_first_cell_and_an_empty_cell_is_a_dash(parts: Any) -> None:
    columns = [{"key": "name", "label": "姓名"}, {"key": "number", "label": "证件编号"}]
    shown = parts.table(columns, [{"name": "<林>", "number": None, "url": "/officers/1/"}], "名册")
    assert '<th scope="row"><a href="/officers/1/">&lt;林&gt;</a></th>' in shown
    assert '<td><span class="soft" aria-hidden="true">—</span></td>' in shown


def test_a_sorted_column_says_so(parts: Any) -> None:
    columns = [{"key": "name", "label": "姓名", "sort_url": "?sort=-name", "sorted": "ascending"}]
    assert 'aria-sort="ascending"' in parts.table(columns, [{"name": "林书白"}], "名册")


def test_a_page_that_does_not_exist_cannot_be_turned_to(parts: Any) -> None:
    shown = parts.pager("?after=x", "", "128")
    assert '<span class="button" aria-disabled="true">上一页</span>' in shown
    assert 'href="?after=x"' in shown


def test_progress_tells_the_truth(parts: Any) -> None:
    assert '<progress value="372" max="1280"' in parts.progress(372, 1280, "正在核对名册")


@pytest.mark.parametrize(("days", "words"), [(0, "今天收到"), (9, "已等 9 天")])
def test_the_queue_says_how_long_it_has_waited(pages: Environment, days: int, words: str) -> None:
    item = WorkItem("review", "资格申请：林书白", "昆山市交通运输局", "/a/1/", NOW - timedelta(days=days))
    assert words in render(pages, "home.jinja", page=FirstPage([item], []))


def test_an_empty_queue_says_what_happens_next(pages: Environment) -> None:
    assert "现在没有等您办理的事项" in render(pages, "home.jinja", page=FirstPage())


@pytest.mark.parametrize("status", [400, 403, 404, 409, 500, 503])
@pytest.mark.parametrize("account", [None, REVIEWER])
def test_an_error_page_says_what_where_and_how_to_cure(
    pages: Environment, status: int, account: ShellAccount | None
) -> None:
    page = render(
        pages, "error.jinja", shell=shell(account), status=status, code="wrong-state", message="已被他人审查"
    )
    for words in ("已被他人审查", "/officers/", "如何处理", f"{status} wrong-state"):
        assert words in page


def test_an_error_inside_the_shell_itself_still_gets_a_page(pages: Environment) -> None:
    assert "系统内部出错" in pages.get_template("error.jinja").render(status=500)


def test_form_and_confirm_pages_keep_the_token_and_post(pages: Environment) -> None:
    context = {"page_title": "登记", "form": OfficerForm(), "question": "确认？", "csrf_input": "TOKEN"}
    for name in ("page_form.jinja", "page_confirm.jinja"):
        assert re.search(
            r'<form class="panel[^"]*" method="post"[^>]*>\s*TOKEN', render(pages, name, **context)
        )


def test_a_list_of_fifty_is_below_sixty_kilobytes(pages: Environment) -> None:
    columns = [{"key": key, "label": "执法单位"} for key in ("name", "agency", "category", "number", "until")]
    columns += [
        {"key": "state", "label": "状态", "kind": "state"},
        {"key": "links", "label": "授权链", "kind": "chain"},
    ]
    row: dict[str, Any] = dict.fromkeys(
        ("name", "agency", "category", "number", "until"), "苏州市交通运输综合行政执法支队"
    )
    row |= {"state": {"word": "有效", "tone": "valid"}, "links": [CHAIN[0]] * 9, "url": "/officers/123456/"}
    page = render(pages, "page_list.jinja", page_title="名册", columns=columns, rows=[row] * 50)
    assert len(page.encode()) < 60_000


def test_style_sheets_stay_small() -> None:
    assert (STYLES / "warrant.css").stat().st_size < 24_576
    assert (STYLES / "public.css").stat().st_size < 5_000
    assert (STYLES / "warrant.js").stat().st_size < 16_000


def test_the_public_answer_is_below_thirty_kilobytes(pages: Environment) -> None:
    source = (
        '{% extends "public_shell.jinja" %}{% from "public_components.jinja" import answer, person, rights, check_form %}'
        '{% block main %}{{ answer("有效", "valid", "现在有权执法。", "2026-11-22 16:45") }}'
        '{{ person("/photo", "林书白", [("单位", "昆山市交通运输局")] * 6) }}{{ rights("您可以", ["核对照片"] * 6) }}'
        '{{ check_form("/") }}{% endblock %}'
    )
    page = pages.from_string(source).render(shell=shell(None), request=REQUEST, csrf_input="")
    assert 'class="answer valid"' in page
    assert "<script" not in page
    assert len(page.encode()) + (STYLES / "public.css").stat().st_size < 30_000


@pytest.mark.parametrize("name", ["warrant.css", "chain.css", "print.css"])
def test_only_the_tokens_name_a_colour(name: str) -> None:
    assert not re.findall(r"(?:#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\()", (STYLES / name).read_text())


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


TEXT_ON_GROUND = [
    *[
        (ink, ground)
        for ink in ("ink", "ink-soft", "ink-faint", "action")
        for ground in ("ground", "surface", "sunken")
    ],
    *[("action", ground) for ground in ("chosen", "hover", "raised", "broken-ground")],
    *[(tone, f"{tone}-ground") for tone in ("valid", "waiting", "attention", "broken", "ended")],
    *[(tone, "surface") for tone in ("valid", "waiting", "attention", "broken", "ended")],
    *[("ink", f"{tone}-ground") for tone in ("valid", "waiting", "attention", "broken", "ended")],
    *[("bar-ink", ground) for ground in ("bar-ground", "bar-field")],
    *[("bar-soft", ground) for ground in ("bar-ground", "bar-field")],
    ("on-action", "action"),
    ("surface", "broken"),
    ("surface", "valid"),
]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_reaches_wcag_aa_contrast(theme: str) -> None:
    light, dark = (STYLES / "tokens.css").read_text().split("@media screen", 1)
    tokens = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", light))
    if theme == "dark":
        tokens |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", dark))
    weak = [(ink, ground) for ink, ground in TEXT_ON_GROUND if contrast(tokens[ink], tokens[ground]) < 4.5]
    assert weak == []
    assert contrast("#000", "#fff") == pytest.approx(21)  # WCAG 2.1, definition of contrast ratio


def source_messages() -> set[str]:
    found = extract_from_dir(
        str(HERE),
        method_map=[("**.py", "python"), ("**.jinja", "jinja2.ext:babel_extract")],
        keywords={"_": None, "N_": None, "ngettext": (1, 2)},
    )
    return {
        message if isinstance(message, str) else message[0]
        for _file, _line, message, _notes, _context in found
    }


def test_every_message_of_foundation_has_its_english() -> None:
    with (HERE / "locale/en/LC_MESSAGES/django.po").open("rb") as file:
        catalogue = read_po(file, locale="en")
    assert sorted(message for message in source_messages() if not catalogue.get(message)) == []


def test_translations_keep_the_places_of_the_source() -> None:
    with (HERE / "locale/en/LC_MESSAGES/django.po").open("rb") as file:
        catalogue = read_po(file, locale="en")
    for message in catalogue:
        if message.id:
            source, *_plural = message.id if isinstance(message.id, tuple) else (message.id,)
            for text in message.string if isinstance(message.string, tuple) else (message.string,):
                assert sorted(re.findall(r"%\(\w+\)s", str(source))) == sorted(
                    re.findall(r"%\(\w+\)s", str(text))
                )
