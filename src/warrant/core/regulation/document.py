"""The content of a regulation: its exact bytes, and how a province's differences are laid over the nation's text.

Content is JSON: objects, lists, texts, whole numbers, booleans and null. What is listed under ``lines`` has an ``id`` each.
Fractions are written as texts, because two programs may write the same fraction differently.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from warrant.core.errors import N_, InvalidInput

Content = Mapping[str, Any]
Line = Mapping[str, Any]

LINES = "lines"
DROPPED = "dropped"
DEEPEST = 12


def canonical(content: Content) -> bytes:
    """Return the content as bytes: JSON in UTF-8, names sorted, no blanks. Equal content gives equal bytes.

    Raises:
        InvalidInput: it holds a fraction or something that JSON has not; ``place`` is the way there (``lines.3.years``).
    """
    _check_json(content, "", 0)
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(content: Content) -> str:
    """Return the SHA-256 of the canonical bytes, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(content)).hexdigest()


def lines_of(content: Content) -> dict[str, Line]:
    """Return the lines by their id, in their order.

    Raises:
        InvalidInput: ``lines`` is no list, or a line has no id of its own; ``place`` names it.
    """
    lines = content.get(LINES, [])
    if not isinstance(lines, Sequence) or isinstance(lines, str):
        raise InvalidInput("lines-not-a-list", N_("“lines”应为列表"), place=LINES)
    found: dict[str, Line] = {}
    for count, line in enumerate(lines):
        identity = line.get("id") if isinstance(line, Mapping) else None
        if not isinstance(identity, str) or not identity:
            raise InvalidInput(
                "line-without-id", N_("这一条没有编号，请填写编号"), place=f"{LINES}.{count}.id"
            )
        if identity in found:
            raise InvalidInput(
                "line-twice", N_("编号“%(id)s”出现了两次"), place=f"{LINES}.{count}.id", id=identity
            )
        found[identity] = line
    return found


def resolve(layers: Iterable[Content]) -> dict[str, Any]:
    """Return the content that counts when ``layers`` are laid over one another: the nation first, then the province.

    A later layer's line takes the place of the earlier line with its id, a new one stands at the end, and a line with
    ``"dropped": true`` takes the earlier one away. Of other names the later layer's value counts.

    Raises:
        InvalidInput: a layer has lines that :func:`lines_of` refuses.
    """
    resolved: dict[str, Any] = {}
    lines: dict[str, Line] = {}
    has_lines = False
    for layer in layers:
        resolved.update((name, value) for name, value in layer.items() if name != LINES)
        has_lines = has_lines or LINES in layer
        for identity, line in lines_of(layer).items():
            if line.get(DROPPED) is True:
                lines.pop(identity, None)
            else:
                lines[identity] = line
    if has_lines:
        resolved[LINES] = list(lines.values())
    return resolved


def difference(base: Content, content: Content) -> dict[str, Any]:
    """Return the smallest layer that makes ``content`` of ``base``; names that only ``base`` has stay.

    ``resolve([base, difference(base, content)])`` has what ``content`` has; only new lines stand at its end.

    Raises:
        InvalidInput: one of the two has lines that :func:`lines_of` refuses.
    """
    layer: dict[str, Any] = {
        name: value
        for name, value in content.items()
        if name != LINES and (name not in base or base[name] != value)
    }
    before, after = lines_of(base), lines_of(content)
    changed: list[Line] = [line for identity, line in after.items() if before.get(identity) != line]
    changed += [{"id": identity, DROPPED: True} for identity in before if identity not in after]
    if changed:
        layer[LINES] = changed
    return layer


def _check_json(value: object, place: str, depth: int) -> None:
    if depth > DEEPEST:
        raise InvalidInput("content-too-deep", N_("内容嵌套过深"), place=place)
    if value is None or isinstance(value, (bool, int, str)):
        return
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if not isinstance(name, str):
                raise InvalidInput("content-not-json", N_("名称应为文字"), place=place)
            _check_json(inner, f"{place}.{name}" if place else name, depth + 1)
        return
    if isinstance(value, (list, tuple)):
        for count, inner in enumerate(value):
            _check_json(inner, f"{place}.{count}" if place else str(count), depth + 1)
        return
    raise InvalidInput("content-not-json", N_("只能用文字、整数、是或否；小数请写成文字"), place=place)
