"""What import-linter cannot see: references by string, templates, translations, traces of a machine."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils import translation

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "warrant"
APPS = [
    "foundation",
    "audit",
    "organisations",
    "accounts",
    "regulations",
    "exports",
    "officers",
    "rosters",
    "training",
    "examinations",
    "assessments",
    "eligibility",
    "applications",
    "filing",
]
APPS += ["certificates", "reviews", "cardcentre", "detectors", "exchange", "supervision", "publication"]
HAN = re.compile(r"[\u4e00-\u9fff]")


def messages_of(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        if path.suffix not in (".py", ".jinja") or "locale" in path.parts:
            continue
        method = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
        options = (
            {} if path.suffix == ".py" else {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}
        )
        options |= (
            {}
            if path.suffix == ".py"
            else {"extensions": "jinja2.ext.do", "trim_blocks": "true", "lstrip_blocks": "true"}
        )
        keywords = {"_": None, "N_": None, "gettext": None, "gettext_lazy": None, "ngettext": (1, 2)}
        with path.open("rb") as source:
            for line, message, _comments, _context in extract(method, source, keywords, options=options):
                for text in message if isinstance(message, tuple) else [message]:
                    if text and HAN.search(text):
                        yield text, f"{path.relative_to(ROOT)}:{line}"


def catalogue_of(folder: Path) -> dict[str, str]:
    path = folder / "locale" / "en" / "LC_MESSAGES" / "django.po"
    if not path.exists():
        return {}
    with path.open("rb") as source:
        entries = [entry for entry in read_po(source, locale="en") if entry.id]
    pairs = [
        (entry.id, entry.string) if isinstance(entry.id, tuple) else ((entry.id,), (entry.string,))
        for entry in entries
    ]
    return {key: text for keys, texts in pairs for key, text in zip(keys, texts, strict=False)}


FOLDERS = [SOURCE / "core", SOURCE / "adapters", SOURCE / "nodes", *(SOURCE / "apps" / app for app in APPS)]


@pytest.fixture(scope="module")
def english() -> dict[str, str]:
    """Every catalogue together, as Django merges them."""
    return {key: text for folder in FOLDERS for key, text in catalogue_of(folder).items()}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_chinese_text_has_its_english(folder: Path, english: dict[str, str]):
    missing = {text: place for text, place in messages_of(folder) if not english.get(text)}
    assert not missing


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_translations_keep_the_places_of_their_fields(folder: Path):
    for text, translated in catalogue_of(folder).items():
        assert set(re.findall(r"%\((\w+)\)", text)) == set(re.findall(r"%\((\w+)\)", translated)), text


LEDGER_ONLY = {"内容", "打印销毁记录"}
"""What the ledger's pages say in words of their own; elsewhere the other words would do as well."""


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_button_does_not_read_as_the_ledger_does(folder: Path):
    ledger = catalogue_of(SOURCE / "apps" / "audit")
    own = {key: text for key, text in catalogue_of(folder).items() if key in ledger.keys() - LEDGER_ONLY}
    with translation.override("en"):
        shown = {key: translation.gettext(key) for key in own}
    wrong = {key: shown[key] for key, text in own.items() if shown[key].lower() != text.lower()}
    assert not {key: text for key, text in wrong.items() if text == ledger[key]}


def test_foreign_keys_name_classes_not_strings():
    for path in SOURCE.rglob("models.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_key = isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {
                "ForeignKey",
                "OneToOneField",
                "ManyToManyField",
            }
            if is_key and node.args and isinstance(node.args[0], ast.Constant):
                assert node.args[0].value == "self", f"{path}:{node.lineno} names a model by string"


def test_no_django_signals():
    for path in (SOURCE / "apps").rglob("*.py"):
        assert "django.db.models.signals" not in path.read_text(encoding="utf-8"), path


def test_templates_hold_no_inline_style_or_script():
    for path in (SOURCE / "apps").rglob("*.jinja"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=\"", text), path


def test_only_nodes_know_a_role():
    for path in [*(SOURCE / "apps").rglob("*.py"), *(SOURCE / "adapters").rglob("*.py")]:
        text = path.read_text(encoding="utf-8")
        compared = re.findall(r"kind\s*[!=]=\s*[\"'](?:ministry|province|public)[\"']", text)
        allowed = 1 if path.name == "outbox.py" else 0  # the ministry has a log for each peer
        assert len(compared) <= allowed, path


def test_nothing_in_the_repository_tells_of_a_machine():
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    pattern = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|/home/|/root/|\.\./shared")
    for name in listed:
        path = ROOT / name
        if path.suffix in {".png", ".xlsx", ".pdf"} or name == "tests/meta/test_code_base.py":
            continue
        assert not pattern.search(path.read_text(encoding="utf-8")), name
