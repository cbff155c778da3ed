"""Two people change one record at once: what does not meet is brought together, what does is for the second to choose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from warrant.apps.officers.models import Officer, OfficerVersion
from warrant.apps.officers.selectors.history import officer_of
from warrant.apps.officers.selectors.register import described
from warrant.apps.officers.services.entering import HEADINGS, basic_fields
from warrant.core.errors import N_, Conflict
from warrant.core.roster.entry import RosterEntry

EDITED_FIELDS = tuple(field for field in HEADINGS if field not in ("id_number", "agency"))
MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True)
class FieldConflict:
    """A field that both changed, to different things. Texts are in Chinese, as the form takes them."""

    field: str
    heading: str
    opened: str
    theirs: str
    mine: str


class EditConflict(Conflict):
    """Both changed the same fields.

    ``conflicts`` are for the person to choose; ``taken_over`` names the fields that only the other changed, ``kept``
    those that only this person did; ``seen`` is the revision in which the other's words stand.
    """

    def __init__(
        self,
        officer: Officer,
        conflicts: Sequence[FieldConflict],
        *,
        taken_over: Sequence[str],
        kept: Sequence[str],
        by: str,
        at: datetime,
    ) -> None:
        super().__init__(
            "changed-meanwhile",
            N_("“%(name)s”的记录刚被他人修改过；请逐项选择后再保存"),
            name=officer.name,
        )
        self.conflicts = tuple(conflicts)
        self.taken_over = tuple(taken_over)
        self.kept = tuple(kept)
        self.seen = officer.revision
        self.by = by
        self.at = at


@dataclass(frozen=True)
class Choices:
    """What the person chose on seeing revision ``seen``: field to :data:`MINE` or :data:`THEIRS`."""

    seen: int = 0
    by_field: Mapping[str, str] | None = None


def words_at(officer: Officer, revision: int) -> dict[str, str] | None:
    """Return what the form said of a revision, or nothing if that one was not kept."""
    version = OfficerVersion.system.filter(officer=officer, revision=revision).first()
    return described(officer_of(version.content)) if version is not None else None


def words_of_entry(entry: RosterEntry) -> dict[str, str]:
    """Return what was typed, as the form would say it of a record."""
    return described(Officer(name=entry.name, **basic_fields(entry)))


def three_way(
    opened: Mapping[str, str],
    theirs: Mapping[str, str],
    mine: Mapping[str, str],
    chosen: Mapping[str, str],
) -> tuple[dict[str, str], list[FieldConflict]]:
    """Return for each field whose words count (:data:`MINE` or :data:`THEIRS`), and what is still to be chosen."""
    sides: dict[str, str] = {}
    conflicts = []
    for field in EDITED_FIELDS:
        if mine[field] in (opened[field], theirs[field]):
            sides[field] = THEIRS
        elif theirs[field] == opened[field]:
            sides[field] = MINE
        elif chosen.get(field) in (MINE, THEIRS):
            sides[field] = chosen[field]
        else:
            conflicts.append(FieldConflict(field, HEADINGS[field], opened[field], theirs[field], mine[field]))
    return sides, conflicts


def merged_values(
    officer: Officer, revision: int, typed: Mapping[str, str], entry: RosterEntry, choices: Choices
) -> dict[str, str]:
    """Return the texts to save after the record changed since ``revision`` was opened.

    Raises:
        EditConflict: fields that both changed are not chosen yet, or what was chosen against has changed again.
    """
    theirs, mine = described(officer), words_of_entry(entry)
    opened = words_at(officer, revision) or dict.fromkeys(EDITED_FIELDS, "")
    seen = words_at(officer, choices.seen) if choices.seen else None
    chosen = {
        field: side
        for field, side in (choices.by_field or {}).items()
        if seen is not None and seen.get(field) == theirs.get(field)
    }
    sides, conflicts = three_way(opened, theirs, mine, chosen)
    if conflicts:
        last = OfficerVersion.system.filter(officer=officer).order_by("-revision").first()
        raise EditConflict(
            officer,
            conflicts,
            taken_over=[
                HEADINGS[f] for f, side in sides.items() if side == THEIRS and theirs[f] != opened[f]
            ],
            kept=[HEADINGS[f] for f, side in sides.items() if side == MINE],
            by=last.account_name if last else "",
            at=officer.changed_at,
        )
    return {field: typed[field] if side == MINE else theirs[field] for field, side in sides.items()}
