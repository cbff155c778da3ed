"""Telling the register which officers have applied."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count
from django.utils.translation import gettext as _

from warrant.apps.applications.models import Application


def officer_uses(pks: Collection[int]) -> dict[int, str]:
    """Return for each of the officers who has applications (and so perhaps a certificate) how many, in words."""
    counts = Application.system.filter(officer_id__in=pks).values_list("officer_id").annotate(Count("pk"))
    return {pk: _("有 %(count)s 份资格申请") % {"count": count} for pk, count in counts.order_by()}
