"""Which apps, handlers, adapters and entries each kind of node has."""

from __future__ import annotations

from typing import Any

from warrant.nodes.base import (
    ACCOUNT_SETTINGS,
    PUBLIC_MIDDLEWARE,
    STAFF_APPS,
    STAFF_MIDDLEWARE,
    common_settings,
)
from warrant.nodes.config import NodeConfig

_REGISTER_APPS = [
    "warrant.apps.foundation",
    "warrant.apps.audit",
    "warrant.apps.organisations",
    "warrant.apps.accounts",
    "warrant.apps.officers",
    "warrant.apps.training",
    "warrant.apps.applications",
    "warrant.apps.filing",
    "warrant.apps.certificates",
    "warrant.apps.cardcentre",
    "warrant.apps.exchange",
    "warrant.apps.publication",
]


_PORTS = {
    "key_vault": "warrant.nodes.factories.key_vault",
    "photo_desk": "warrant.nodes.factories.photo_desk",
    "card_face_printer": "warrant.nodes.factories.card_face_printer",
    "link": "warrant.adapters.http_link.http_link",
}
_RELAY = "warrant.apps.exchange.commands.run_relay"


def province_settings(node: NodeConfig) -> dict[str, Any]:
    """Return the settings of a province: the register, approval, card centre, and the link up."""
    return {
        **common_settings(node),
        **ACCOUNT_SETTINGS,
        "INSTALLED_APPS": [*STAFF_APPS, *_REGISTER_APPS],
        "MIDDLEWARE": STAFF_MIDDLEWARE,
        "WARRANT_PORTS": _PORTS,
        "WARRANT_RELAY": _RELAY,
    }


def ministry_settings(node: NodeConfig) -> dict[str, Any]:
    """Return the settings of the ministry: filing review, keys, publication, and the links down."""
    return {
        **common_settings(node),
        **ACCOUNT_SETTINGS,
        "INSTALLED_APPS": [*STAFF_APPS, *_REGISTER_APPS],
        "MIDDLEWARE": STAFF_MIDDLEWARE,
        "WARRANT_PORTS": _PORTS,
    }


def public_settings(node: NodeConfig) -> dict[str, Any]:
    """Return the settings of the public site: no accounts, no register, only what is published."""
    return {
        **common_settings(node),
        "INSTALLED_APPS": [
            "django.contrib.contenttypes",
            "django.contrib.messages",
            "django.contrib.staticfiles",
            "warrant.apps.foundation",
            "warrant.apps.exchange",
            "warrant.apps.publication",
        ],
        "MIDDLEWARE": PUBLIC_MIDDLEWARE,
        "WARRANT_PORTS": _PORTS,
        "WARRANT_RELAY": _RELAY,
    }
