"""Telling the register which officers have applied."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from warrant.apps.applications.models import Application
from warrant.apps.officers.selectors.uses import counted
from warrant.core.errors import N_


def officer_uses(pks: Collection[int]) -> list[QuerySet[Any, Any]]:
    """Ask how many applications (and so perhaps a certificate) each of the officers has."""
    return [counted(Application.system.filter(officer_id__in=pks), N_("有 %(count)s 份资格申请"))]
