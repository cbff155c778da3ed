"""Compiling the translation catalogues; the compiled files are not kept in the repository."""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import warrant


def compile_catalogues() -> int:
    """Compile every catalogue of the package beside its source and return how many there are."""
    catalogues = sorted(Path(warrant.__file__).parent.rglob("*.po"))
    for path in catalogues:
        with path.open("rb") as source:
            catalogue = read_po(source, locale="en", domain="django")
        with path.with_suffix(".mo").open("wb") as target:
            write_mo(target, catalogue)
    return len(catalogues)
