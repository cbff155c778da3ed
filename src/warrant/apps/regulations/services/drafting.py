"""Drafts of regulations: begun from what is in force, changed line by line, brought up to date, withdrawn.

Whoever writes on a draft becomes one of its authors, and none of them may confirm it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from warrant.apps.audit.services import record
from warrant.apps.regulations.models import RegulationAuthor, RegulationVersion
from warrant.apps.regulations.selectors.current import by_digest, forget_regulations, in_force, parse_content
from warrant.apps.regulations.selectors.versions import is_set_here, own_jurisdiction
from warrant.apps.regulations.services.snapshots import keep_snapshot
from warrant.core.access import Actor, Permission, require
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound
from warrant.core.lifecycle import RegulationState
from warrant.core.regulation import Content, difference, digest, kind_named, lines_of, resolve

MOST_LINES = 200
LARGEST_CONTENT_CHARACTERS = 200_000


@dataclass(frozen=True)
class Heading:
    """What a version is called, by which text it is changed, and the first day on which it counts."""

    title: str
    basis: str
    valid_from: date


def subject_of(version: RegulationVersion) -> str:
    """Return how the ledger names a version."""
    return f"regulation:{version.pk}"


def locked_version(actor: Actor, permission: Permission, pk: int) -> RegulationVersion:
    """Return a version of this node, locked, for somebody who holds ``permission``.

    Raises:
        NotFound: there is none, or another node sets it.
        NotPermitted: the permission is not held.
    """
    require(actor, permission, NATION)
    version = (
        RegulationVersion.objects.select_for_update(of=("self",))
        .filter(pk=pk, jurisdiction=own_jurisdiction(), is_received=False)
        .first()
    )
    if version is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return version


def _checked_heading(heading: Heading, now: datetime) -> Heading:
    title, basis = " ".join(heading.title.split()), " ".join(heading.basis.split())
    for place, text, most in (("title", title, 120), ("basis", basis, 400)):
        if len(text) < 4:
            raise InvalidInput("too-short", N_("请写清楚，至少四个字"), place=place)
        if len(text) > most:
            raise InvalidInput("too-long", N_("最多 %(most)s 个字"), place=place, most=most)
    check_valid_from(heading.valid_from, now)
    return Heading(title, basis, heading.valid_from)


def check_valid_from(valid_from: date, now: datetime) -> None:
    """Return if the day has not passed: what was decided already keeps its regulation.

    Raises:
        InvalidInput: it has.
    """
    if valid_from < timezone.localtime(now).date():
        raise InvalidInput(
            "valid-from-passed",
            N_("生效日期 %(day)s 已过，请改为今天或以后"),
            place="valid_from",
            day=valid_from,
        )


@transaction.atomic
def draft_regulation(actor: Actor, kind: str, heading: Heading, *, now: datetime) -> RegulationVersion:
    """Begin a draft of this node's regulation from what will be in force on its first day.

    Raises:
        NotFound: the kind is unknown.
        NotPermitted: the actor does not draft.
        Conflict: only the nation sets this kind.
        InvalidInput: the heading is wrong; ``place`` names the field.
    """
    require(actor, Permission.REGULATION_DRAFT, NATION)
    named = kind_named(kind)
    if not is_set_here(named):
        raise Conflict("set-by-the-nation", N_("这类规则由部统一规定，省里不能另行规定"))
    checked = _checked_heading(heading, now)
    base = in_force(named, own_jurisdiction(), checked.valid_from)
    keep_snapshot(base)
    version = RegulationVersion.objects.create(
        kind=named.value,
        jurisdiction=own_jurisdiction(),
        title=checked.title,
        basis=checked.basis,
        valid_from=checked.valid_from,
        content=base.content,
        digest=base.digest,
        base_digest=base.digest,
        drafted_by_id=actor.account_id,
        drafted_by_name=actor.name,
        drafted_at=now,
        changed_at=now,
    )
    RegulationAuthor.objects.create(version=version, account_id=actor.account_id)
    record(actor, "regulation.drafted", subject_of(version), f"{named.value} {checked.title}", now=now)
    return version


def _open_draft(actor: Actor, pk: int, read_at: datetime | None) -> RegulationVersion:
    version = locked_version(actor, Permission.REGULATION_DRAFT, pk)
    if version.state != RegulationState.DRAFT:
        raise Conflict("not-a-draft", N_("这一版已不是草案，不能修改；请刷新页面"))
    if read_at is not None and read_at != version.changed_at:
        raise Conflict("changed-meanwhile", N_("草案已被他人修改，请刷新页面后重新填写"))
    return version


def _save(version: RegulationVersion, actor: Actor, action: str, says: str, now: datetime) -> None:
    version.changed_at = now
    version.digest = digest(version.content)
    version.save()
    RegulationAuthor.objects.get_or_create(version=version, account_id=actor.account_id)
    record(actor, action, subject_of(version), says, now=now, detail={"digest": version.digest})


@transaction.atomic
def change_heading(
    actor: Actor, pk: int, heading: Heading, *, now: datetime, read_at: datetime | None = None
) -> RegulationVersion:
    """Change how a draft is called, its basis and its first day. ``read_at``: the draft's ``changed_at`` as it was read.

    Raises:
        NotFound, NotPermitted: as for every draft.
        Conflict: it is no draft any more, or somebody changed it since it was read.
        InvalidInput: the heading is wrong; ``place`` names the field.
    """
    version = _open_draft(actor, pk, read_at)
    checked = _checked_heading(heading, now)
    version.title, version.basis, version.valid_from = checked.title, checked.basis, checked.valid_from
    _save(version, actor, "regulation.changed", f"{checked.title} {checked.valid_from}", now)
    return version


@transaction.atomic
def change_draft(
    actor: Actor, pk: int, content: Content, *, now: datetime, read_at: datetime | None = None
) -> RegulationVersion:
    """Put another content into a draft. It may have faults still; a draft with faults cannot be proposed.

    Raises:
        NotFound, NotPermitted, Conflict: as in :func:`change_heading`.
        InvalidInput: it is no content at all, or beyond all bounds.
    """
    version = _open_draft(actor, pk, read_at)
    version.content = _bounded(content)
    _save(version, actor, "regulation.changed", version.title, now)
    return version


@transaction.atomic
def change_line(
    actor: Actor, pk: int, line: dict[str, Any], *, now: datetime, read_at: datetime | None = None
) -> RegulationVersion:
    """Put one line into a draft: in the place of the line with its id, or at the end.

    Raises:
        NotFound, NotPermitted, Conflict: as in :func:`change_heading`.
        InvalidInput: the line itself has a fault; ``place`` is the way inside the line (``parameters.years``).
    """
    version = _open_draft(actor, pk, read_at)
    content = resolve([version.content, {"lines": [line]}])
    count = list(lines_of(content)).index(line["id"])
    _refuse_faults(version.kind, content, f"lines.{count}.")
    version.content = _bounded(content)
    _save(version, actor, "regulation.changed", f"{version.title}：{line['id']}", now)
    return version


@transaction.atomic
def change_rest(
    actor: Actor, pk: int, rest: dict[str, Any], *, now: datetime, read_at: datetime | None = None
) -> RegulationVersion:
    """Change what a draft has beside its lines.

    Raises:
        NotFound, NotPermitted, Conflict: as in :func:`change_heading`.
        InvalidInput: one of the values has a fault; ``place`` is its way.
    """
    version = _open_draft(actor, pk, read_at)
    content = {**version.content, **{name: value for name, value in rest.items() if name != "lines"}}
    for name in rest:
        _refuse_faults(version.kind, content, name, is_kept=True)
    version.content = _bounded(content)
    _save(version, actor, "regulation.changed", version.title, now)
    return version


@transaction.atomic
def drop_line(
    actor: Actor, pk: int, identity: str, *, now: datetime, read_at: datetime | None = None
) -> RegulationVersion:
    """Take a line out of a draft.

    Raises:
        NotFound: as for every draft, or there is no such line.
        NotPermitted, Conflict: as in :func:`change_heading`.
    """
    version = _open_draft(actor, pk, read_at)
    if identity not in lines_of(version.content):
        raise NotFound("no-such-line", N_("草案里没有编号为“%(id)s”的条目"), id=identity[:60])
    version.content = resolve([version.content, {"lines": [{"id": identity, "dropped": True}]}])
    _save(version, actor, "regulation.changed", f"{version.title}：− {identity}", now)
    return version


@transaction.atomic
def restore_line(
    actor: Actor, pk: int, identity: str, *, now: datetime, read_at: datetime | None = None
) -> RegulationVersion:
    """Make a line again what it is in the content that the draft was begun from; a new line goes away.

    Raises:
        NotFound: as for every draft.
        NotPermitted, Conflict: as in :func:`change_heading`.
    """
    version = _open_draft(actor, pk, read_at)
    before = lines_of(by_digest(version.kind, version.base_digest).content).get(identity)
    layer = before if before is not None else {"id": identity, "dropped": True}
    version.content = resolve([version.content, {"lines": [layer]}])
    _save(version, actor, "regulation.changed", f"{version.title}：↺ {identity}", now)
    return version


@transaction.atomic
def rebase_draft(actor: Actor, pk: int, *, now: datetime) -> RegulationVersion:
    """Lay the draft's own differences over what is in force by now; of a line that both changed, the draft's counts.

    Raises:
        NotFound, NotPermitted, Conflict: as in :func:`change_heading`.
    """
    version = _open_draft(actor, pk, None)
    forget_regulations()
    before = by_digest(version.kind, version.base_digest).content
    current = in_force(version.kind, version.jurisdiction, version.valid_from)
    keep_snapshot(current)
    version.content = resolve([current.content, difference(before, version.content)])
    version.base_digest = current.digest
    _save(version, actor, "regulation.rebased", version.title, now)
    return version


def _refuse_faults(kind: str, content: Content, place: str, *, is_kept: bool = False) -> None:
    """Raise the fault that lies at ``place``; faults elsewhere are shown on the draft. ``is_kept``: keep the whole way."""
    try:
        parse_content(kind_named(kind), content)
    except InvalidInput as error:
        if is_kept and error.place.split(".")[0] == place:
            raise
        if not is_kept and error.place.startswith(place):
            error.place = error.place.removeprefix(place)
            raise


def _bounded(content: Content) -> dict[str, Any]:
    if len(lines_of(content)) > MOST_LINES:
        raise InvalidInput("too-many-lines", N_("最多 %(most)s 条"), place="lines", most=MOST_LINES)
    if len(str(content)) > LARGEST_CONTENT_CHARACTERS:
        raise InvalidInput("content-too-large", N_("内容过长，请精简"), place="lines")
    digest(content)
    return dict(content)
