"""The English catalogues of training and applications hold every text of their source."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from warrant.apps import applications, training

KEYWORDS = {"_": None, "N_": None, "translate": None}
JINJA = {"extensions": "jinja2.ext.i18n,jinja2.ext.do", "trim_blocks": "true", "lstrip_blocks": "true"}


@pytest.mark.parametrize("app", [applications, training])
def test_every_text_has_its_english(app: ModuleType) -> None:
    root = Path(str(app.__file__)).parent
    catalogue = read_po((root / "locale/en/LC_MESSAGES/django.po").open("rb"), locale="en")
    found = extract_from_dir(
        str(root),
        [("**.py", "python"), ("**.jinja", "jinja2")],
        {"**.jinja": JINJA},
        keywords=KEYWORDS,
    )
    texts = {message for _, _, message, _, _ in found if isinstance(message, str) and not message.isascii()}
    assert texts == {message.id for message in catalogue if message.id and message.string}


@pytest.mark.parametrize("app", [applications, training])
def test_every_english_text_fills_the_same_places(app: ModuleType) -> None:
    root = Path(str(app.__file__)).parent
    catalogue = read_po((root / "locale/en/LC_MESSAGES/django.po").open("rb"), locale="en")
    wrong = [message.id for message in catalogue if message.id and list(message.check())]
    assert wrong == []
