"""Erasing the ministry's copy of a record after the province has erased it: told by uid alone.

Here, too, the row stays as a tombstone that names nobody, and the audit ledger says that it was erased. What was filed
stays in the ministry's register of filings, and the exchange log keeps its bytes: both are evidence. Source: ADR-0014.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from warrant.apps.audit.services import record
from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.officers.models import NationalDuplicate, Officer, UnknownUnit
from warrant.apps.officers.selectors.sealing import unfindable_index
from warrant.apps.officers.services.erasing import TOMBSTONE, blank_rows
from warrant.apps.officers.services.register import subject_of
from warrant.apps.officers.services.replica_content import erased_uids
from warrant.apps.organisations.models import Agency
from warrant.core.errors import N_, Conflict, Unavailable
from warrant.core.lifecycle import OfficerState


def is_erased(officer: Officer) -> bool:
    """Tell whether the record was erased: a late version of it must not bring it back."""
    return not officer.id_number_sealed


def receive_officers_erased(received: ReceivedEvent, *, now: datetime) -> None:
    """Blank the copies of records that their province has erased: handler of ``officers.erased``.

    Raises:
        InvalidInput: ``replica-content-invalid``.
        Conflict: ``replica-of-another-node``: another node writes one of them; ``replica-not-deleted``: the deletion
            of one of them has not been applied here yet.
        Unavailable: ``replica-province-missing``.
    """
    uids = erased_uids(received.event.data)
    held = {row.uid: row for row in Officer.system.select_for_update(of=("self",)).filter(uid__in=uids)}
    for officer in held.values():
        _check(officer, received.node)
    gone = [officer for officer in held.values() if not is_erased(officer)]
    _leave_tombstones(set(uids) - set(held), received.node, now)
    pks = [officer.pk for officer in gone]
    for officer in gone:
        Officer.system.filter(pk=officer.pk).update(id_number_index=unfindable_index(officer.uid))
    blank_rows(pks, now=now)
    UnknownUnit.objects.filter(officer__in=pks).delete()
    pairs = NationalDuplicate.objects.filter(Q(first__in=pks) | Q(second__in=pks))
    pairs.update(note="", first_answer="", second_answer="", reason="")
    for officer in gone:
        record(None, "officer.erased", subject_of(officer), "—", now=now, detail={"node": received.node})


def _check(officer: Officer, node: str) -> None:
    if officer.owner_node != node:
        raise Conflict(
            "replica-of-another-node", N_("该人员由另一节点维护，不接受 %(node)s 的变更"), node=node
        )
    if officer.state != OfficerState.DELETED:
        raise Conflict(
            "replica-not-deleted",
            N_("该人员的删除尚未到达，暂不能清除；请先处理 %(node)s 较早的未执行事件"),
            place="uids",
            node=node,
        )


def _leave_tombstones(uids: Collection[UUID], node: str, now: datetime) -> None:
    """Keep the uids of those whose versions never arrived: if one is retried later, it names nobody here."""
    if not uids:
        return
    province = Agency.objects.filter(code=node).first()
    if province is None:
        raise Unavailable(
            "replica-province-missing", N_("本节点的机构表里没有 %(node)s；请先补录"), node=node
        )
    stones = []
    for uid in sorted(uids):
        stone = Officer(
            uid=uid,
            agency=province,
            owner_node=node,
            state=OfficerState.DELETED.value,
            id_number_index=unfindable_index(uid),
            revision=0,
            entered_at=now,
            changed_at=now,
            **TOMBSTONE,
        )
        stone.put_at(province.place)
        stones.append(stone)
    Officer.system.bulk_create(stones)


__all__ = ["is_erased", "receive_officers_erased"]
