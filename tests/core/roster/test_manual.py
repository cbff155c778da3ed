"""The manual names every finding that the rules can make."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
RULES = [*(ROOT / "src/warrant/core/roster").glob("*.py"), ROOT / "src/warrant/core/standards/id_number.py"]
CALLS = {"error", "warn", "warn_at", "fix", "Finding", "InvalidInput", "_step"}


def codes_in(source):
    """The kebab-case texts among the arguments of the calls that make findings."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in CALLS:
            for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
                text = argument.value if isinstance(argument, ast.Constant) else None
                if isinstance(text, str) and re.fullmatch(r"[a-z]+(-[a-z]+)*", text):
                    yield text


def test_every_finding_code_is_explained_in_the_manual():
    manual = (ROOT / "docs" / "manual" / "roster.md").read_text(encoding="utf-8")
    codes = {code for source in RULES for code in codes_in(source)}
    assert {"duplicate-in-file", "id-checksum", "formula", "lower-x"} <= codes
    assert sorted(code for code in codes if f"`{code}`" not in manual) == []
