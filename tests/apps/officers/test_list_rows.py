"""The rows of the list as HTML: everything is escaped, and words follow the language."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation

from warrant.apps.foundation import clock
from warrant.apps.officers.selectors import listing_page
from warrant.apps.officers.selectors.listing_page import ListRow
from warrant.apps.officers.views.listing_rows import rows_as_html

ROW = ListRow(7, "<李>&'", True, [("<b>", "clip", ""), ("有效", "state", "valid"), ("41", "number", "")])


def test_a_row_is_escaped_wherever_a_text_stands() -> None:
    assert rows_as_html([ROW], "/officers/", can_choose=True) == (
        '<tr class="left"><td><input type="checkbox" name="pk" value="7" aria-label="&lt;李&gt;&amp;&#x27;"></td>'
        '<th scope="row"><a href="/officers/7/">&lt;李&gt;&amp;&#x27;</a></th><td class="clip">&lt;b&gt;</td>'
        '<td><span class="state toned tone-valid">有效</span></td><td class="number">41</td>'
        '<td class="look"></td></tr>'
    )


def test_who_may_do_nothing_gets_no_boxes() -> None:
    assert "checkbox" not in rows_as_html([ROW], "/officers/", can_choose=False)


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "男"), ("en", "male")])
def test_a_remembered_cell_speaks_the_language_of_the_request(language: str, word: str) -> None:
    with translation.override(language):
        assert listing_page._drawing("sex", ("name", "sex"))(("李", "1")) == (word, "", "")


def test_an_age_is_that_of_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    for on, age in ((date(2026, 5, 1), "39"), (date(2026, 5, 2), "40")):
        monkeypatch.setattr(clock, "today", lambda on=on: on)
        assert listing_page._drawing("age", ("birth_on",))((date(1986, 5, 2),)) == (age, "number", "")
