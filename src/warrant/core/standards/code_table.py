"""Code tables: one CSV file a table, looked up by code, official name or a spelling in use."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import resources

from warrant.core.errors import N_, InvalidInput


@dataclass(frozen=True)
class Code:
    """One line of a code table. ``name`` is the official Chinese name, ``extra`` holds the table's own columns."""

    code: str
    name: str
    english: str
    aliases: tuple[str, ...] = ()
    extra: dict[str, str] = field(default_factory=dict, compare=False, hash=False)


class CodeTable:
    """An ordered code table. Lookups by text ignore case and blanks; nothing is guessed."""

    def __init__(self, title: str, codes: tuple[Code, ...]) -> None:
        self.title = title
        self.codes = codes
        self._by_code = {code.code: code for code in codes}
        self._by_spelling: dict[str, Code] = {}
        for code in codes:
            for spelling in (code.code, code.name, *code.aliases):
                known = self._by_spelling.setdefault(_folded(spelling), code)
                if known is not code:
                    raise ValueError(f"{title}: {spelling} stands for both {known.code} and {code.code}")

    def __iter__(self) -> Iterator[Code]:
        return iter(self.codes)

    def __len__(self) -> int:
        return len(self.codes)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def by_code(self, code: str) -> Code:
        """Return the line with exactly this code.

        Raises: InvalidInput("unknown-code").
        """
        found = self._by_code.get(code)
        if found is None:
            raise InvalidInput(
                "unknown-code", N_("代码 %(value)s 不在《%(table)s》中"), value=code, table=self.title
            )
        return found

    def find(self, text: str) -> Code | None:
        """Return the line whose code, name or usual spelling is ``text``; None when there is none."""
        return self._by_spelling.get(_folded(text))

    def names(self) -> tuple[str, ...]:
        """Return the official names, in table order."""
        return tuple(code.name for code in self.codes)


def _folded(text: str) -> str:
    return "".join(text.split()).lower()


def load(stem: str, title: str) -> CodeTable:
    """Read ``tables/<stem>.csv``: code, name, english, aliases (separated by ``;``), then the table's own columns."""
    source = resources.files(__package__).joinpath("tables", f"{stem}.csv").read_text(encoding="utf-8")
    codes = []
    for line in csv.DictReader(source.splitlines()):
        aliases = tuple(alias for alias in line.pop("aliases").split(";") if alias)
        code, name, english = line.pop("code"), line.pop("name"), line.pop("english")
        codes.append(Code(code=code, name=name, english=english, aliases=aliases, extra=dict(line)))
    return CodeTable(title, tuple(codes))
