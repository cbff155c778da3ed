"""Entering and changing one officer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, permission_for_view, render_page
from warrant.apps.foundation.ports import photo_desk
from warrant.apps.officers import services
from warrant.apps.officers.forms import (
    AccountForm,
    ChangeForm,
    EducationForm,
    OfficerForm,
    PhotoForm,
    ReasonForm,
)
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.agencies import agencies_in_reach
from warrant.apps.officers.selectors.register import account_username, officer_for
from warrant.apps.officers.services.documents import check_size
from warrant.apps.officers.services.drafts import discard_draft
from warrant.apps.officers.services.entering import FIELD_OF_HEADING, EntryRefused
from warrant.apps.officers.services.merging_edits import Choices, EditConflict
from warrant.apps.officers.views.drafts import draft_context, offered_draft, take_up
from warrant.core.access import Actor, Permission, require
from warrant.core.errors import InvalidInput
from warrant.core.roster.finding import Finding, Severity

EDIT = Permission.OFFICER_EDIT
MOST_UNITS_OFFERED = 120

_WIDE = ("categories", "remark")


def _sent(request: HttpRequest) -> tuple[Any, Any]:
    """Return what a form is bound to: an empty POST is still one, and its errors are told."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _fieldsets(*, is_new: bool) -> list[dict[str, Any]]:
    identity = ["name", "id_number"] if is_new else ["name"]
    service = ["agency", "staffing"] if is_new else ["staffing"]
    return [
        {"title": _("身份"), "names": [*identity, "ethnicity", "political_status"]},
        {"title": _("学历"), "names": ["education", "degree", "school", "major"]},
        {
            "title": _("任职"),
            "names": [*service, "post", "position", "work_started", "enforcement_started", "categories"],
        },
        {"title": _("其他"), "names": ["phone", "remark"]},
    ]


def _text(finding: Any) -> str:
    text = _(finding.message)
    return text % finding.fields if finding.fields else text


def _add_findings(form: forms.Form, refused: EntryRefused) -> None:
    for finding in refused.findings:
        field = FIELD_OF_HEADING.get(finding.column)
        form.add_error(field if field in form.fields else None, _text(finding))


def _tell_doubts(request: HttpRequest, findings: Iterable[Finding]) -> None:
    for finding in findings:
        level = messages.WARNING if finding.severity is Severity.WARN else messages.INFO
        messages.add_message(request, level, _text(finding))


def _officer_to_change(actor: Actor, pk: int, permission: Permission = EDIT) -> Officer:
    """Return the officer if the actor may open the form: 404 out of scope, 403 without the right there."""
    officer = officer_for(actor, pk)
    require(actor, permission, officer.place)
    return officer


def _crumbs(officer: Officer) -> list[dict[str, str]]:
    return [
        {"label": _("执法人员"), "url": reverse("officer-list")},
        {"label": officer.name, "url": reverse("officer-detail", args=[officer.pk])},
    ]


@permission_for_view(EDIT)
@require_http_methods(["GET", "POST"])
def officer_enter(request: HttpRequest) -> HttpResponse:
    """Enter an officer by form."""
    actor = actor_of(request)
    today = clock.today()
    units = list(agencies_in_reach(actor, EDIT, today).values_list("name", flat=True)[:MOST_UNITS_OFFERED])
    initial = {"agency": units[0]} if len(units) == 1 else {}
    form = OfficerForm(_sent(request)[0], units=units, initial=initial)
    draft = offered_draft(request, actor, "officer-enter", 0)
    take_up(request, form, draft)
    if request.method == "POST" and form.is_valid():
        try:
            officer, doubts = services.enter_officer(actor, form.values(), on=today, now=clock.now())
        except EntryRefused as refused:
            _add_findings(form, refused)
        except InvalidInput as error:
            add_error(form, error)
        else:
            discard_draft(actor, "officer-enter", 0)
            messages.success(
                request, _("已登记%(name)s（%(unit)s）") % {"name": officer.name, "unit": officer.agency.name}
            )
            _tell_doubts(request, doubts)
            return redirect("officer-detail", pk=officer.pk)
    return render_page(
        request,
        "officers/form.jinja",
        {
            "page_title": _("登记执法人员"),
            "breadcrumbs": [{"label": _("执法人员"), "url": reverse("officer-list")}],
            "form": form,
            "fieldsets": _fieldsets(is_new=True),
            "wide_fields": _WIDE,
            "submit_label": _("登记"),
            "cancel_url": reverse("officer-list"),
            "is_new": True,
            **draft_context(request, "officer-enter", 0, draft),
        },
        status=400 if form.errors else 200,
    )


def _choices(request: HttpRequest) -> Choices:
    """Return what was chosen on the page of a conflict; nothing on the first try."""
    seen = request.POST.get("seen", "")
    if not (seen.isascii() and seen.isdigit() and len(seen) < 10):
        return Choices()
    prefix = "choice-"
    chosen = {
        name.removeprefix(prefix): side for name, side in request.POST.items() if name.startswith(prefix)
    }
    return Choices(int(seen), {field: str(side) for field, side in chosen.items()})


def _conflict_page(request: HttpRequest, officer: Officer, conflict: EditConflict) -> HttpResponse:
    """Show what both changed, side by side; the whole form travels along, so that nothing typed is lost."""
    left_out = {"csrfmiddlewaretoken", "seen"}
    typed = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in left_out and not name.startswith("choice-")
        for value in values
    ]
    return render_page(
        request,
        "officers/conflict.jinja",
        {
            "page_title": _("两人同时修改"),
            "breadcrumbs": _crumbs(officer),
            "officer": officer,
            "conflict": conflict,
            "rows": [
                {
                    "field": row.field,
                    "heading": _(row.heading),
                    "opened": row.opened,
                    "theirs": row.theirs,
                    "mine": row.mine,
                }
                for row in conflict.conflicts
            ],
            "taken_over": [_(heading) for heading in conflict.taken_over],
            "kept": [_(heading) for heading in conflict.kept],
            "typed": typed,
            "cancel_url": reverse("officer-detail", args=[officer.pk]),
        },
        status=409,
    )


@permission_for_view(EDIT)
@require_http_methods(["GET", "POST"])
def officer_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the basic data; what somebody else changed meanwhile is kept, or chosen where both changed it."""
    actor = actor_of(request)
    officer = _officer_to_change(actor, pk)
    form = ChangeForm(_sent(request)[0], officer=officer)
    draft = offered_draft(request, actor, "officer-change", pk)
    take_up(request, form, draft)
    if request.method == "POST" and form.is_valid():
        try:
            officer, doubts, changed = services.change_officer(
                actor,
                pk,
                form.values(),
                form.cleaned_data["revision"],
                on=clock.today(),
                now=clock.now(),
                choices=_choices(request),
            )
        except EntryRefused as refused:
            _add_findings(form, refused)
        except InvalidInput as error:
            add_error(form, error)
        except EditConflict as conflict:
            return _conflict_page(request, officer, conflict)
        else:
            discard_draft(actor, "officer-change", pk)
            _tell_changed(request, officer, changed)
            _tell_doubts(request, doubts)
            return redirect("officer-detail", pk=pk)
    return render_page(
        request,
        "officers/form.jinja",
        {
            "page_title": _("修改基本信息"),
            "breadcrumbs": _crumbs(officer),
            "form": form,
            "fieldsets": _fieldsets(is_new=False),
            "wide_fields": _WIDE,
            "submit_label": _("保存"),
            "cancel_url": reverse("officer-detail", args=[pk]),
            "is_new": False,
            **draft_context(request, "officer-change", pk, draft),
        },
        status=400 if form.errors else 200,
    )


def _tell_changed(request: HttpRequest, officer: Officer, changed: list[str]) -> None:
    if changed:
        fields = "、".join(map(_, changed))
        messages.success(request, _("已修改%(name)s的%(fields)s") % {"name": officer.name, "fields": fields})
    else:
        messages.info(request, _("没有改动"))


@permission_for_view(EDIT)
@require_http_methods(["GET", "POST"])
def officer_photo_upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a photo: errors beside the field keep it out, warnings are told."""
    actor = actor_of(request)
    officer = _officer_to_change(actor, pk)
    form = PhotoForm(*_sent(request))
    warnings: list[str] = []
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["photo"]
        raw = upload.read()
        try:
            officer, found = services.set_photo(actor, pk, raw, upload.name, now=clock.now())
        except InvalidInput as error:
            warnings = _explain_photo(form, raw, error)
        else:
            messages.success(request, _("已更换%(name)s的照片") % {"name": officer.name})
            for finding in found:
                messages.warning(request, _text(finding))
            return redirect("officer-detail", pk=pk)
    return render_page(
        request,
        "officers/photo.jinja",
        {
            "page_title": _("上传照片"),
            "breadcrumbs": _crumbs(officer),
            "form": form,
            "officer": officer,
            "warnings": warnings,
            "photo_url": reverse("officer-photo", args=[pk]) if officer.photo_id else "",
            "submit_label": _("上传"),
            "cancel_url": reverse("officer-detail", args=[pk]),
        },
        status=400 if form.errors else 200,
    )


def _explain_photo(form: forms.Form, raw: bytes, error: InvalidInput) -> list[str]:
    """Put every error of the photo beside the field, not only the first; return the warnings."""
    try:
        check_size(raw)
    except InvalidInput:
        form.add_error("photo", _text(error))
        return []
    findings = photo_desk().check_photo(raw).findings
    errors = [finding for finding in findings if finding.severity == "error"]
    for message in [_text(finding) for finding in errors] or [_text(error)]:
        form.add_error("photo", message)
    return [_text(finding) for finding in findings if finding.severity != "error"]


@permission_for_view(EDIT)
@require_http_methods(["GET", "POST"])
def officer_education_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Record an education with its proof."""
    actor = actor_of(request)
    officer = _officer_to_change(actor, pk)
    form = EducationForm(*_sent(request))
    if request.method == "POST" and form.is_valid():
        proof = form.cleaned_data["proof"]
        try:
            row = services.add_education_record(
                actor,
                pk,
                form.cleaned_data,
                proof.read(),
                proof.name,
                on=clock.today(),
                now=clock.now(),
            )
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(
                request, _("已登记%(name)s的学历：%(school)s") % {"name": officer.name, "school": row.school}
            )
            return redirect("officer-detail", pk=pk)
    return render_page(
        request,
        "page_form.jinja",
        {
            "page_title": _("登记学历"),
            "breadcrumbs": _crumbs(officer),
            "form": form,
            "submit_label": _("登记"),
            "cancel_url": reverse("officer-detail", args=[pk]),
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(EDIT)
@require_http_methods(["GET", "POST"])
def officer_account_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the officer's own account; the password is shown on this answer only."""
    actor = actor_of(request)
    officer = _officer_to_change(actor, pk)
    if request.method == "GET" and account_username(officer):
        messages.info(request, _("%(name)s已有账号") % {"name": officer.name})
        return redirect("officer-detail", pk=pk)
    form = AccountForm(_sent(request)[0])
    if request.method == "POST" and form.is_valid():
        try:
            officer, account, password = services.open_account_for_officer(
                actor, pk, form.cleaned_data["username"], now=clock.now()
            )
        except InvalidInput as error:
            add_error(form, error)
        else:
            return _shown_once(
                request,
                officer,
                _("已开通本人账号"),
                [(_("用户名"), account.username), (_("一次性密码"), password)],
                _("密码只显示这一次，系统不保存；请当面交给本人，首次登录后须立即修改。"),
            )
    return render_page(
        request,
        "page_confirm.jinja",
        {
            "page_title": _("开通本人账号"),
            "breadcrumbs": _crumbs(officer),
            "question": _("为%(name)s（%(unit)s）开通账号？")
            % {"name": officer.name, "unit": officer.agency.name},
            "consequences": [_("本人可以查看自己的档案和证件，并办理挂失"), _("一次性密码只显示一次")],
            "form": form,
            "confirm_label": _("开通"),
            "cancel_url": reverse("officer-detail", args=[pk]),
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(Permission.OFFICER_UNMASK)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def officer_unmask(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the whole ID number once, for a written reason."""
    actor = actor_of(request)
    officer = _officer_to_change(actor, pk, Permission.OFFICER_UNMASK)
    form = ReasonForm(_sent(request)[0])
    if request.method == "POST" and form.is_valid():
        try:
            officer, text = services.unmask_id_number(actor, pk, form.cleaned_data["reason"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            return _shown_once(
                request,
                officer,
                _("完整身份证号码"),
                [(_("姓名"), officer.name), (_("身份证号码"), text)],
                _("本次查看已写入审计记录；离开本页后不再显示。"),
            )
    return render_page(
        request,
        "page_confirm.jinja",
        {
            "page_title": _("查看完整身份证号码"),
            "breadcrumbs": _crumbs(officer),
            "question": _("查看%(name)s的完整身份证号码？") % {"name": officer.name},
            "consequences": [_("您的姓名、时间和事由写入审计记录"), _("号码只显示一次")],
            "form": form,
            "confirm_label": _("查看"),
            "cancel_url": reverse("officer-detail", args=[pk]),
        },
        status=400 if form.errors else 200,
    )


def _shown_once(
    request: HttpRequest, officer: Officer, title: str, pairs: list[tuple[str, str]], note: str
) -> HttpResponse:
    response = render_page(
        request,
        "officers/shown_once.jinja",
        {
            "page_title": title,
            "breadcrumbs": _crumbs(officer),
            "pairs": pairs,
            "note": note,
            "back_url": reverse("officer-detail", args=[officer.pk]),
        },
    )
    response["Cache-Control"] = "private, no-store"
    return response
