"""Reading what-ifs: the drafts that can be tried, the reports, and the people in one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import translation

from warrant.apps.eligibility.models import WhatIf, WhatIfPerson
from warrant.apps.foundation import clock
from warrant.apps.officers.models import Officer
from warrant.apps.organisations.models import Agency
from warrant.apps.regulations.models import RegulationVersion
from warrant.apps.regulations.selectors import in_force
from warrant.apps.regulations.selectors.versions import own_jurisdiction
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, NotFound
from warrant.core.lifecycle import RegulationState
from warrant.core.regulation import RegulationKind

MOST_UNITS = 300
_TRIED = (RegulationState.DRAFT.value, RegulationState.PROPOSED.value)


@dataclass(frozen=True)
class UnitLine:
    """One unit in a report: how many were looked at, would gain, would lose."""

    name: str
    looked_at: int
    gain: int
    lose: int


def drafts_to_try() -> list[RegulationVersion]:
    """Return the drafts of the conditions, and versions that are confirmed but not in force yet, newest first."""
    rows = RegulationVersion.objects.filter(kind=RegulationKind.ELIGIBILITY.value)
    drafts = list(rows.filter(state__in=_TRIED).order_by("-pk")[:50])
    ahead = rows.filter(state=RegulationState.CONFIRMED.value, valid_from__gt=clock.today())
    return [*drafts, *ahead.order_by("-pk")[:20]]


def reports() -> QuerySet[WhatIf]:
    """Return every report; they hold counts only."""
    return WhatIf.objects.all()


def report_for(viewer: Actor, pk: int) -> WhatIf:
    """Return one report, for whoever may look at regulations or at officers.

    Raises:
        NotFound: there is none.
    """
    may_look = viewer.has_anywhere(Permission.REGULATION_VIEW) or viewer.has_anywhere(Permission.OFFICER_VIEW)
    report = WhatIf.objects.filter(pk=pk).first() if may_look else None
    if report is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return report


def rule_titles(report: WhatIf) -> dict[str, str]:
    """Return the titles of all conditions that a report speaks of, in the language of the request."""
    language = translation.get_language() or ""
    day = report.on - timedelta(days=1)
    rulesets = [in_force(RegulationKind.ELIGIBILITY, own_jurisdiction(), day).document]
    if report.version is not None:
        content = report.version.content
        found = {
            line["id"]: line.get("title", {}).get("en" if language.startswith("en") else "zh", line["id"])
            for line in content.get("lines", [])
            if isinstance(line.get("title"), dict)
        }
    else:
        found = {}
    titles = {
        line.rule_id: line.title.in_language(language) for ruleset in rulesets for line in ruleset.lines
    }
    return {**titles, **found}


def unit_lines(report: WhatIf) -> list[UnitLine]:
    """Return the units that gain or lose anybody, the most affected first; at most some hundred."""
    shown = report.by_unit[:MOST_UNITS]
    names = dict(Agency.objects.filter(pk__in=[unit for unit, *_ in shown]).values_list("pk", "name"))
    return [UnitLine(names.get(unit, ""), *counts) for unit, *counts in shown]


def people_of(
    viewer: Actor, report: WhatIf, permission: Permission = Permission.OFFICER_VIEW
) -> QuerySet[WhatIfPerson]:
    """Return the people of a report whom the viewer may see, or take along by another permission."""
    officers = Officer.objects.visible_to(viewer, permission)
    rows = WhatIfPerson.objects.filter(what_if=report, officer__in=officers.values("pk"))
    return rows.select_related("officer__agency")
