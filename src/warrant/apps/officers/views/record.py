"""One officer: the page, the quick look, the own record, photo and proofs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, permission_for_view, render_page
from warrant.apps.foundation.views import signed_in
from warrant.apps.officers.models import Document, Officer
from warrant.apps.officers.selectors.corrected import parted, past_line
from warrant.apps.officers.selectors.documents import document_content, document_for
from warrant.apps.officers.selectors.entries import can_edit
from warrant.apps.officers.selectors.moving import LEAVING_NAMES, acts_for
from warrant.apps.officers.selectors.page import chain_of, panels_of, timeline_of
from warrant.apps.officers.selectors.pairs import kept_instead_of
from warrant.apps.officers.selectors.register import (
    account_username,
    age_on,
    category_names,
    code_name,
    date_as_known,
    leaving_ahead,
    officer_for,
    own_officer,
)
from warrant.apps.officers.selectors.sealing import masked_id_number
from warrant.apps.officers.selectors.standing import badges_of, findings_of, next_steps
from warrant.apps.officers.types import TABS
from warrant.apps.officers.views.history import as_of_page, day_asked_for
from warrant.core.access import Actor, Permission, is_permitted
from warrant.core.errors import N_, NotFound
from warrant.core.lifecycle import LeavingKind, OfficerState
from warrant.core.standards import codes

STANDING = "standing"
"""In an address: the chain and what follows from it, without the rest of the page."""

OLD_PARTS = {"education": "additional", "records": "qualification"}
"""Addresses that were given out before the tabs had their present names."""

_SHOWN_IN_BROWSER = frozenset({"application/pdf", "image/jpeg", "image/png"})


def _photo_url(officer: Officer) -> str:
    """Return the address of the photo; it changes with the photo."""
    return f"{reverse('officer-photo', args=[officer.pk])}?v={officer.photo_id}" if officer.photo_id else ""


def _headline(officer: Officer) -> list[tuple[str, str]]:
    return [
        (_("单位"), officer.agency.name),
        (_("执法门类"), category_names(officer)),
        (_("岗位"), officer.post),
        (_("职务"), officer.position),
        (_("性别"), code_name(codes.SEX, officer.sex)),
        (
            _("出生日期"),
            _("%(day)s（%(age)s 岁）")
            % {"day": officer.birth_on.isoformat(), "age": age_on(officer.birth_on, clock.today())},
        ),
        (_("身份证号码"), masked_id_number(officer)),
        (_("联系电话"), officer.phone),
    ]


def _basic_facts(officer: Officer) -> list[tuple[str, str]]:
    return [
        (_("民族"), code_name(codes.ETHNIC_GROUP, officer.ethnicity)),
        (_("政治面貌"), code_name(codes.POLITICAL_STATUS, officer.political_status)),
        (_("学历"), code_name(codes.EDUCATION, officer.education)),
        (_("学位"), code_name(codes.DEGREE, officer.degree)),
        (_("毕业院校"), officer.school),
        (_("所学专业"), officer.major),
        (_("编制性质"), code_name(codes.STAFFING, officer.staffing)),
        (_("参加工作时间"), date_as_known(officer.work_started_on, officer.work_started_precision)),
        (
            _("从事执法时间"),
            date_as_known(officer.enforcement_started_on, officer.enforcement_started_precision),
        ),
        (_("备注"), officer.remark),
    ]


def _educations(officer: Officer, *, may_edit: bool) -> dict[str, Any]:
    """Return what the box of educations shows: those that count, and those that were corrected."""
    found = officer.educations.select_related("proof", "recorded_by").order_by("-graduated_on", "-id")
    counting, past = parted(list(found))
    rows = [
        {
            "education": code_name(codes.EDUCATION, row.education),
            "degree": code_name(codes.DEGREE, row.degree),
            "school": row.school,
            "major": row.major,
            "graduated_on": row.graduated_on,
            "proof": {"label": _("查看"), "url": reverse("document-open", args=[row.proof_id])},
            "act": {"label": _("更正"), "url": reverse("officer-education-correct", args=[row.pk])},
        }
        for row in counting
    ]
    return {
        "education_columns": _education_columns(may_edit=may_edit),
        "educations": rows,
        "past": [
            past_line(
                old,
                f"{code_name(codes.EDUCATION, old.row.education)} {old.row.school} {old.row.graduated_on}",
            )
            for old in past
        ],
    }


def _education_columns(*, may_edit: bool) -> list[dict[str, str]]:
    act = [{"key": "act", "label": _("办理"), "kind": "link"}] if may_edit else []
    return [
        {"key": "education", "label": _("学历")},
        {"key": "degree", "label": _("学位")},
        {"key": "school", "label": _("毕业院校"), "kind": "clip"},
        {"key": "major", "label": _("所学专业"), "kind": "clip"},
        {"key": "graduated_on", "label": _("毕业日期"), "kind": "date"},
        {"key": "proof", "label": _("证明材料"), "kind": "link"},
        *act,
    ]


def _allowed(actor: Actor, officer: Officer, *, has_account: bool) -> dict[str, bool]:
    may_edit = is_permitted(actor, Permission.OFFICER_EDIT, officer.place)
    return {
        "change": may_edit,
        "open_account": may_edit and not has_account,
        "unmask": is_permitted(actor, Permission.OFFICER_UNMASK, officer.place),
        "export": is_permitted(actor, Permission.OFFICER_EXPORT, officer.place),
    }


def _panels(request: HttpRequest, actor: Actor, officer: Officer, tab: str) -> list[dict[str, Any]]:
    """The panels of one tab, each rendered with its own context only."""
    return [
        {
            "title": panel.title,
            "count": "" if panel.count is None else panel.count,
            "anchor": panel.anchor,
            "html": render_to_string(panel.template, {**panel.context, "officer": officer}, request),
        }
        for panel in panels_of(actor, officer, tab)
    ]


def _tabs(address: str, tab: str) -> list[dict[str, Any]]:
    names = {
        "": _("基本信息"),
        "additional": _("附加信息"),
        "qualification": _("培训与资格"),
        "certificates": _("证件"),
        "documents": _("材料"),
        "history": _("经过"),
    }
    return [
        {
            "label": names[name],
            "url": f"{address}?part={name}" if name else address,
            "is_current": name == tab,
        }
        for name in TABS
    ]


def _tab_context(request: HttpRequest, actor: Actor, officer: Officer, tab: str) -> dict[str, Any]:
    """Read what the open tab shows, and nothing else."""
    context: dict[str, Any] = {"tab": tab, "extra_panels": _panels(request, actor, officer, tab)}
    if tab == "":
        username = account_username(officer)
        context["facts"] = [*_basic_facts(officer), (_("本人账号"), username or _("未开通"))]
    elif tab == "additional":
        context |= _educations(officer, may_edit=can_edit(actor, officer))
    elif tab == "history":
        context["happenings"] = timeline_of(officer)
    return context


def _standing(actor: Actor, officer: Officer) -> dict[str, Any]:
    """The chain, and what follows from it: what is wrong and what is next."""
    links = chain_of(officer)
    return {
        "links": links,
        "findings": findings_of(actor, officer, links, clock.today()),
        "steps": next_steps(actor, officer, links),
    }


def _planned(actor: Actor, officer: Officer) -> dict[str, Any]:
    """Say that somebody will leave; the plan may be taken back by whoever registers the officer."""
    plan = leaving_ahead(officer) if officer.state == OfficerState.ACTIVE else None
    if plan is None:
        return {"planned": None}
    told = {
        "day": plan["left_on"],
        "kind": _(LEAVING_NAMES[LeavingKind(plan["kind"])]),
        "person": plan["person"],
    }
    return {
        "planned": plan,
        "planned_text": _("自 %(day)s 起离职（%(kind)s），到日自动生效；%(person)s登记") % told,
        "may_cancel_leaving": can_edit(actor, officer),
    }


def _record_page(request: HttpRequest, actor: Actor, officer: Officer, *, is_own: bool) -> HttpResponse:
    """The first tab comes with the chain; the others let it come after them, so that each page asks little."""
    asked = request.GET.get("part", "")
    tab = OLD_PARTS.get(asked, asked)
    tab = tab if tab in TABS else ""
    is_part = bool(request.headers.get("HX-Request")) and not request.headers.get(
        "HX-History-Restore-Request"
    )
    if is_part and asked == STANDING:
        return render_page(request, "officers/detail_standing.jinja", _standing(actor, officer))
    context = {
        "officer": officer,
        "is_own": is_own,
        "allowed": _allowed(actor, officer, has_account=bool(account_username(officer))),
        "parts": _tabs(request.path, tab),
        **_tab_context(request, actor, officer, tab),
    }
    if is_part:
        return render_page(request, "officers/detail_tab.jinja", context)
    later = {"links": [], "findings": [], "steps": [], "standing_url": f"{request.path}?part={STANDING}"}
    context |= {
        "page_title": _("我的档案") if is_own else officer.name,
        "breadcrumbs": [] if is_own else [{"label": _("执法人员"), "url": reverse("officer-list")}],
        "photo_url": _photo_url(officer),
        "headline": _headline(officer),
        "badges": badges_of(officer),
        **_planned(actor, officer),
        "acts": acts_for(actor, officer),
        **(later if tab else {**_standing(actor, officer), "standing_url": ""}),
    }
    return render_page(request, "officers/detail.jinja", context)


@permission_for_view(Permission.OFFICER_VIEW)
@require_safe
def officer_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One officer: who it is, how far the authority reaches, what is recorded; with ``?on=`` as it was on a day."""
    actor = actor_of(request)
    on = day_asked_for(request)
    try:
        officer = officer_for(actor, pk)
    except NotFound:
        kept = kept_instead_of(pk)  # a record that was merged away leads to the one that was kept
        if kept is None:
            raise
        return redirect("officer-detail", pk=officer_for(actor, kept).pk)
    return as_of_page(request, officer, on) if on else _record_page(request, actor, officer, is_own=False)


@permission_for_view(Permission.OWN_RECORD)
@require_safe
def own_record(request: HttpRequest) -> HttpResponse:
    """The viewer's own record; with ``?on=`` as it was on a day."""
    actor = actor_of(request)
    officer = own_officer(actor)
    on = day_asked_for(request)
    if on:
        return as_of_page(request, officer, on, is_own=True)
    return _record_page(request, actor, officer, is_own=True)


@permission_for_view(Permission.OFFICER_VIEW)
@require_safe
def officer_glance(request: HttpRequest, pk: int) -> HttpResponse:
    """The quick look beside the list."""
    actor = actor_of(request)
    officer = officer_for(actor, pk)
    return render_page(
        request,
        "officers/glance.jinja",
        {
            "officer": officer,
            "photo_url": _photo_url(officer),
            "facts": _headline(officer),
            "badges": badges_of(officer),
            **_standing(actor, officer),
        },
    )


def served_document(document: Document) -> HttpResponse:
    """Answer with a kept file; the caller has checked that the viewer may open it."""
    response = HttpResponse(document_content(document), content_type=document.media_type)
    is_shown = document.media_type in _SHOWN_IN_BROWSER
    disposition = content_disposition_header(as_attachment=not is_shown, filename=document.file_name)
    response["Content-Disposition"] = disposition or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@signed_in
@require_safe
def officer_photo(request: HttpRequest, pk: int) -> HttpResponse:
    """The portrait, for whoever may see the officer."""
    officer = officer_for(actor_of(request), pk)
    if officer.photo is None:
        raise NotFound("no-photo", N_("还没有照片"))
    return served_document(officer.photo)


@signed_in
@require_safe
def document_open(request: HttpRequest, pk: int) -> HttpResponse:
    """A kept file, for whoever may see what it proves."""
    return served_document(document_for(actor_of(request), pk))
