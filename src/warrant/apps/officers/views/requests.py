"""Requests that two people decide: deleting a record, correcting an ID number, and bringing a record back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.apps.officers.forms import (
    DeletionForm,
    IdNumberCorrectionForm,
    RequestDecisionForm,
    UndoForm,
)
from warrant.apps.officers.models import Officer, RecordRequest
from warrant.apps.officers.selectors.register import age_on, code_name, officer_for
from warrant.apps.officers.selectors.requests import (
    KIND_NAMES,
    STATE_FACES,
    days_left,
    new_number_of,
    request_for,
    requests_for,
    rights_on,
    waiting_request_of,
)
from warrant.apps.officers.selectors.sealing import masked_id_number
from warrant.apps.officers.selectors.uses import uses_of
from warrant.apps.officers.services.alike import Person, alike_finding, alike_to
from warrant.apps.officers.services.requests import (
    apply_request,
    refuse_request,
    request_deletion,
    request_id_number_correction,
    undo_deletion,
    withdraw_request,
)
from warrant.core.access import Actor, Permission, require
from warrant.core.errors import InvalidInput
from warrant.core.lifecycle import UNDO_DAYS, RecordRequestKind, RecordRequestState
from warrant.core.standards import codes, id_number

EDIT = Permission.OFFICER_EDIT
_STATES = (
    RecordRequestState.WAITING.value,
    RecordRequestState.APPLIED.value,
    RecordRequestState.REFUSED.value,
    RecordRequestState.WITHDRAWN.value,
    RecordRequestState.UNDONE.value,
    RecordRequestState.ERASED.value,
)


def _crumbs(officer: Officer) -> list[dict[str, str]]:
    return [
        {"label": _("执法人员"), "url": reverse("officer-list")},
        {"label": officer.name, "url": reverse("officer-detail", args=[officer.pk])},
    ]


def _request_crumbs() -> list[dict[str, str]]:
    return [{"label": _("删除与号码更正"), "url": reverse("record-request-list")}]


def _sent(request: HttpRequest) -> tuple[Any, Any]:
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


@permission_for_view(EDIT)
@require_http_methods(["GET", "POST"])
def deletion_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a record to be deleted."""
    actor = actor_of(request)
    officer = officer_for(actor, pk)
    require(actor, EDIT, officer.place)
    waiting = waiting_request_of(pk, RecordRequestKind.DELETION.value)
    if waiting is not None and request.method == "GET":
        return redirect("record-request", pk=waiting.pk)
    form = DeletionForm(_sent(request)[0])
    uses = uses_of([pk]).get(pk, ())
    if request.method == "POST" and form.is_valid():
        try:
            made = request_deletion(actor, pk, form.cleaned_data["reason"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(
                request, _("已提出删除%(name)s，待第二人确认；确认前记录不变") % {"name": officer.name}
            )
            return redirect("record-request", pk=made.pk)
    return render_page(
        request,
        "officers/deletion.jinja",
        {
            "page_title": _("请求删除"),
            "breadcrumbs": _crumbs(officer),
            "officer": officer,
            "uses": uses,
            "question": _("请求删除%(name)s（%(unit)s）的记录？")
            % {"name": officer.name, "unit": officer.agency.name},
            "consequences": [
                _("由另一名有确认权限的人核对后才删除"),
                _("删除后 %(days)s 天内可以恢复，此后个人资料和材料彻底清除，不能找回") % {"days": UNDO_DAYS},
                _("人员离开请办理离职登记，重复登记请办理合并；删除只用于登记错误"),
            ],
            "form": form,
            "confirm_label": _("提出请求"),
            "cancel_url": reverse("officer-detail", args=[pk]),
            "danger": True,
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(EDIT)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def id_number_correction(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the ID number to be corrected."""
    actor = actor_of(request)
    officer = officer_for(actor, pk)
    require(actor, EDIT, officer.place)
    waiting = waiting_request_of(pk, RecordRequestKind.ID_NUMBER.value)
    if waiting is not None and request.method == "GET":
        return redirect("record-request", pk=waiting.pk)
    form = IdNumberCorrectionForm(*_sent(request))
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["proof"]
        try:
            made = request_id_number_correction(
                actor,
                pk,
                form.cleaned_data["id_number"],
                form.cleaned_data["reason"],
                (upload.read(), upload.name),
                now=clock.now(),
            )
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(
                request, _("已提出更正%(name)s的身份证号码，待第二人核对") % {"name": officer.name}
            )
            return redirect("record-request", pk=made.pk)
    return render_page(
        request,
        "officers/id_number_form.jinja",
        {
            "page_title": _("更正身份证号码"),
            "breadcrumbs": _crumbs(officer),
            "form": form,
            "wide_fields": ["reason", "proof"],
            "present": masked_id_number(officer),
            "submit_label": _("提出请求"),
            "cancel_url": reverse("officer-detail", args=[pk]),
        },
        status=400 if form.errors else 200,
    )


def _row(made: RecordRequest) -> dict[str, Any]:
    word, tone = STATE_FACES[made.state]
    left = ""
    is_deleted = made.kind == RecordRequestKind.DELETION and made.state == RecordRequestState.APPLIED
    if is_deleted:
        left = _("还可恢复 %(days)s 天") % {"days": days_left(made, clock.now())}
    return {
        "url": reverse("record-request", args=[made.pk]),
        "officer": made.officer.name,
        "what": _(KIND_NAMES[made.kind]),
        "unit": made.officer.agency.name,
        "state": {"word": _("已删除") if is_deleted else _(word), "tone": "ended" if is_deleted else tone},
        "left": left,
        "person": made.requested_by.display_name,
        "requested_at": made.requested_at,
        "decider": made.decided_by.display_name if made.decided_by else "",
    }


@permission_for_view(Permission.OFFICER_VIEW)
@require_safe
def record_request_list(request: HttpRequest) -> HttpResponse:
    """Requests in reach: what waits, what was deleted and can still come back, what was decided."""
    actor = actor_of(request)
    state = request.GET.get("state", RecordRequestState.WAITING.value)
    state = state if state in (*_STATES, "deleted") else RecordRequestState.WAITING.value
    if state == "deleted":
        rows = requests_for(
            actor, state=RecordRequestState.APPLIED.value, kind=RecordRequestKind.DELETION.value
        )
    else:
        rows = requests_for(actor, state=state)
    page = keyset_page(rows, "requested_at", request.GET.get("after", ""))
    address = reverse("record-request-list")

    def url(**changes: str) -> str:
        return f"{address}?{urlencode({'state': state, **changes})}"

    return render_page(
        request,
        "officers/requests.jinja",
        {
            "page_title": _("删除与号码更正"),
            "columns": [
                {"key": "officer", "label": _("姓名")},
                {"key": "what", "label": _("事项")},
                {"key": "unit", "label": _("单位"), "kind": "clip"},
                {"key": "state", "label": _("状态"), "kind": "state"},
                {"key": "left", "label": _("期限")},
                {"key": "person", "label": _("提出人")},
                {"key": "requested_at", "label": _("提出时间"), "kind": "instant"},
                {"key": "decider", "label": _("确认人")},
            ],
            "rows": [_row(made) for made in page.rows],
            "caption": _("删除与号码更正"),
            "table_name": "record-requests",
            "list_url": address,
            "tabs_of_list": [
                {
                    "label": label,
                    "url": f"{address}?state={value}",
                    "is_current": value == state,
                }
                for value, label in (
                    (RecordRequestState.WAITING.value, _("待第二人确认")),
                    ("deleted", _("已删除，可恢复")),
                    (RecordRequestState.APPLIED.value, _("已执行")),
                    (RecordRequestState.REFUSED.value, _("已驳回")),
                    (RecordRequestState.WITHDRAWN.value, _("已撤回")),
                    (RecordRequestState.UNDONE.value, _("已恢复")),
                    (RecordRequestState.ERASED.value, _("已清除")),
                )
            ],
            "count_text": _("共 %(count)s 件") % {"count": page.count_text},
            "next_url": url(after=page.next_key) if page.next_key else "",
            "previous_url": url(after=page.previous_key) if page.previous_key else "",
            "empty_title": _("没有这样的请求"),
            "empty_step": _("删除和更正身份证号码在人员档案页提出，由第二人在这里确认"),
        },
    )


def _number_facts(made: RecordRequest) -> list[tuple[str, str]]:
    """Return what the new number would change, the number itself left out: the second person reads it from the proof."""
    read = id_number.check(new_number_of(made))
    officer = made.officer
    pairs = [(_("现登记号码"), masked_id_number(officer))]
    for label, before, after in (
        (_("出生日期"), officer.birth_on.isoformat(), read.born_on.isoformat()),
        (_("性别"), code_name(codes.SEX, officer.sex), code_name(codes.SEX, read.sex_code)),
    ):
        text = (
            after if before == after else _("%(before)s 改为 %(after)s") % {"before": before, "after": after}
        )
        pairs.append((label, text))
    return pairs


def _resembled(actor: Actor, made: RecordRequest) -> list[str]:
    """Return whom the officer would resemble under the new number: a warning for both persons, in words."""
    officer = made.officer
    number = id_number.check(new_number_of(made))
    found = alike_to(Person(number.text, officer.name, number.born_on))
    findings = [alike_finding(actor, other, rule) for other, rule in found if other.pk != officer.pk]
    return [
        _(finding.message) % finding.fields if finding.fields else _(finding.message) for finding in findings
    ]


def _facts(made: RecordRequest) -> list[tuple[str, Any]]:
    officer = made.officer
    return [
        (_("姓名"), officer.name),
        (_("单位"), officer.agency.name),
        (_("事项"), _(KIND_NAMES[made.kind])),
        (
            _("年龄"),
            "" if made.state == RecordRequestState.ERASED else age_on(officer.birth_on, clock.today()),
        ),
        (_("提出人"), f"{made.requested_by.display_name}（{made.requested_by.agency.name}）"),
        (_("提出时间"), timezone.localtime(made.requested_at).strftime("%Y-%m-%d %H:%M")),
        (_("理由"), made.reason),
    ]


def _request_page(request: HttpRequest, made: RecordRequest, form: Any, undo_form: Any) -> HttpResponse:
    actor, now = actor_of(request), clock.now()
    officer = made.officer
    is_number = made.kind == RecordRequestKind.ID_NUMBER
    is_waiting = made.state == RecordRequestState.WAITING
    word, tone = STATE_FACES[made.state]
    status = 400 if any(f is not None and f.is_bound and f.errors for f in (form, undo_form)) else 200
    return render_page(
        request,
        "officers/request.jinja",
        {
            "page_title": _("%(what)s：%(name)s") % {"what": _(KIND_NAMES[made.kind]), "name": officer.name},
            "breadcrumbs": _request_crumbs(),
            "made": made,
            "state": {"word": _(word), "tone": tone},
            "facts": _facts(made),
            "number_facts": _number_facts(made) if is_number and is_waiting else [],
            "resembled": _resembled(actor, made) if is_number and is_waiting else [],
            "uses": uses_of([officer.pk]).get(officer.pk, ()) if is_waiting else (),
            "is_number": is_number,
            "rights": rights_on(actor, made, now),
            "days_left": days_left(made, now),
            "form": form,
            "undo_form": undo_form,
            "is_shown": made.kind != RecordRequestKind.DELETION or made.state != RecordRequestState.APPLIED,
        },
        status=status,
    )


@permission_for_view(Permission.OFFICER_VIEW)
@require_safe
def record_request(request: HttpRequest, pk: int) -> HttpResponse:
    """One request with everything that the second person compares."""
    made = request_for(actor_of(request), pk)
    has_number = made.kind == RecordRequestKind.ID_NUMBER
    return _request_page(request, made, RequestDecisionForm(has_number=has_number), UndoForm())


@permission_for_view(Permission.OFFICER_CONFIRM)
@sensitive_post_parameters()
@require_POST
def record_request_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Carry a request out, or turn it down."""
    actor = actor_of(request)
    made = request_for(actor, pk)
    form = RequestDecisionForm(request.POST, has_number=made.kind == RecordRequestKind.ID_NUMBER)
    if form.is_valid():
        opinion = form.cleaned_data["opinion"]
        try:
            if request.POST.get("decision") == "refuse":
                refuse_request(actor, pk, opinion, now=clock.now())
                messages.success(request, _("已驳回，记录不变"))
            else:
                number = form.cleaned_data.get("id_number", "")
                apply_request(actor, pk, number=number, opinion=opinion, now=clock.now())
                messages.success(request, _applied_words(made))
        except InvalidInput as error:
            add_error(form, error)
        else:
            return redirect("record-request", pk=pk)
    return _request_page(request, made, form, UndoForm())


def _applied_words(made: RecordRequest) -> str:
    if made.kind == RecordRequestKind.DELETION:
        return _("已删除%(name)s；%(days)s 天内可以在这里恢复") % {
            "name": made.officer.name,
            "days": UNDO_DAYS,
        }
    return _("已更正%(name)s的身份证号码") % {"name": made.officer.name}


@permission_for_view(EDIT)
@require_POST
def record_request_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back the own request."""
    actor = actor_of(request)
    made = request_for(actor, pk)
    withdraw_request(actor, pk, now=clock.now())
    messages.success(request, _("已撤回，记录不变"))
    return redirect("officer-detail", pk=made.officer_id)


@permission_for_view(Permission.OFFICER_CONFIRM)
@require_POST
def record_request_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring a deleted record back."""
    actor = actor_of(request)
    made = request_for(actor, pk)
    form = UndoForm(request.POST)
    if form.is_valid():
        try:
            undo_deletion(actor, pk, form.cleaned_data["opinion"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("已恢复%(name)s的记录") % {"name": made.officer.name})
            return redirect("officer-detail", pk=made.officer_id)
    has_number = made.kind == RecordRequestKind.ID_NUMBER
    return _request_page(request, made, RequestDecisionForm(has_number=has_number), form)
