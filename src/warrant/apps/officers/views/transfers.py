"""Transfers: the lists of both sides, one transfer, proposing, asking for, deciding."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.apps.foundation.views import signed_in
from warrant.apps.officers.models import Officer, Transfer
from warrant.apps.officers.selectors.agencies import home_unit
from warrant.apps.officers.selectors.following import Forecast, obstacles_of, transfer_forecast
from warrant.apps.officers.selectors.register import age_on, category_names, code_name, officer_for
from warrant.apps.officers.selectors.transfers import (
    KIND_NAMES,
    STEP_NAMES,
    allowed_acts,
    state_face,
    transfer_for,
    transfers_for,
    units_named_like,
)
from warrant.apps.officers.services import transfers as services
from warrant.apps.officers.views.move_forms import AcceptForm, DecisionForm, ReceivingForm, SendingForm
from warrant.apps.officers.views.record import served_document
from warrant.core.access import Actor, Permission, is_permitted, require
from warrant.core.errors import N_, InvalidInput, NotFound
from warrant.core.lifecycle import TransferKind, TransferSide, TransferState
from warrant.core.lifecycle.transfer_rules import Outcome
from warrant.core.standards import codes

TRANSFER = Permission.OFFICER_TRANSFER
PARTS = ("waiting", "open", "")
_WIDE = ("categories", "reason")

_OUTCOMES = {
    Outcome.KEPT: (N_("证件继续有效"), "valid"),
    Outcome.CHANGED: (N_("证件须换发，在此之前暂扣"), "attention"),
    Outcome.TAKEN_BACK: (N_("证件注销，证卡交回"), "ended"),
    Outcome.TO_REVOKE: (N_("证件暂扣，待决定吊销"), "broken"),
    Outcome.NOTHING: (N_("没有在用的执法证件"), "ended"),
}


def outcome_of(forecast: Forecast | None) -> dict[str, Any] | None:
    """Return what becomes of the certificate, as the pages show it."""
    if forecast is None:
        return None
    word, tone = _OUTCOMES[forecast.verdict.outcome]
    return {"number": forecast.number, "word": _(word), "tone": tone, "reasons": forecast.reasons}


def category_text(category_codes: list[str]) -> str:
    """Return the names of categories as one text."""
    joint = ", " if (get_language() or "").startswith("en") else "、"
    return joint.join(code_name(codes.ENFORCEMENT_CATEGORY, code) for code in category_codes)


@permission_for_view(Permission.OFFICER_VIEW)
@require_safe
def transfer_list(request: HttpRequest) -> HttpResponse:
    """Transfers out of and into the viewer's units."""
    actor = actor_of(request)
    may_act = actor.has_anywhere(TRANSFER)
    part = request.GET.get("part", "waiting" if may_act else "")
    part = part if part in PARTS else ""
    page = keyset_page(transfers_for(actor, part), "-id", request.GET.get("after", ""))
    url = reverse("transfer-list")
    names = {"waiting": _("待我办理"), "open": _("在办"), "": _("全部")}

    def page_url(key: str) -> str:
        return f"{url}?part={part}&after={key}" if key else ""

    return render_page(
        request,
        "officers/transfers.jinja",
        {
            "page_title": _("调动"),
            "may_act": may_act,
            "parts": [
                {"label": names[key], "url": f"{url}?part={key}", "is_current": key == part}
                for key in PARTS
                if may_act or key != "waiting"
            ],
            "columns": [
                {"key": "name", "label": _("姓名")},
                {"key": "state", "label": _("状态"), "kind": "state"},
                {"key": "from", "label": _("调出单位"), "kind": "clip"},
                {"key": "to", "label": _("调入单位"), "kind": "clip"},
                {"key": "kind", "label": _("类型")},
                {"key": "effective_on", "label": _("生效日期"), "kind": "date"},
                {"key": "proposed_at", "label": _("提出时间"), "kind": "instant"},
            ],
            "rows": [_row(transfer) for transfer in page.rows],
            "count_text": _("共 %(count)s 件") % {"count": page.count_text},
            "next_url": page_url(page.next_key),
            "previous_url": page_url(page.previous_key),
        },
    )


def _row(transfer: Transfer) -> dict[str, Any]:
    return {
        "url": reverse("transfer-detail", args=[transfer.pk]),
        "name": transfer.officer.name,
        "state": state_face(transfer),
        "from": transfer.from_agency.name,
        "to": transfer.to_agency.name,
        "kind": _(KIND_NAMES[TransferKind(transfer.kind)]),
        "effective_on": transfer.effective_on,
        "proposed_at": transfer.proposed_at,
    }


@permission_for_view(TRANSFER)
@require_safe
def transfer_units(request: HttpRequest) -> HttpResponse:
    """Units of the province that fit what is being typed: options for a field, names only."""
    actor = actor_of(request)
    text = request.GET.get("unit_name", "")[:60].replace("\x00", "")
    home = home_unit(actor, TRANSFER)
    units = units_named_like(text, home.province_id if home else None, clock.today())
    options = format_html_join("", '<option value="{}"></option>', ((unit.name,) for unit in units))
    return HttpResponse(options)


def _wish(form: Any) -> services.TransferWish:
    cleaned = form.cleaned_data
    return services.TransferWish(
        unit_name=cleaned["unit_name"],
        kind=cleaned["kind"],
        categories=cleaned["categories"],
        effective_on=cleaned["effective_on"],
        reason=cleaned["reason"],
        document_number=cleaned["document_number"],
        withdraws_application=cleaned.get("withdraws_application", False),
    )


@permission_for_view(TRANSFER)
@require_http_methods(["GET", "POST"])
def transfer_propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose to let an officer go."""
    actor = actor_of(request)
    officer = officer_for(actor, pk)
    require(actor, TRANSFER, officer.place)
    obstacles = [obstacle for obstacle in obstacles_of(officer) if obstacle.bars_moving]
    is_sent = request.method == "POST"
    form = SendingForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        has_application=any(obstacle.clear is not None for obstacle in obstacles),
        initial={"categories": officer.category_codes, "effective_on": clock.today()},
    )
    if is_sent and form.is_valid():
        proof = form.cleaned_data["proof"]
        try:
            transfer = services.propose_transfer(
                actor, pk, _wish(form), (proof.read(), proof.name), on=clock.today(), now=clock.now()
            )
        except InvalidInput as error:
            add_error(form, error)
        else:
            text = _("已提出%(name)s的调动，等待“%(unit)s”接受")
            messages.success(request, text % {"name": officer.name, "unit": transfer.to_agency.name})
            return redirect("transfer-detail", pk=transfer.pk)
    return render_page(
        request,
        "officers/transfer_form.jinja",
        {
            "page_title": _("调出：%(name)s") % {"name": officer.name},
            "breadcrumbs": _officer_crumbs(officer),
            "form": form,
            "fieldsets": _fieldsets(form),
            "wide_fields": _WIDE,
            "obstacles": obstacles,
            "explains": _EXPLAINED,
            "submit_label": _("提出调动"),
            "cancel_url": reverse("officer-detail", args=[pk]),
        },
        status=400 if form.errors else 200,
    )


_EXPLAINED = (
    N_("对方单位接受后，档案、在用证件和证明材料一并转去；原单位仍可在“调动”中看到这件事。"),
    N_("执法单位、区域、门类和主管部门都不变的，证件继续有效。"),
    N_("其中任何一项改变的，证卡须换发，在此之前证件暂扣；尚未发放的证件不再发放。"),
    N_("不再从事证件载明的任何门类的，证件注销、证卡交回。"),
)


def _fieldsets(form: Any) -> list[dict[str, Any]]:
    who = [name for name in ("name", "id_number") if name in form.fields]
    more = [name for name in ("withdraws_application",) if name in form.fields]
    return [
        *([{"title": _("人员"), "names": who}] if who else []),
        {"title": _("去向"), "names": ["unit_name", "effective_on", "kind", "categories"]},
        {"title": _("依据"), "names": ["document_number", "proof", "reason", *more]},
    ]


def _officer_crumbs(officer: Officer) -> list[dict[str, str]]:
    return [
        {"label": _("执法人员"), "url": reverse("officer-list")},
        {"label": officer.name, "url": reverse("officer-detail", args=[officer.pk])},
    ]


@permission_for_view(TRANSFER)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def transfer_request(request: HttpRequest) -> HttpResponse:
    """Ask for somebody whom another unit has."""
    actor = actor_of(request)
    is_sent = request.method == "POST"
    home = home_unit(actor, TRANSFER)
    form = ReceivingForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        initial={"effective_on": clock.today(), "unit_name": home.name if home else ""},
    )
    if is_sent and form.is_valid():
        proof = form.cleaned_data["proof"]
        try:
            transfer = services.request_transfer(
                actor,
                form.cleaned_data["name"],
                form.cleaned_data["id_number"],
                _wish(form),
                (proof.read(), proof.name),
                on=clock.today(),
                now=clock.now(),
            )
        except InvalidInput as error:
            add_error(form, error)
        else:
            text = _("已提出调入%(name)s，等待原单位确认") % {"name": transfer.officer.name}
            messages.success(request, text)
            return redirect("transfer-detail", pk=transfer.pk)
    return render_page(
        request,
        "officers/transfer_form.jinja",
        {
            "page_title": _("调入人员"),
            "breadcrumbs": [{"label": _("调动"), "url": reverse("transfer-list")}],
            "form": form,
            "fieldsets": _fieldsets(form),
            "wide_fields": _WIDE,
            "obstacles": [],
            "explains": (N_("原单位确认后，人员档案才转来；在此之前不显示档案内容。"), *_EXPLAINED[1:]),
            "submit_label": _("提出调入"),
            "cancel_url": reverse("transfer-list"),
        },
        status=400 if form.errors else 200,
    )


def _shows_officer(viewer: Actor, transfer: Transfer) -> bool:
    """The side that asks for somebody sees no more of the record than the name, until the other agrees."""
    if is_permitted(viewer, Permission.OFFICER_VIEW, transfer.place):
        return True
    return transfer.side == TransferSide.SENDING or transfer.state in (
        TransferState.DUE,
        TransferState.ACCEPTED,
    )


def _about(transfer: Transfer) -> list[tuple[str, Any]]:
    officer = transfer.officer
    return [
        (_("性别"), code_name(codes.SEX, officer.sex)),
        (_("年龄"), _("%(age)s 岁") % {"age": age_on(officer.birth_on, clock.today())}),
        (_("学历"), code_name(codes.EDUCATION, officer.education)),
        (_("岗位"), officer.post),
        (_("现执法门类"), category_names(officer)),
        (_("证件编号"), officer.certificate_number),
    ]


@signed_in
@require_safe
def transfer_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One transfer: from where to where, what the certificate does, who did what, what may be done."""
    actor = actor_of(request)
    transfer = transfer_for(actor, pk)
    officer = transfer.officer
    is_open = transfer.state in (TransferState.PROPOSED, TransferState.DUE)
    shows = _shows_officer(actor, transfer)
    forecast = (
        transfer_forecast(officer, transfer.to_agency, frozenset(transfer.category_codes))
        if is_open and shows
        else None
    )
    reaches = is_permitted(actor, Permission.OFFICER_VIEW, officer.place)
    face = state_face(transfer)
    return render_page(
        request,
        "officers/transfer.jinja",
        {
            "page_title": _("调动：%(name)s") % {"name": officer.name},
            "breadcrumbs": [{"label": _("调动"), "url": reverse("transfer-list")}],
            "transfer": transfer,
            "state": face,
            "kind": _(KIND_NAMES[TransferKind(transfer.kind)]),
            "categories": category_text(transfer.category_codes),
            "about": _about(transfer) if shows else [],
            "officer_url": reverse("officer-detail", args=[officer.pk]) if reaches else "",
            "outcome": outcome_of(forecast),
            "is_open": is_open,
            "obstacles": [o for o in obstacles_of(officer) if o.bars_moving] if is_open and reaches else [],
            "allowed": allowed_acts(actor, transfer),
            "steps": [
                {
                    "title": _(STEP_NAMES[step.action][0]),
                    "tone": STEP_NAMES[step.action][1],
                    "at": step.happened_at,
                    "unit": step.unit_name,
                    "person": step.account_name or _("系统"),
                    "text": step.reason,
                }
                for step in transfer.steps.order_by("-pk")
            ],
        },
    )


@signed_in
@require_safe
def transfer_proof(request: HttpRequest, pk: int) -> HttpResponse:
    """The written order, for both sides."""
    transfer = transfer_for(actor_of(request), pk)
    if transfer.proof is None:
        raise NotFound("no-proof", N_("没有附件"))
    return served_document(transfer.proof)


_ACTS = ("accept", "refuse", "withdraw")
_LABELS = {
    "accept": N_("接受调动"),
    "refuse": N_("不接受调动"),
    "withdraw": N_("撤回调动"),
}


@permission_for_view(TRANSFER)
@require_http_methods(["GET", "POST"])
def transfer_act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Accept, decline or withdraw."""
    actor = actor_of(request)
    transfer = transfer_for(actor, pk)
    if action not in _ACTS:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    chooses = action == "accept" and transfer.side == TransferSide.RECEIVING
    form: Any = None
    if action != "accept":
        form = DecisionForm(request.POST if request.method == "POST" else None)
    elif chooses and any(o.clear is not None and o.bars_moving for o in obstacles_of(transfer.officer)):
        form = AcceptForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            done = _carry_out(actor, pk, action, form)
        except InvalidInput as error:
            if form is None:
                raise
            add_error(form, error)
        else:
            messages.success(request, _said(done, action))
            return redirect("transfer-detail", pk=pk)
    return render_page(
        request,
        "officers/transfer_act.jinja",
        {
            "page_title": _(_LABELS[action]),
            "breadcrumbs": [
                {"label": _("调动"), "url": reverse("transfer-list")},
                {"label": transfer.officer.name, "url": reverse("transfer-detail", args=[pk])},
            ],
            "transfer": transfer,
            "outcome": outcome_of(
                transfer_forecast(transfer.officer, transfer.to_agency, frozenset(transfer.category_codes))
            )
            if action == "accept"
            else None,
            "question": _QUESTIONS[action]() % {"name": transfer.officer.name},
            "consequences": _consequences(transfer, action),
            "form": form,
            "confirm_label": _(_LABELS[action]),
            "cancel_url": reverse("transfer-detail", args=[pk]),
            "danger": action == "refuse",
        },
        status=400 if form is not None and form.errors else 200,
    )


_QUESTIONS = {
    "accept": lambda: _("接受%(name)s的调动？"),
    "refuse": lambda: _("不接受%(name)s的调动？"),
    "withdraw": lambda: _("撤回%(name)s的调动？"),
}


def _consequences(transfer: Transfer, action: str) -> list[str]:
    if action != "accept":
        return [_("理由写给对方单位看，并写入审计记录"), _("人员留在原单位，记录不变")]
    day = transfer.effective_on.isoformat()
    when = _("%(day)s 起生效；已到日期的立即生效") % {"day": day}
    return [when, _("档案、证明材料、申请和证件一并转到“%(unit)s”") % {"unit": transfer.to_agency.name}]


def _carry_out(actor: Actor, pk: int, action: str, form: Any) -> Transfer:
    if action == "accept":
        withdraws = bool(form and form.cleaned_data["withdraws_application"])
        return services.accept_transfer(
            actor, pk, withdraws_application=withdraws, on=clock.today(), now=clock.now()
        )
    act = services.refuse_transfer if action == "refuse" else services.withdraw_transfer
    return act(actor, pk, form.cleaned_data["reason"], now=clock.now())


def _said(transfer: Transfer, action: str) -> str:
    names = {
        "name": transfer.officer.name,
        "unit": transfer.to_agency.name,
        "day": transfer.effective_on.isoformat(),
    }
    if action == "refuse":
        return _("已答复不接受%(name)s的调动") % names
    if action == "withdraw":
        return _("已撤回%(name)s的调动") % names
    if transfer.state == TransferState.DUE:
        return _("已接受；%(name)s自 %(day)s 起在“%(unit)s”") % names
    return _("%(name)s已调入“%(unit)s”，档案和证件已转去") % names
