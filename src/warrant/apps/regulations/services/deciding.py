"""Putting a regulation into force: proposed by one person, confirmed by another who wrote nothing of it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from warrant.apps.audit.services import record
from warrant.apps.regulations.models import RegulationVersion
from warrant.apps.regulations.selectors.current import forget_regulations, in_force, parse_content
from warrant.apps.regulations.services.drafting import check_valid_from, locked_version, subject_of
from warrant.apps.regulations.services.publishing import publish_version
from warrant.core.access import Actor
from warrant.core.errors import N_, Conflict, InvalidInput, NotPermitted
from warrant.core.lifecycle import REGULATION, RegulationState
from warrant.core.regulation import RegulationKind, difference, resolve

LONGEST_REASON = 400


def _begin(actor: Actor, pk: int, action: str) -> RegulationVersion:
    permission = REGULATION.transition(action).permission
    if permission is None:
        raise ValueError(f"{action} is nobody's")
    version = locked_version(actor, permission, pk)
    REGULATION.next_state(action, RegulationState(version.state))
    return version


def _finish(
    version: RegulationVersion, actor: Actor, action: str, says: str, now: datetime
) -> RegulationVersion:
    version.state = REGULATION.next_state(action, RegulationState(version.state)).value
    version.changed_at = now
    version.save()
    record(
        actor,
        f"regulation.{action}",
        subject_of(version),
        says,
        now=now,
        detail={"kind": version.kind, "digest": version.digest, "valid_from": version.valid_from.isoformat()},
    )
    return version


def _check(version: RegulationVersion, now: datetime) -> None:
    """Return if the version can be put into force.

    Raises:
        InvalidInput: its content has a fault, its first day has passed, or it changes nothing.
        Conflict: something else was put into force since the draft was begun.
    """
    check_valid_from(version.valid_from, now)
    parse_content(RegulationKind(version.kind), version.content)
    forget_regulations()
    current = in_force(version.kind, version.jurisdiction, version.valid_from)
    if current.digest == version.digest:
        raise InvalidInput("changes-nothing", N_("草案与届时有效的规则相同，没有可以发布的改动"))
    if current.digest != version.base_digest:
        raise Conflict("base-changed", N_("起草以后有别的版本发布，请先点“并入现行内容”，核对后再提交"))


@transaction.atomic
def propose_regulation(actor: Actor, pk: int, *, now: datetime) -> RegulationVersion:
    """Ask for a second person's confirmation.

    Raises:
        NotFound, NotPermitted: as for every draft.
        Conflict: it is no draft, or something else was put into force since it was begun.
        InvalidInput: its content has a fault, its first day has passed, or it changes nothing.
    """
    version = _begin(actor, pk, "propose")
    _check(version, now)
    version.proposed_by_id, version.proposed_at, version.remark = actor.account_id, now, ""
    return _finish(version, actor, "propose", version.title, now)


@transaction.atomic
def confirm_regulation(actor: Actor, pk: int, *, now: datetime) -> RegulationVersion:
    """Put a proposed version into force from its first day on, give it its number, and tell the other nodes.

    Raises:
        NotFound: there is none.
        NotPermitted: the actor may not confirm, or wrote on it.
        Conflict: it is not proposed, or something else was put into force since it was begun.
        InvalidInput: its content has a fault, or its first day has passed.
    """
    version = _begin(actor, pk, "confirm")
    if (
        version.authors.filter(account_id=actor.account_id).exists()
        or actor.account_id == version.proposed_by_id
    ):
        raise NotPermitted("own-draft", N_("起草或修改过这一版的人不能确认，请由另一名规则管理员核对确认"))
    siblings = RegulationVersion.objects.select_for_update(of=("self",)).filter(
        kind=version.kind, jurisdiction=version.jurisdiction
    )
    list(siblings.order_by("pk").values_list("pk", flat=True))  # one confirmation of a kind at a time
    _check(version, now)
    if version.jurisdiction:
        nation = in_force(version.kind, "", version.valid_from).content
        version.layer = difference(nation, version.content)
        parse_content(RegulationKind(version.kind), resolve([nation, version.layer]))
    version.number = (siblings.order_by().aggregate(last=Max("number"))["last"] or 0) + 1
    version.confirmed_by_id, version.confirmed_by_name, version.confirmed_at = (
        actor.account_id,
        actor.name,
        now,
    )
    says = f"{version.title} v{version.number} {version.valid_from}"
    _finish(version, actor, "confirm", says, now)
    publish_version(version, now=now)
    transaction.on_commit(forget_regulations)
    return version


@transaction.atomic
def send_back(actor: Actor, pk: int, reason: str, *, now: datetime) -> RegulationVersion:
    """Send a proposed version back to those who wrote it.

    Raises:
        NotFound, NotPermitted: as in :func:`confirm_regulation`.
        Conflict: it is not proposed.
        InvalidInput: the reason is missing or too long.
    """
    version = _begin(actor, pk, "send-back")
    plain = " ".join(reason.split())
    if len(plain) < 4:
        raise InvalidInput("reason-missing", N_("请写明要改什么，至少四个字"), place="reason")
    if len(plain) > LONGEST_REASON:
        raise InvalidInput("too-long", N_("最多 %(most)s 个字"), place="reason", most=LONGEST_REASON)
    version.remark = plain
    return _finish(version, actor, "send-back", plain, now)


@transaction.atomic
def withdraw_regulation(actor: Actor, pk: int, *, now: datetime) -> RegulationVersion:
    """Give a draft up; it stays readable for those who draft.

    Raises:
        NotFound, NotPermitted: as for every draft.
        Conflict: it is confirmed or withdrawn already.
    """
    version = _begin(actor, pk, "withdraw")
    return _finish(version, actor, "withdraw", version.title, now)
