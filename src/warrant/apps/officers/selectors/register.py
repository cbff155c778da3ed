"""Reading the register: the list, one officer, and how codes are worded."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import translation

from warrant.apps.accounts.models import Account
from warrant.apps.foundation.kept_query import KeptQueries
from warrant.apps.officers.models import (
    COUNTING,
    EducationRecord,
    Officer,
    OfficerNameToken,
    PlannedLeaving,
)
from warrant.apps.officers.selectors.sealing import id_number_index
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor, Level, Permission
from warrant.core.errors import N_, NotFound
from warrant.core.lifecycle.planned_leaving import PlannedLeavingState
from warrant.core.standards import codes
from warrant.core.standards.code_table import CodeTable

_OFFICERS: KeptQueries[Officer] = KeptQueries()
LAST_CHARACTER = "\U0010ffff"
_UNIT_COLUMN = {
    Level.PROVINCE: "province_unit",
    Level.CITY: "city_unit",
    Level.COUNTY: "county_unit",
    Level.AGENCY: "agency_unit",
}

EDUCATION_GROUPS = (
    ("1", N_("研究生")),
    ("2", N_("大学本科")),
    ("3", N_("大学专科")),
    ("4", N_("中专及以下")),
)
"""First digits of GB/T 4658 by which the list is filtered; the last group takes everything after it."""


def code_name(table: CodeTable, code: str) -> str:
    """Return the name of a code in the language of the request; empty for an empty or unknown code."""
    if code not in table:
        return ""
    found = table.by_code(code)
    return found.english if (translation.get_language() or "").startswith("en") else found.name


def category_names(officer: Officer) -> str:
    """Return the officer's enforcement categories, in the order of entry."""
    is_english = (translation.get_language() or "").startswith("en")
    names = [code_name(codes.ENFORCEMENT_CATEGORY, code) for code in officer.category_codes]
    return (", " if is_english else "、").join(names)


def date_as_known(value: date | None, precision: str) -> str:
    """Return a date as precisely as it was recorded: ``2018-06-12``, ``2018-06`` or ``2018``."""
    if value is None:
        return ""
    return value.isoformat()[: {Officer.Precision.YEAR: 4, Officer.Precision.MONTH: 7}.get(precision, 10)]  # type: ignore[call-overload]  # a choice is a text


def age_on(birth_on: date, on: date) -> int:
    """Return the age in completed years."""
    return on.year - birth_on.year - ((on.month, on.day) < (birth_on.month, birth_on.day))


def described(officer: Officer) -> dict[str, str]:
    """Return what the form shows of an officer, in Chinese as it was entered, by field of the form."""

    def name(table: CodeTable, code: str) -> str:
        return table.by_code(code).name if code in table else ""

    return {
        "name": officer.name,
        "ethnicity": name(codes.ETHNIC_GROUP, officer.ethnicity),
        "political_status": name(codes.POLITICAL_STATUS, officer.political_status),
        "education": name(codes.EDUCATION, officer.education),
        "degree": name(codes.DEGREE, officer.degree),
        "school": officer.school,
        "major": officer.major,
        "categories": "、".join(name(codes.ENFORCEMENT_CATEGORY, code) for code in officer.category_codes),
        "post": officer.post,
        "position": officer.position,
        "staffing": name(codes.STAFFING, officer.staffing),
        "work_started": date_as_known(officer.work_started_on, officer.work_started_precision),
        "enforcement_started": date_as_known(
            officer.enforcement_started_on, officer.enforcement_started_precision
        ),
        "phone": officer.phone,
        "remark": officer.remark,
    }


def officers_for_list(
    viewer: Actor,
    *,
    token: str = "",
    id_number: str = "",
    unit: Agency | None = None,
    category: str = "",
    education: str = "",
) -> QuerySet[Officer]:
    """Return the officers that the viewer may see; ``token`` is a part of the name in its search form."""
    rows = Officer.objects.visible_to(viewer, Permission.OFFICER_VIEW).select_related("agency")
    rows = rows.defer("id_number_sealed", "id_number_index", "remark")
    if token:
        found = OfficerNameToken.objects.filter(token__gte=token, token__lt=token + LAST_CHARACTER)
        rows = rows.filter(pk__in=found.values("officer_id"))
    if id_number:
        rows = rows.filter(id_number_index=id_number_index(id_number))
    if unit is not None and unit.level in _UNIT_COLUMN:
        rows = rows.filter(**{_UNIT_COLUMN[Level(unit.level)]: unit.pk})
    if category:
        rows = rows.filter(categories__contains=category)
    if education:
        rows = rows.filter(education__gte=education)
        if education != EDUCATION_GROUPS[-1][0]:
            rows = rows.filter(education__lt=str(int(education) + 1))
    return rows


def is_own(viewer: Actor, officer: Officer) -> bool:
    """Tell whether the officer is the viewer."""
    return viewer.officer_uid is not None and viewer.officer_uid == str(officer.uid)


def _for_page(rows: QuerySet[Officer]) -> QuerySet[Officer]:
    """Read with an officer everything that the head of the page shows."""
    account = Account.objects.filter(officer_uid=OuterRef("uid")).values("username")
    plan = PlannedLeaving.objects.filter(officer=OuterRef("pk"), state=PlannedLeavingState.PLANNED.value)
    related = rows.select_related("agency__province", "entered_by__agency")
    told = JSONObject(
        pk="pk", kind="kind", left_on="left_on", trouble="trouble", person="planned_by__display_name"
    )
    leaving = Subquery(plan.annotate(told=told).values("told")[:1])
    return related.annotate(account_username=Subquery(account[:1]), leaving=leaving)


def account_username(officer: Officer) -> str:
    """Return the user name of the officer's own account; empty without one. The officer comes from this module."""
    return str(getattr(officer, "account_username", None) or "")


def leaving_ahead(officer: Officer) -> dict[str, Any] | None:
    """Return the plan that waits for its day: ``pk``, ``kind``, ``left_on`` (ISO), ``trouble``, ``person``.

    The officer comes from this module.
    """
    return getattr(officer, "leaving", None)


def own_officer(viewer: Actor) -> Officer:
    """Return the viewer's own record.

    Raises:
        NotFound: the account belongs to no officer.
    """
    officer = None
    if viewer.officer_uid and viewer.has_anywhere(Permission.OWN_RECORD):
        officer = _for_page(Officer.system.filter(uid=viewer.officer_uid)).first()
    if officer is None:
        raise NotFound("no-own-record", N_("您的账号没有对应的执法人员记录；请联系本单位登记员"))
    return officer


def officer_for(viewer: Actor, pk: int) -> Officer:
    """Return an officer that the viewer may see: within the scope, or the viewer's own record.

    Raises:
        NotFound: there is none, or it lies out of scope.
    """
    own_uid = viewer.officer_uid if viewer.has_anywhere(Permission.OWN_RECORD) else None

    def write(number: int) -> QuerySet[Officer]:
        rows = Officer.objects.visible_to(viewer, Permission.OFFICER_VIEW).filter(pk=number)
        if own_uid:
            rows |= Officer.system.filter(pk=number, uid=own_uid)
        return _for_page(rows)

    officer = _OFFICERS.first((viewer.grants, own_uid), pk, write)
    if officer is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return officer


def educations_of(officer: Officer) -> list[EducationRecord]:
    """Return the recorded educations that count, latest first; the caller has checked that the viewer may see them."""
    return list(
        officer.educations.filter(COUNTING)
        .select_related("proof", "recorded_by")
        .order_by("-graduated_on", "-id")
    )
