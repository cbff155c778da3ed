"""What the record sheet says of an officer's applications: each opinion with who gave it, when, for which unit."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from warrant.apps.applications.models import Opinion
from warrant.apps.audit.types import ACTION_NAMES
from warrant.apps.officers.models import Officer
from warrant.core.ports import PaperSection


def record_sheet_sections(officer: Officer, on: date) -> list[tuple[int, PaperSection]]:
    """Return the way to the qualification up to the end of the day, oldest first; the caller has checked the viewer."""
    opinions = Opinion.objects.filter(application__officer=officer).select_related("application")
    rows = [
        (
            opinion.application.number,
            timezone.localdate(opinion.given_at).isoformat(),
            _(ACTION_NAMES.get(f"application.{opinion.action}", opinion.action)),
            opinion.unit_name,
            opinion.account_name,
            opinion.reason,
        )
        for opinion in opinions.order_by("given_at", "pk")
        if timezone.localdate(opinion.given_at) <= on
    ]
    heads = (_("申请号"), _("日期"), _("决定"), _("单位"), _("经办人"), _("意见"))
    return [(110, PaperSection(_("资格审批经过"), heads, (4, 3, 3, 5, 2, 5), rows))]
