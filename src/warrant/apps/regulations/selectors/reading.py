"""Regulations in words: lines, values and differences as people read them, in the language of the request."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from warrant.apps.regulations.selectors.current import module_of
from warrant.apps.regulations.types import COMMON_LABELS
from warrant.core.regulation import Content, RegulationKind, lines_of
from warrant.core.regulation.fields import (
    ChangeKind,
    Describer,
    Field,
    FieldKind,
    LineChange,
    Names,
    Path,
    by_value,
    compare,
    leaves,
)

_BRACKETED = re.compile(r"\s*[（(].*[)）]")
LANGUAGES = frozenset({"zh", "en"})
SAID_APART = frozenset({"id", "title", "parameters", "basis", "is_assumption", "is_asked", "cure"})
"""What a line shows in places of its own."""


@dataclass(frozen=True)
class LineView:
    """One line as it is shown: ``values`` are (label, text); ``mark`` says that it is the province's own or changed."""

    identity: str
    title: str
    values: Sequence[tuple[str, str]]
    basis: str
    cure: str
    is_assumption: bool
    is_asked: bool
    mark: str = ""


@dataclass(frozen=True)
class ChangeView:
    """One changed line: rows are (label, before, after)."""

    kind: ChangeKind
    word: str
    tone: str
    title: str
    rows: Sequence[tuple[str, str, str]]


class Wording:
    """How one kind's module calls and describes its values."""

    def __init__(self, kind: RegulationKind) -> None:
        module: ModuleType = module_of(kind)
        self._labels: Mapping[str, str] = getattr(module, "LABELS", {})
        self._choices: Mapping[str, Mapping[str, str]] = getattr(module, "CHOICES", {})
        self._describe: Describer = getattr(module, "describe", by_value)
        self.blanks: Mapping[str, Content] = getattr(module, "BLANK_ROWS", {})
        self.read_only: frozenset[str] = getattr(module, "READ_ONLY", frozenset())
        self._title_parts: tuple[str, ...] = getattr(module, "TITLE_PARTS", ())

    def title(self, identity: str, line: Content) -> str:
        """Return how a line is called: by its title, or by the values that its module names."""
        title = line.get("title")
        if isinstance(title, Mapping):
            return in_language(title)
        parts = [self.text(line, (name,), line[name]) for name in self._title_parts if name in line]
        return " · ".join(parts) or identity

    def describe(self, line: Content, names: Names) -> Field | None:
        """Return what kind of field lies at a path, where the module says it."""
        found = self._describe(line, names)
        if found is None and names and names[-1] in self._choices:
            choices = self._choices[names[-1]]
            value = _value_at(line, names)
            is_many = isinstance(value, (list, tuple))
            return Field(FieldKind.CHOICES if is_many else FieldKind.CHOICE, choices=choices)
        return found

    def one_label(self, line: Content, names: Names) -> str:
        """Return how the last part of a path is called."""
        found = self._describe(line, names)
        if found is not None and found.label:
            return _(found.label)
        name = names[-1]
        known = self._labels.get(name) or COMMON_LABELS.get(name)
        return _(known) if known else name

    def label(self, line: Content, path: Path) -> str:
        """Return how a value is called: every part of its way, rows counted from 1."""
        parts: list[str] = []
        names: list[str] = []
        for part in path:
            if isinstance(part, int):
                parts[-1] = f"{parts[-1]} {part + 1}"
                continue
            names.append(part)
            if part == "parameters":
                continue
            word = self.one_label(line, tuple(names))
            if part in LANGUAGES and parts:
                parts[-1] = _("%(label)s（%(language)s）") % {"label": parts[-1], "language": word}
            else:
                parts.append(word)
        return " · ".join(parts)

    def text(self, line: Content, names: Names, value: Any) -> str:
        """Return a value in words; codes by their names."""
        described = self.describe(line, names)
        choices = described.choices if described is not None else {}
        if isinstance(value, Mapping):
            if LANGUAGES & value.keys():
                return in_language(value)
            return "，".join(
                f"{self.one_label(line, (*names, name))} {self.text(line, (*names, name), inner)}"
                for name, inner in value.items()
            )
        if choices and isinstance(value, (list, tuple)) and set(value) == set(choices):
            return _("全部")
        if isinstance(value, (list, tuple)):
            separator = "\n" if any(isinstance(one, Mapping) for one in value) else "、"
            return separator.join(self._row(line, names, one) for one in value) or _("无")
        if isinstance(value, bool):
            return _("是") if value else _("否")
        if value is None or value == "":
            return "—"
        return _(choices[value]) if value in choices else str(value)

    def _row(self, line: Content, names: Names, value: Any) -> str:
        if not isinstance(value, Mapping):
            return self.text(line, names, value)
        return " · ".join(self._part(line, (*names, name), inner) for name, inner in value.items())

    def _part(self, line: Content, names: Names, value: Any) -> str:
        """Return one value of a row; a bare number says what it counts."""
        text = self.text(line, names, value)
        if isinstance(value, int) and not isinstance(value, bool):
            return f"{_BRACKETED.sub('', self.one_label(line, names))} {text}"
        return text


def in_language(texts: Mapping[str, Any]) -> str:
    """Return the text of the request's language, or the other one."""
    wanted = "en" if (translation.get_language() or "").startswith("en") else "zh"
    return str(texts.get(wanted) or texts.get("zh") or texts.get("en") or "")


def _value_at(line: Content, names: Names) -> Any:
    value: Any = line
    for name in names:
        while isinstance(value, (list, tuple)) and value and isinstance(value[0], Mapping):
            value = value[0]
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def line_views(
    kind: RegulationKind, content: Content, marks: Mapping[str, str] | None = None
) -> list[LineView]:
    """Return the lines in their order; ``marks`` by the line's id."""
    wording = Wording(kind)
    return [
        _line_view(wording, identity, line, (marks or {}).get(identity, ""))
        for identity, line in lines_of(content).items()
    ]


def _goes_without_saying(value: Any) -> bool:
    """Tell whether a value is empty or says no: a table of many lines is read for what they do say."""
    return value is None or value is False or value in ("", [], ())


def _line_view(wording: Wording, identity: str, line: Content, mark: str) -> LineView:
    values = [
        (wording.one_label(line, (name,)), wording.text(line, (name,), value))
        for name, value in line.items()
        if name not in SAID_APART and name not in wording.read_only and not _goes_without_saying(value)
    ]
    parameters = line.get("parameters")
    if isinstance(parameters, Mapping):
        values = [
            *(
                (
                    wording.one_label(line, ("parameters", name)),
                    wording.text(line, ("parameters", name), value),
                )
                for name, value in parameters.items()
                if not _goes_without_saying(value)
            ),
            *values,
        ]
    basis, cure = line.get("basis"), line.get("cure")
    return LineView(
        identity,
        wording.title(identity, line),
        values,
        in_language(basis) if isinstance(basis, Mapping) else "",
        in_language(cure) if isinstance(cure, Mapping) else "",
        line.get("is_assumption") is True,
        line.get("is_asked") is not False,
        mark,
    )


def rest_of(content: Content) -> dict[str, Any]:
    """Return what stands beside the lines."""
    return {name: value for name, value in content.items() if name != "lines"}


def rest_values(kind: RegulationKind, content: Content) -> list[tuple[str, str]]:
    """Return what stands beside the lines as (label, text)."""
    wording, rest = Wording(kind), rest_of(content)
    return [
        (wording.label(rest, leaf.path), wording.text(rest, leaf.names, leaf.value))
        for leaf in leaves(rest, wording.describe)
    ]


_CHANGE_TONES: Mapping[ChangeKind, str] = {
    ChangeKind.ADDED: "valid",
    ChangeKind.REMOVED: "broken",
    ChangeKind.CHANGED: "attention",
}


def change_word(kind: ChangeKind) -> str:
    """Return what became of a line, in a word."""
    return {ChangeKind.ADDED: _("新增"), ChangeKind.REMOVED: _("删去"), ChangeKind.CHANGED: _("修改")}[kind]


def change_views(kind: RegulationKind, before: Content, after: Content) -> list[ChangeView]:
    """Return what differs between two contents, line by line, in words."""
    wording = Wording(kind)
    return [_change_view(wording, change) for change in compare(before, after)]


def _change_view(wording: Wording, change: LineChange) -> ChangeView:
    line = change.line
    if change.kind is ChangeKind.CHANGED:
        rows = [
            (
                wording.label(line, one.path),
                _said(wording, line, one.path, one.before),
                _said(wording, line, one.path, one.after),
            )
            for one in change.differences
        ]
    else:
        is_new = change.kind is ChangeKind.ADDED
        view = _line_view(wording, change.identity, line, "")
        rows = [(label, "" if is_new else text, text if is_new else "") for label, text in view.values]
    title = wording.title(change.identity, line) if change.identity else _("总则")
    return ChangeView(change.kind, change_word(change.kind), _CHANGE_TONES[change.kind], title, rows)


def _said(wording: Wording, line: Content, path: Path, value: Any) -> str:
    return wording.text(line, tuple(part for part in path if isinstance(part, str)), value)
