"""Who may speak on a link: looked up for each request, so that a removal counts for connections that stand open."""

from __future__ import annotations

import ipaddress
from datetime import datetime

from django.conf import settings

from warrant.apps.exchange.models import LinkCertificate, RemovedNode
from warrant.core.errors import N_, NotPermitted


def require_enrolled(peer: str) -> None:
    """Raises: NotPermitted ``node-removed``."""
    if RemovedNode.objects.filter(node=peer).exists():
        raise NotPermitted("node-removed", N_("该节点已被移除，不再与其交换。"))


def admit_caller(peer: str, fingerprint: str, address: str, *, now: datetime) -> None:
    """Check that the caller is ``peer``: by the certificate that it showed in the handshake.

    ``fingerprint`` is empty for a plain connection, which only a demonstration on this machine may use.

    Raises: NotPermitted ``node-removed``, ``link-tls-required``, ``link-certificate-unknown`` (not issued here, or
    revoked), ``link-certificate-expired``, ``link-certificate-other-node``.
    """
    require_enrolled(peer)
    if not fingerprint:
        if settings.WARRANT_NODE.is_development and _is_loopback(address):
            return
        raise NotPermitted("link-tls-required", N_("节点之间只能用双向 TLS 交换，未加密的连接已被拒绝。"))
    known = LinkCertificate.objects.filter(fingerprint=fingerprint, revoked_at=None).first()
    if known is None:
        raise NotPermitted("link-certificate-unknown", N_("对方出示的链路证书未在本节点登记，或已被吊销。"))
    if known.valid_until <= now:
        raise NotPermitted("link-certificate-expired", N_("对方出示的链路证书已过期，须换发。"))
    if known.node != peer:
        raise NotPermitted("link-certificate-other-node", N_("对方出示的是另一节点的链路证书。"))


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


__all__ = ["admit_caller", "require_enrolled"]
