"""Pairs of records that may be one person: the queue, side by side, and the decisions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, error_text, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.apps.officers.models import DuplicatePair, Officer
from warrant.apps.officers.selectors.pairs import (
    FIELD_NAMES,
    STATE_FACES,
    allowed_acts,
    compared,
    pair_for,
    pairs_for,
    reaches,
    rule_text,
    sees,
    state_face,
    state_of_person,
)
from warrant.apps.officers.services import merging
from warrant.apps.officers.services import pairs as services
from warrant.apps.officers.views.move_forms import DecisionForm
from warrant.core.access import Actor, Permission, is_permitted
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, InvalidInput, NotFound
from warrant.core.lifecycle import DuplicateState

VIEW = Permission.DUPLICATE_VIEW
_STATES = (*(state.value for state in DuplicateState), "")


@permission_for_view(VIEW)
@require_safe
def duplicate_list(request: HttpRequest) -> HttpResponse:
    """The queue of pairs in reach, the likeliest first."""
    actor = actor_of(request)
    state = request.GET.get("state", DuplicateState.OPEN.value)
    state = state if state in _STATES else ""
    page = keyset_page(pairs_for(actor, state), "-score", request.GET.get("after", ""))
    url = reverse("duplicate-list")
    names = {key.value: _(face[0]) for key, face in STATE_FACES.items()} | {"": _("全部")}

    def page_url(key: str) -> str:
        return f"{url}?state={state}&after={key}" if key else ""

    return render_page(
        request,
        "officers/pairs.jinja",
        {
            "page_title": _("重复核查"),
            "may_scan": is_permitted(actor, VIEW, NATION),
            "parts": [
                {"label": names[key], "url": f"{url}?state={key}", "is_current": key == state}
                for key in _STATES
            ],
            "columns": [
                {"key": "name", "label": _("姓名")},
                {"key": "rules", "label": _("相同之处"), "kind": "clip"},
                {"key": "first", "label": _("单位一"), "kind": "clip"},
                {"key": "second", "label": _("单位二"), "kind": "clip"},
                {"key": "score", "label": _("可能性"), "kind": "number"},
                {"key": "state", "label": _("状态"), "kind": "state"},
                {"key": "found_at", "label": _("发现时间"), "kind": "instant"},
            ],
            "rows": [_row(actor, pair) for pair in page.rows],
            "count_text": _("共 %(count)s 对") % {"count": page.count_text},
            "next_url": page_url(page.next_key),
            "previous_url": page_url(page.previous_key),
        },
    )


def _row(actor: Actor, pair: DuplicatePair) -> dict[str, Any]:
    shown = [
        officer.name
        for officer, is_shown in zip((pair.first, pair.second), sees(actor, pair), strict=True)
        if is_shown
    ]
    return {
        "url": reverse("duplicate-detail", args=[pair.pk]),
        "name": " / ".join(dict.fromkeys(shown)) or _("未开放"),
        "rules": rule_text(pair),
        "first": pair.first.agency.name,
        "second": pair.second.agency.name,
        "score": pair.score,
        "state": state_face(pair),
        "found_at": pair.found_at,
    }


@permission_for_view(VIEW)
@require_POST
def duplicate_scan(request: HttpRequest) -> HttpResponse:
    """Start looking through the whole register."""
    job = services.start_scan(actor_of(request), now=clock.now())
    return redirect("job-detail", pk=job.pk)


def _side(actor: Actor, officer: Officer, *, is_shown: bool) -> dict[str, Any]:
    is_reached = reaches(actor, officer, Permission.OFFICER_VIEW)
    return {
        "officer": officer,
        "is_shown": is_shown,
        "is_reached": is_reached,
        "url": reverse("officer-detail", args=[officer.pk]) if is_reached else "",
        "unmask_url": reverse("officer-unmask", args=[officer.pk])
        if reaches(actor, officer, Permission.OFFICER_UNMASK)
        else "",
        "state": state_of_person(officer) if is_shown else "",
        "certificate": officer.certificate_number if is_shown else "",
        "entered_at": officer.entered_at if is_shown else None,
    }


@permission_for_view(VIEW)
@require_safe
def duplicate_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Both records side by side, the differences marked."""
    actor = actor_of(request)
    pair = pair_for(actor, pk)
    return render_page(request, "officers/pair.jinja", _pair_context(actor, pair))


def _pair_context(actor: Actor, pair: DuplicatePair) -> dict[str, Any]:
    shows_first, shows_second = sees(actor, pair)
    fields = compared(pair, shows_first=shows_first, shows_second=shows_second)
    taken = pair.choices.get("taken", []) if pair.kept_id else []
    return {
        "page_title": _("重复核查：%(name)s")
        % {"name": pair.first.name if shows_first else pair.second.name},
        "breadcrumbs": [{"label": _("重复核查"), "url": reverse("duplicate-list")}],
        "pair": pair,
        "state": state_face(pair),
        "rules": rule_text(pair),
        "sides": (
            _side(actor, pair.first, is_shown=shows_first),
            _side(actor, pair.second, is_shown=shows_second),
        ),
        "fields": fields,
        "differing": sum(field.is_different for field in fields) if shows_first and shows_second else None,
        "both_shown": shows_first and shows_second,
        "allowed": allowed_acts(actor, pair),
        "taken": taken,
        "taken_names": [_(FIELD_NAMES[field]) for field in taken],
    }


_FORMS = {
    "tell-apart": (N_("不是同一人"), N_("确认这两份档案是两个不同的人？")),
    "look-again": (N_("重新核查"), N_("把这一对放回待核查？")),
    "refuse-merge": (N_("不同意合并"), N_("退回合并？")),
}


@permission_for_view(VIEW)
@require_http_methods(["GET", "POST"])
def duplicate_act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Two people, look again, refuse the merge: each with a reason. Open the own record to the other side."""
    actor = actor_of(request)
    pair = pair_for(actor, pk)
    if action == "open":
        return _open(request, actor, pair)
    if action not in _FORMS:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    label, question = _FORMS[action]
    act = {
        "tell-apart": services.tell_apart,
        "look-again": services.look_again,
        "refuse-merge": merging.refuse_merge,
    }[action]
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            act(actor, pk, form.cleaned_data["reason"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("已记录：%(label)s") % {"label": _(label)})
            return redirect("duplicate-detail", pk=pk)
    return render_page(
        request,
        "page_confirm.jinja",
        {
            "page_title": _(label),
            "breadcrumbs": [
                {"label": _("重复核查"), "url": reverse("duplicate-list")},
                {
                    "label": f"{pair.first.agency.name} / {pair.second.agency.name}",
                    "url": reverse("duplicate-detail", args=[pk]),
                },
            ],
            "question": _(question),
            "consequences": [
                _("结论、理由和办理人写入审计记录"),
                _("以后全省查重不再重复提示已有结论的一对"),
            ],
            "form": form,
            "confirm_label": _(label),
            "cancel_url": reverse("duplicate-detail", args=[pk]),
        },
        status=400 if form.errors else 200,
    )


def _open(request: HttpRequest, actor: Actor, pair: DuplicatePair) -> HttpResponse:
    if request.method == "POST":
        services.open_to_other_side(actor, pair.pk, now=clock.now())
        messages.success(request, _("已向对方单位开放本方档案"))
        return redirect("duplicate-detail", pk=pair.pk)
    return render_page(
        request,
        "page_confirm.jinja",
        {
            "page_title": _("向对方开放"),
            "breadcrumbs": [{"label": _("重复核查"), "url": reverse("duplicate-list")}],
            "question": _("让对方单位在核查这一对时看到本方档案？"),
            "consequences": [
                _("对方看到基本信息，身份证号码仍然遮盖"),
                _("对方也开放后，双方才能作出结论"),
            ],
            "confirm_label": _("开放"),
            "cancel_url": reverse("duplicate-detail", args=[pair.pk]),
        },
    )


@permission_for_view(Permission.OFFICER_EDIT)
@require_http_methods(["GET", "POST"])
def duplicate_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose which record stays and which value of each field survives; a second person confirms."""
    actor = actor_of(request)
    pair = pair_for(actor, pk)
    services.require_both_seen(actor, pair)
    keys = {str(pair.first_id), str(pair.second_id)}
    kept = request.POST.get("kept", str(pair.first_id))
    reason = request.POST.get("reason", "")
    choices = {
        field: request.POST.get(f"take-{field}", "")
        for field in FIELD_NAMES
        if f"take-{field}" in request.POST
    }
    error = None
    if request.method == "POST":
        taken = {field: int(source) for field, source in choices.items() if source in keys}
        try:
            merging.propose_merge(actor, pk, int(kept) if kept in keys else 0, taken, reason, now=clock.now())
        except InvalidInput as refused:
            error = refused
        else:
            messages.success(request, _("已提出合并，等待另一人确认"))
            return redirect("duplicate-detail", pk=pk)
    context = _pair_context(actor, pair)
    return render_page(
        request,
        "officers/pair_merge.jinja",
        {
            **context,
            "page_title": _("提出合并"),
            "kept": kept,
            "choices": choices,
            "reason": reason,
            "error_place": error.place if error else "",
            "error_text": error_text(error) if error else "",
        },
        status=400 if error else 200,
    )


@permission_for_view(Permission.OFFICER_CONFIRM)
@require_http_methods(["GET", "POST"])
def duplicate_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm a merge, as the second person."""
    actor = actor_of(request)
    pair = pair_for(actor, pk)
    if request.method == "POST":
        kept = merging.confirm_merge(actor, pk, now=clock.now())
        messages.success(request, _("两份档案已合并为一份：%(name)s") % {"name": kept.name})
        return redirect("officer-detail", pk=kept.pk)
    context = _pair_context(actor, pair)
    keeps = pair.kept or pair.first
    return render_page(
        request,
        "page_confirm.jinja",
        {
            **context,
            "page_title": _("确认合并"),
            "question": _("保留“%(unit)s”的档案（%(name)s），合并另一份？")
            % {"unit": keeps.agency.name, "name": keeps.name},
            "consequences": [
                _("取自另一份档案的栏目：%(fields)s")
                % {"fields": "、".join(context["taken_names"]) or _("无")},
                _("学历、各类记录、培训、申请和证件都归到保留的档案"),
                _("另一份档案不再列出，历次版本保留；打开它的链接转到保留的档案"),
                _("合并不能撤销"),
            ],
            "confirm_label": _("确认合并"),
            "cancel_url": reverse("duplicate-detail", args=[pk]),
            "danger": True,
        },
    )
