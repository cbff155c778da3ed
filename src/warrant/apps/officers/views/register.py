"""The list of officers and finding one by the ID number."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, error_text, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.apps.officers.forms import IdNumberForm, OfficerFilterForm
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.agencies import unit_choices
from warrant.apps.officers.selectors.register import age_on, category_names, code_name, officers_for_list
from warrant.apps.officers.services.spelling import search_form
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor, Permission
from warrant.core.errors import InvalidInput
from warrant.core.roster.text import half_width, without_blanks
from warrant.core.standards import codes, id_number

VIEW = Permission.OFFICER_VIEW
_ID_NUMBER = re.compile(r"[0-9]{17}[0-9X]")


def id_number_form(text: str) -> str:
    """Return typed text in the normal form of ID numbers."""
    return half_width(without_blanks(text)).upper()


def _columns(sort_url: str, is_descending: bool) -> list[dict[str, str]]:
    return [
        {
            "key": "name",
            "label": _("姓名"),
            "sort_url": sort_url,
            "sorted": "descending" if is_descending else "ascending",
        },
        {"key": "sex", "label": _("性别")},
        {"key": "birth_on", "label": _("出生日期")},
        {"key": "age", "label": _("年龄"), "kind": "number"},
        {"key": "agency", "label": _("单位"), "kind": "clip"},
        {"key": "categories", "label": _("执法门类"), "kind": "clip"},
        {"key": "post", "label": _("岗位")},
        {"key": "position", "label": _("职务")},
        {"key": "education", "label": _("学历")},
        {"key": "staffing", "label": _("编制性质")},
    ]


def _row(officer: Officer) -> dict[str, Any]:
    return {
        "url": reverse("officer-detail", args=[officer.pk]),
        "panel_url": reverse("officer-glance", args=[officer.pk]),
        "name": officer.name,
        "sex": code_name(codes.SEX, officer.sex),
        "birth_on": officer.birth_on.isoformat(),
        "age": age_on(officer.birth_on, clock.today()),
        "agency": officer.agency.name,
        "categories": category_names(officer),
        "post": officer.post,
        "position": officer.position,
        "education": code_name(codes.EDUCATION, officer.education),
        "staffing": code_name(codes.STAFFING, officer.staffing),
    }


def _chosen_unit(code: str) -> Agency | None:
    return Agency.objects.filter(code=code).first() if code else None


def _list_url(values: dict[str, str], **changes: str) -> str:
    chosen = {key: text for key, text in {**values, **changes}.items() if text}
    return f"{reverse('officer-list')}?{urlencode(chosen)}" if chosen else reverse("officer-list")


def _found_by_id_number(request: HttpRequest, actor: Actor, text: str) -> HttpResponse | None:
    """Go straight to the officer, so that the number stands in no address that stays."""
    officer = officers_for_list(actor, id_number=text).first()
    if officer is None:
        return None
    target = reverse("officer-detail", args=[officer.pk])
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": target})
    return redirect(target)


@permission_for_view(VIEW)
@require_safe
def officer_list(request: HttpRequest) -> HttpResponse:
    """The officers in reach: found by part of the name, filtered, page by page."""
    actor = actor_of(request)
    unit = _chosen_unit(request.GET.get("unit", ""))
    units = unit_choices(actor, VIEW, unit, clock.today())
    form = OfficerFilterForm(request.GET, units=units)
    chosen: dict[str, str] = form.cleaned_data if form.is_valid() else {}
    text = chosen.get("q", "")
    whole_number = id_number_form(text)
    is_number = _ID_NUMBER.fullmatch(whole_number) is not None
    if is_number:
        found = _found_by_id_number(request, actor, whole_number)
        if found is not None:
            return found
    is_descending = chosen.get("sort") == "-name"
    rows = officers_for_list(
        actor,
        token="" if is_number else search_form(text),
        id_number=whole_number if is_number else "",
        unit=unit if chosen.get("unit") else None,
        category=chosen.get("category", ""),
        education=chosen.get("education", ""),
    )
    page = keyset_page(rows, "-sort_key" if is_descending else "sort_key", request.GET.get("after", ""))
    is_empty_register = not page.rows and not any(chosen.values())
    return render_page(
        request,
        "officers/list.jinja",
        {
            "page_title": _("执法人员"),
            "columns": _columns(_list_url(chosen, sort="" if is_descending else "-name"), is_descending),
            "rows": [_row(officer) for officer in page.rows],
            "caption": _("执法人员名册"),
            "table_name": "officers",
            "list_url": reverse("officer-list"),
            "filters": form,
            "count_text": _("共 %(count)s 人") % {"count": page.count_text},
            "next_url": _list_url(chosen, after=page.next_key) if page.next_key else "",
            "previous_url": _list_url(chosen, after=page.previous_key) if page.previous_key else "",
            "empty_title": _("还没有登记执法人员") if is_empty_register else _("没有符合条件的人员"),
            "empty_step": _("逐人登记，或导入花名册") if is_empty_register else _("清除筛选条件"),
            "empty_url": "" if is_empty_register else reverse("officer-list"),
            "allowed": {
                "enter": actor.has_anywhere(Permission.OFFICER_EDIT),
                "roster": actor.has_anywhere(Permission.ROSTER_IMPORT),
            },
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(VIEW)
@require_POST
def officer_find(request: HttpRequest) -> HttpResponse:
    """Go to the officer with this ID number."""
    actor = actor_of(request)
    form = IdNumberForm(request.POST)
    if form.is_valid():
        text = id_number_form(form.cleaned_data["id_number"])
        try:
            id_number.check(text)
        except InvalidInput as error:
            add_error(form, InvalidInput(error.code, error.message, place="id_number", **error.fields))
        else:
            officer = officers_for_list(actor, id_number=text).first()
            if officer is not None:
                return redirect("officer-detail", pk=officer.pk)
            messages.warning(request, _("您的管辖范围内没有登记这个身份证号码"))
            return redirect("officer-list")
    return render_page(
        request,
        "page_form.jinja",
        {
            "page_title": _("按身份证号码查找"),
            "form": form,
            "submit_label": _("查找"),
            "cancel_url": reverse("officer-list"),
        },
        status=400,
    )


@permission_for_view(Permission.OFFICER_EDIT)
@require_POST
def id_number_reading(request: HttpRequest) -> HttpResponse:
    """Say what a typed ID number means: sex, birth date and age, or what is wrong with it."""
    text = id_number_form(request.POST.get("id_number", ""))
    context: dict[str, Any] = {"reading": None, "problem": ""}
    if text:
        try:
            number = id_number.check(text)
        except InvalidInput as error:
            context["problem"] = error_text(error)
        else:
            context["reading"] = {
                "sex": code_name(codes.SEX, number.sex_code),
                "birth_on": number.born_on.isoformat(),
                "age": age_on(number.born_on, clock.today()),
            }
    return render_page(request, "officers/id_number_reading.jinja", context)
