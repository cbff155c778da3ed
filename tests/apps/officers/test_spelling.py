"""How names are ordered and found."""

from __future__ import annotations

import pytest

from warrant.apps.officers.services.spelling import (
    name_tokens,
    ordered_tokens,
    search_form,
    sort_key,
    syllables,
)


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        ("单雄信", ["shan", "xiong", "xin"]),
        ("曾国", ["zeng", "guo"]),
        ("仇英", ["qiu", "ying"]),
        ("解缙", ["xie", "jin"]),
        ("区大相", ["ou", "da", "xiang"]),
        ("乐史", ["yue", "shi"]),
        ("覃元", ["qin", "yuan"]),
        ("万俟雅言", ["mo", "qi", "ya", "yan"]),
        ("欧阳修", ["ou", "yang", "xiu"]),
    ],
)
def test_surnames_are_read_as_surnames(name: str, reading: list[str]) -> None:
    assert syllables(name) == reading


def test_sort_key_is_ascii_and_keeps_equal_names_together() -> None:
    keys = sorted(
        [sort_key("张伟"), sort_key("章伟"), sort_key("张伟"), sort_key("张三"), sort_key("阿卜杜·热合曼")]
    )
    assert all(key.isascii() for key in keys)
    assert keys[2] == "zhang wei 5f204f1f"
    assert keys[2] == keys[3]


def test_a_character_without_a_reading_stands_last_and_can_be_found() -> None:
    assert sort_key("\U0002b5ef某") > sort_key("左某") or sort_key("\U0002b5ef某").isascii()
    assert "\U0002b5ef某" in name_tokens("\U0002b5ef某")


def test_a_name_is_found_by_any_part_its_pinyin_and_its_initials() -> None:
    assert name_tokens("曾国藩") == {
        "曾国藩",
        "国藩",
        "藩",
        "zengguofan",
        "guofan",
        "fan",
        "zgf",
        "gf",
        "f",
        "曾",
        "国",
        "zeng",
        "guo",
        "zg",
        "z",
        "g",
    }


def test_short_tokens_keep_the_sort_key_and_longer_ones_do_not() -> None:
    kept = dict(ordered_tokens("曾国藩", "zeng guo fan"))
    short = {token for token, key in kept.items() if key == "zeng guo fan"}
    assert short == {"曾", "国", "藩", "zeng", "guo", "fan", "zg", "gf", "z", "g", "f"}
    assert {token for token, key in kept.items() if key is None} == {
        "曾国藩",
        "国藩",
        "zengguofan",
        "guofan",
        "zgf",
    }


def test_second_readings_are_found_but_not_ordered_by() -> None:
    assert {"qin", "tan"} <= {token[:3] for token in name_tokens("覃元")}
    assert sort_key("覃元").startswith("qin ")


def test_typed_text_meets_the_tokens() -> None:
    assert search_form(" Zhang Wei ") == "zhangwei"
    assert search_form("阿卜杜·热合曼") == "阿卜杜热合曼"
    assert search_form("Lü") == "lv"
