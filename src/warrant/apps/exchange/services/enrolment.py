"""Enrolling nodes on the links: recording the certificates that count, and removing a node.

Called by the operator's commands; the audit ledger names the system, and the operating-system user in its details.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from warrant.apps.audit.services import record
from warrant.apps.exchange.models import LinkCertificate, RemovedNode
from warrant.apps.exchange.services.admitting import require_enrolled
from warrant.core.crypto.node_certificate import NodeCertificate
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound


def record_certificate(certificate: NodeCertificate, *, operator: str, now: datetime) -> LinkCertificate:
    """Let a certificate count. The node's earlier ones count to their own end, so that nothing stops meanwhile.

    Raises: NotFound ``node-unknown``; NotPermitted ``node-removed``; Conflict ``link-key-of-another-node``.
    """
    node = settings.WARRANT_NODE
    if certificate.code != node.code and certificate.code not in node.peers:
        raise _unknown()
    with transaction.atomic():
        require_enrolled(certificate.code)
        shared = LinkCertificate.objects.filter(key_fingerprint=certificate.key_fingerprint)
        if shared.exclude(node=certificate.code).exists():
            raise Conflict("link-key-of-another-node", N_("该链路密钥已登记在另一节点名下。"))
        LinkCertificate.objects.filter(node=certificate.code, replaced_at=None).exclude(
            fingerprint=certificate.fingerprint
        ).update(replaced_at=now)
        row, is_new = LinkCertificate.objects.get_or_create(
            fingerprint=certificate.fingerprint,
            defaults={
                "node": certificate.code,
                "key_fingerprint": certificate.key_fingerprint,
                "valid_from": certificate.valid_from,
                "valid_until": certificate.valid_until,
                "recorded_at": now,
            },
        )
        if is_new:
            record(
                None,
                "exchange.certificate-recorded",
                f"node:{certificate.code}",
                f"登记节点{certificate.code}的链路证书",
                now=now,
                detail={
                    "fingerprint": certificate.fingerprint,
                    "valid_until": certificate.valid_until,
                    "operator": operator,
                },
            )
    return row


def remove_node(code: str, reason: str, *, operator: str, now: datetime) -> None:
    """Talk to a node no more, from its next request on; its certificates are revoked, its mirror stays.

    Raises: NotFound ``node-unknown``; InvalidInput ``reason-missing``; NotPermitted ``node-removed``: it is already.
    """
    if code not in settings.WARRANT_NODE.peers:
        raise _unknown()
    if not reason.strip():
        raise InvalidInput("reason-missing", N_("移除节点须说明原因。"), place="reason")
    with transaction.atomic():
        require_enrolled(code)
        RemovedNode.objects.create(node=code, removed_at=now, reason=reason.strip()[:200])
        revoked = LinkCertificate.objects.filter(node=code, revoked_at=None).update(revoked_at=now)
        record(
            None,
            "exchange.node-removed",
            f"node:{code}",
            f"移除节点{code}：{reason.strip()[:200]}",
            now=now,
            detail={"certificates": revoked, "operator": operator},
        )


def readmit_node(code: str, reason: str, *, operator: str, now: datetime) -> None:
    """Take a removed node back. It needs a new certificate: the revoked ones stay revoked.

    Raises: NotFound ``node-not-removed``; InvalidInput ``reason-missing``.
    """
    if not reason.strip():
        raise InvalidInput("reason-missing", N_("重新接纳节点须说明原因。"), place="reason")
    with transaction.atomic():
        if not RemovedNode.objects.filter(node=code).delete()[0]:
            raise NotFound("node-not-removed", N_("该节点没有被移除。"))
        record(
            None,
            "exchange.node-readmitted",
            f"node:{code}",
            f"重新接纳节点{code}：{reason.strip()[:200]}",
            now=now,
            detail={"operator": operator},
        )


def _unknown() -> NotFound:
    return NotFound("node-unknown", N_("本节点的配置中没有这个节点。"))


__all__ = ["readmit_node", "record_certificate", "remove_node"]
