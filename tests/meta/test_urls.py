"""Every URL of every node says who may use it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import pytest
from django.urls import URLPattern, URLResolver

from warrant.core.access import Permission

URLCONFS = ["warrant.nodes.province_urls", "warrant.nodes.ministry_urls", "warrant.nodes.public_urls"]


def patterns(entries: list, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in entries:
        if isinstance(entry, URLResolver):
            yield from patterns(entry.url_patterns, prefix + str(entry.pattern))
        else:
            yield prefix + str(entry.pattern), entry


CASES = [
    pytest.param(name, route, pattern, id=f"{name.rsplit('.', 1)[1]}:/{route}")
    for name in URLCONFS
    for route, pattern in patterns(import_module(name).urlpatterns)
]


@pytest.mark.parametrize(("urlconf", "route", "pattern"), CASES)
def test_every_url_declares_its_permission(urlconf, route, pattern):
    view = pattern.callback
    declared = getattr(view, "required_permission", "undeclared")
    signed_in_only = getattr(view, "needs_sign_in_only", False)
    assert signed_in_only or declared is None or isinstance(declared, Permission), f"/{route} is undeclared"


def test_url_names_are_unique_within_a_node():
    for name in URLCONFS:
        names = [pattern.name for _route, pattern in patterns(import_module(name).urlpatterns)]
        assert None not in names
        assert len(names) == len(set(names))
