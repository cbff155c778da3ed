"""What the register asks of assessments: when two records become one, and when somebody records an outcome by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone

from warrant.apps.assessments.models import Sheet
from warrant.apps.officers.models import AdditionalEntry, Officer
from warrant.apps.regulations.selectors import in_force
from warrant.apps.regulations.selectors.versions import own_jurisdiction
from warrant.core.access import Actor
from warrant.core.errors import N_, Conflict, InvalidInput
from warrant.core.lifecycle import AssessmentState
from warrant.core.qualification.assessment import AssessmentRules, SheetKind
from warrant.core.record import EntryKind
from warrant.core.regulation import RegulationKind


def follow_merge(kept: Officer, gone: Officer, *, actor: Actor, now: datetime) -> None:
    """Let the sheets of the record that goes belong to the one that stays; where both have one, each stays as it was."""
    both = Sheet.objects.filter(officer=kept).values("assessment_id")
    Sheet.objects.filter(officer=gone).exclude(assessment_id__in=both).update(officer=kept)


def guard_entry(
    officer: Officer,
    kind: EntryKind,
    content: Mapping[str, str],
    entry: AdditionalEntry | None,
    *,
    now: datetime,
) -> None:
    """Refuse by hand what comes out of an assessment here; named in ``WARRANT_ENTRY_GUARDS``.

    ``content`` is what is to be recorded, empty for a withdrawal; ``entry`` what is corrected or withdrawn. By hand
    stay years before ``first_year`` and outcomes of another unit.

    Raises:
        Conflict: the entry is the outcome of an assessment.
        InvalidInput: the year is assessed here; ``place`` names the field.
    """
    if kind is not EntryKind.ASSESSMENT:
        return
    if entry is not None and Sheet.objects.filter(entry=entry).exists():
        raise Conflict(
            "assessed-here", N_("这项结果由年度考核产生，请在“年度考核”中对该考核表申请更正，由另一人确认")
        )
    if not content:
        return
    year = int(content["year"])
    live = Sheet.objects.filter(officer=officer, assessment__year=year, not_assessed="")
    if live.exclude(assessment__state=AssessmentState.CANCELLED.value).exists():
        raise InvalidInput(
            "assessed-here",
            N_("%(year)s 年度正在或已经在“年度考核”中考核，不能另行登记"),
            place="year",
            year=year,
        )
    today = timezone.localtime(now).date()
    rules: AssessmentRules = in_force(RegulationKind.ASSESSMENT, own_jurisdiction(), today).document
    if year >= rules.sheets[SheetKind.PERSON].first_year and content["decided_by"] == officer.agency.name:
        raise InvalidInput(
            "assess-here",
            N_("本单位 %(year)s 年度的考核请在“年度考核”中办理；这里只登记以前年度或其他单位的结果"),
            place="decided_by",
            year=year,
        )
