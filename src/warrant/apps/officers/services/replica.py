"""A province tells the ministry what becomes of its officers: every version, in events, without any plain ID number.

A single change leaves its event in its own transaction. A crowd (a roster) is queued and sent in the background, so
that nobody's save waits for it; so is everything as long as the ministry's keys have not arrived. The ministry puts
the versions in order by their revision, whatever way they came.

Source: 2009 notice, 三(一) (live register), 四(一) (two levels); ADR-0014.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from warrant.apps.accounts.models import Account
from warrant.apps.foundation.loading import bulk_load
from warrant.apps.foundation.outbox import publish
from warrant.apps.officers.models import Document, Officer, OfficerVersion, ReplicaDue
from warrant.apps.officers.selectors.national import NationalSeal, national_seal
from warrant.apps.officers.selectors.sealing import id_number_of
from warrant.apps.officers.types import OfficerWrite
from warrant.apps.organisations.models import Agency
from warrant.core.errors import N_, Unavailable
from warrant.core.standards.id_number import without_id_numbers

MINISTRY = "ministry"
OFFICERS_CHANGED = "officers.changed"
OFFICERS_SNAPSHOT = "officers.snapshot"
OFFICERS_ERASED = "officers.erased"

MOST_AT_ONCE = 20
"""Up to so many changes of one transaction go at once; more are queued."""
OFFICERS_IN_AN_EVENT = 200
"""An event holds at most 1 MiB; one officer with every text at its longest takes 4 kB."""
EVENTS_IN_A_ROUND = 60
ERASED_IN_AN_EVENT = 1000

LOCAL_FIELDS = frozenset(
    {"agency_id", "photo_id", "province_unit", "city_unit", "county_unit", "agency_unit"}
)
"""Columns of a version that hold ids of this database: they travel as the unit's code and the photo's digest."""


def publish_officers(writes: Sequence[OfficerWrite], *, now: datetime) -> None:
    """Leave what was written for the ministry: an observer of the register, on province nodes."""
    own = []
    for write in writes:
        if not write.officer.owner_node:
            write.version.officer = write.officer  # saves asking for what is at hand
            own.append(write.version)
    if not own:
        return
    national = national_seal() if len(own) <= MOST_AT_ONCE else None
    if national is None:
        bulk_load(ReplicaDue, ("version_id",), ((version.pk,) for version in own))
        return
    _publish(own, OFFICERS_CHANGED, national, now=now)


@transaction.atomic
def queue_everything() -> int:
    """Queue every version of the register that is not queued yet, and return how many were; safe to run again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO replica_due (version_id) SELECT officer_version.id FROM officer_version"
            " JOIN officer ON officer.id = officer_version.officer_id"
            " WHERE officer.owner_node = '' AND NOT EXISTS"
            " (SELECT 1 FROM replica_due WHERE replica_due.version_id = officer_version.id)"
        )
        return int(cursor.rowcount)


def send_due_versions(*, now: datetime) -> int:
    """Send what is queued, oldest first, each event in a transaction of its own; returns how many versions went.

    Part of the node's upkeep. Without the ministry's keys nothing is sent and nothing is lost.
    """
    if not ReplicaDue.objects.exists():
        return 0
    national = national_seal()
    if national is None:
        return 0
    sent = 0
    for _round in range(EVENTS_IN_A_ROUND):
        count = _send_some(national, now=now)
        sent += count
        if count < OFFICERS_IN_AN_EVENT:
            break
    return sent


@transaction.atomic
def _send_some(national: NationalSeal, *, now: datetime) -> int:
    due = ReplicaDue.objects.select_for_update(
        skip_locked=connection.features.has_select_for_update_skip_locked
    )
    pks = list(due.order_by("pk").values_list("pk", flat=True)[:OFFICERS_IN_AN_EVENT])
    versions = list(OfficerVersion.system.filter(pk__in=pks).select_related("officer").order_by("pk"))
    versions = [version for version in versions if version.content]  # of an erased record nothing is told
    if versions:
        _publish(versions, OFFICERS_SNAPSHOT, national, now=now)
    ReplicaDue.objects.filter(pk__in=pks).delete()
    return len(pks)


def settle_replica(officer_ids: Collection[int], *, now: datetime) -> set[int]:
    """Leave nothing queued of officers who are about to be erased, in the running transaction.

    Of whom the ministry knows, it is told the rest at once; of whom it was told nothing, it never hears.
    Returns those whom it knows.

    Raises:
        Unavailable: it was told something, and its keys cannot be reached now.
    """
    due = list(
        OfficerVersion.system.filter(officer_id__in=officer_ids, pk__in=ReplicaDue.objects.values("pk"))
        .select_related("officer")
        .order_by("pk")
    )
    told = OfficerVersion.system.filter(officer_id__in=officer_ids).exclude(
        pk__in=[version.pk for version in due]
    )
    known = set(told.values_list("officer_id", flat=True))
    rest = [version for version in due if version.officer_id in known]
    if rest:
        national = national_seal()
        if national is None:
            raise Unavailable("replica-not-settled", N_("暂时无法向部级节点报告；请稍后重试"))
        for start in range(0, len(rest), OFFICERS_IN_AN_EVENT):
            _publish(rest[start : start + OFFICERS_IN_AN_EVENT], OFFICERS_SNAPSHOT, national, now=now)
    ReplicaDue.objects.filter(pk__in=[version.pk for version in due]).delete()
    return known


def publish_erasure(officer_ids: Collection[int], *, now: datetime) -> None:
    """Tell the ministry, by uid alone, whose records were erased here, so that its copies go too."""
    rows = Officer.system.filter(pk__in=officer_ids, owner_node="").order_by("pk")
    uids = [str(uid) for uid in rows.values_list("uid", flat=True)]
    for start in range(0, len(uids), ERASED_IN_AN_EVENT):
        some = uids[start : start + ERASED_IN_AN_EVENT]
        # One has the subject of its versions, so that it never overtakes one of them that is held up.
        subject = f"officer:{some[0]}" if len(some) == 1 else f"officers-erased:{some[0]}:{len(some)}"
        publish(MINISTRY, OFFICERS_ERASED, subject, {"uids": some}, now=now)


def _publish(versions: Sequence[OfficerVersion], kind: str, national: NationalSeal, *, now: datetime) -> None:
    first = versions[0]
    is_single = len(versions) == 1 and kind == OFFICERS_CHANGED
    uid = first.officer.uid
    # A crowd has a subject of its own, so that one that is refused holds up nobody else.
    subject = f"officer:{uid}" if is_single else f"officers:{uid}:{first.revision}:{len(versions)}"
    publish(MINISTRY, kind, subject, {"officers": replica_items(versions, national)}, now=now)


def replica_items(versions: Sequence[OfficerVersion], national: NationalSeal) -> list[dict[str, Any]]:
    """Return versions as the ministry is told them: codes instead of ids, ID numbers sealed, empty columns left out."""
    agencies = Agency.objects.in_bulk({version.content["agency_id"] for version in versions})
    photos = {version.content.get("photo_id") for version in versions} - {None}
    digests = dict(Document.system.filter(pk__in=photos).values_list("pk", "digest"))
    accounts = Account.objects.in_bulk({version.account_id for version in versions} - {None})
    items = []
    for version in versions:
        officer = version.officer
        id_number = id_number_of(officer)
        agency = agencies[version.content["agency_id"]]
        account = accounts.get(version.account_id) if version.account_id else None
        items.append(
            {
                "uid": str(officer.uid),
                "revision": version.revision,
                "kind": version.kind,
                "effective_on": version.effective_on.isoformat(),
                "recorded_at": _instant(version.recorded_at),
                "entered_at": _instant(officer.entered_at),
                "account": version.account_name,
                "unit": account.agency.name if account else "",
                "reason": without_id_numbers(version.reason),
                "changed": [_told_name(field) for field in version.changed_fields],
                "agency": agency.code,
                "agency_name": agency.name,
                "photo": digests.get(version.content.get("photo_id"), ""),
                "index": national.index(id_number).hex(),
                "sealed": base64.b64encode(national.seal(officer.uid, id_number)).decode(),
                "content": _told_content(version.content),
            }
        )
    return items


def _told_content(content: dict[str, Any]) -> dict[str, Any]:
    told = {}
    for field, value in content.items():
        if field not in LOCAL_FIELDS and value not in ("", None, 0, False):
            told[field] = without_id_numbers(value) if isinstance(value, str) else value
    return told


def _told_name(field: str) -> str:
    return {"agency_id": "agency", "photo_id": "photo"}.get(field, field)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


__all__ = [
    "publish_erasure",
    "publish_officers",
    "queue_everything",
    "replica_items",
    "send_due_versions",
    "settle_replica",
]
