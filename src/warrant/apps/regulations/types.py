"""What the selectors of regulations hand out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from warrant.core.regulation import Content, RegulationKind


@dataclass(frozen=True)
class VersionLabel:
    """One confirmed version as it is named: ``jurisdiction`` is a province code or empty for the nation."""

    pk: int
    jurisdiction: str
    number: int
    valid_from: date
    content_digest: str


@dataclass(frozen=True)
class InForce:
    """What counts in one province on one day.

    ``digest`` is that of ``content``, the layers laid over one another; ``document`` is what the kind's own module parsed of it;
    ``layers`` are the versions that it stands on, the nation first. Without a version of the nation the shipped content counts.
    """

    kind: RegulationKind
    digest: str
    content: Content
    document: Any
    layers: tuple[VersionLabel, ...] = ()
