"""Versions of the common face: those that count, and those that are being drafted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

from django.utils.translation import gettext as _

from warrant.apps.cardcentre.types import WHITE
from warrant.apps.foundation import clock
from warrant.apps.regulations.models import RegulationVersion
from warrant.apps.regulations.selectors import in_force
from warrant.apps.regulations.selectors.current import parse_content
from warrant.apps.regulations.selectors.versions import (
    own_jurisdiction,
    require_view,
    version_for,
    versions_for,
)
from warrant.core.access import Actor
from warrant.core.credential.face_design import FaceDesign, FaceDesigns
from warrant.core.errors import N_, InvalidInput, NotFound
from warrant.core.lifecycle import RegulationState
from warrant.core.regulation import RegulationKind

MOST_DRAFTS = 5


@dataclass(frozen=True)
class DraftedDesign:
    """A design that differs from what counts, with the version of the regulation in which it stands."""

    version: RegulationVersion
    design: FaceDesign


def designs_on(on: date) -> FaceDesigns:
    """Return the designs that the regulation of that day describes."""
    found: FaceDesigns = in_force(RegulationKind.CARD_FACE, own_jurisdiction(), on).document
    return found


def face_label(version: int) -> str:
    """Return what stands on blanks: 白卡, or the version of their common face."""
    return _("第 %(version)s 号版式") % {"version": version} if version != WHITE else _("白卡，没有版面")


def faces_offered() -> list[tuple[int, str]]:
    """Return value and label of what blanks may carry today, white first."""
    known = [design.version for design in designs_on(clock.today()).designs]
    return [(version, face_label(version)) for version in (WHITE, *known)]


def designs_for(viewer: Actor, on: date) -> FaceDesigns:
    """Return the designs of that day for somebody who reads regulations.

    Raises: NotPermitted.
    """
    require_view(viewer)
    return designs_on(on)


def design_for(viewer: Actor, version: int, on: date) -> FaceDesign:
    """Return one design.

    Raises: NotPermitted; NotFound.
    """
    return _known(designs_for(viewer, on).version(version))


def drafted_design(viewer: Actor, pk: int, version: int) -> FaceDesign:
    """Return one design out of a version of the regulation, whether it counts yet or not.

    Raises: NotPermitted; NotFound; InvalidInput where the draft cannot be understood yet.
    """
    row = version_for(viewer, pk)
    if row.kind != RegulationKind.CARD_FACE.value:
        return _known(None)
    return _known(_parsed(row).version(version))


def drafted_designs(viewer: Actor, on: date) -> list[DraftedDesign]:
    """Return what versions that do not count yet would change, the newest first; a broken draft says nothing."""
    counting = designs_for(viewer, on).designs
    rows = versions_for(viewer, RegulationKind.CARD_FACE).defer(None)
    coming = rows.filter(valid_from__gt=on, state=RegulationState.CONFIRMED) | rows.filter(
        state__in=[RegulationState.DRAFT, RegulationState.PROPOSED]
    )
    found: list[DraftedDesign] = []
    for row in coming.order_by("-pk")[:MOST_DRAFTS]:
        try:
            parsed = _parsed(row)
        except InvalidInput:
            continue
        found += [DraftedDesign(row, design) for design in parsed.designs if design not in counting]
    return found


def _parsed(row: RegulationVersion) -> FaceDesigns:
    return cast("FaceDesigns", parse_content(RegulationKind.CARD_FACE, row.content))


def _known(design: FaceDesign | None) -> FaceDesign:
    if design is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return design
