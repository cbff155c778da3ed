"""A registrar, a stranger, and a store for files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from warrant.core.access import Actor, Role

SAMPLES = Path(__file__).parents[3] / "samples"


@pytest.fixture(autouse=True)
def document_root(tmp_path: Path, settings: Any) -> Path:
    settings.WARRANT_DOCUMENT_ROOT = str(tmp_path / "documents")
    return tmp_path / "documents"


@pytest.fixture
def registrar(tree: SimpleNamespace, actor: Callable[..., Actor]) -> Actor:
    return actor("registrar", tree.kunshan, Role.REGISTRAR)


@pytest.fixture
def stranger(tree: SimpleNamespace, actor: Callable[..., Actor]) -> Actor:
    return actor("stranger", tree.nanjing, Role.REGISTRAR)
