"""Compiling the translation catalogues; the compiled files are not kept in the repository."""

from __future__ import annotations

import ast
import struct
from pathlib import Path

import warrant


def _read_catalogue(path: Path) -> dict[str, str]:
    """Read a PO file: msgid to msgstr, without fuzzy and untranslated entries."""
    entries: dict[str, str] = {}
    field, texts, is_fuzzy = "", {"msgid": "", "msgstr": ""}, False

    def finish() -> None:
        if texts["msgstr"] and not is_fuzzy:
            entries[texts["msgid"]] = texts["msgstr"]

    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        line = line.strip()
        if line.startswith("#"):
            if line.startswith("#,") and "fuzzy" in line:
                is_fuzzy = True
            continue
        if line.startswith("msgid "):
            finish()
            texts, is_fuzzy = {"msgid": "", "msgstr": ""}, is_fuzzy and not texts["msgstr"]
            field, line = "msgid", line[6:]
        elif line.startswith("msgstr "):
            field, line = "msgstr", line[7:]
        elif line and not line.startswith('"'):
            raise ValueError(f"{path}:{number}: not understood: {line}")
        if line:
            texts[field] += ast.literal_eval(line)
    finish()
    return entries


def _compiled(entries: dict[str, str]) -> bytes:
    """Return the MO file of ``entries``: two tables of (length, offset), then the texts. Source: GNU gettext manual."""
    pairs = sorted((key.encode(), value.encode()) for key, value in entries.items())
    count = len(pairs)
    offset = 28 + 16 * count
    keys, values, keys_table, values_table = b"", b"", b"", b""
    for key, _ in pairs:
        keys_table += struct.pack("<II", len(key), offset + len(keys))
        keys += key + b"\0"
    for _, value in pairs:
        values_table += struct.pack("<II", len(value), offset + len(keys) + len(values))
        values += value + b"\0"
    header = struct.pack("<7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, 0)
    return header + keys_table + values_table + keys + values


def compile_catalogues() -> int:
    """Compile every catalogue of the package beside its source and return how many there are."""
    catalogues = sorted(Path(warrant.__file__).parent.rglob("*.po"))
    for path in catalogues:
        path.with_suffix(".mo").write_bytes(_compiled(_read_catalogue(path)))
    return len(catalogues)
