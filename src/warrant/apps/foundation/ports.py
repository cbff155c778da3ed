"""Where apps get their adapters: each node names the factories, apps know the ports only."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from django.conf import settings
from django.utils.module_loading import import_string

from warrant.core.errors import N_, Unavailable
from warrant.core.keys.vault import KeyVault
from warrant.core.ports import CardFacePrinter, PhotoDesk


@cache
def _port(name: str) -> Any:
    """Return the adapter behind ``name``, made once per process by the node's factory."""
    path = settings.WARRANT_PORTS.get(name)
    if path is None:
        raise Unavailable("port-missing", N_("本节点没有配置“%(port)s”"), port=name)
    return import_string(path)()


def key_vault() -> KeyVault:
    """Return the node's opened key vault."""
    return cast(KeyVault, _port("key_vault"))


def photo_desk() -> PhotoDesk:
    """Return what checks and converts photos."""
    return cast(PhotoDesk, _port("photo_desk"))


def card_face_printer() -> CardFacePrinter:
    """Return what draws card faces."""
    return cast(CardFacePrinter, _port("card_face_printer"))


def port(name: str) -> Any:
    """Return the adapter of a port that one app alone knows; that app gives it its type."""
    return _port(name)


def forget_ports() -> None:
    """Drop the made adapters, so that the next call makes them anew (tests, reload of a vault)."""
    _port.cache_clear()
