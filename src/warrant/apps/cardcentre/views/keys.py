"""Acts on keys: what waits for a custodian, the key sets with their check values, and what was done."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from warrant.apps.cardcentre.forms import MasterForm, ReasonForm, SubKeyForm
from warrant.apps.cardcentre.models import KeyAct, KeyPart
from warrant.apps.cardcentre.selectors import (
    key_act_for,
    key_act_title,
    key_acts,
    key_sets,
    parts_of,
    transport_keys,
)
from warrant.apps.cardcentre.services.comparison import (
    own_receiving_key_spoken,
    package_spoken,
    settle_stopped_act,
)
from warrant.apps.cardcentre.services.key_states import MINISTRY
from warrant.apps.cardcentre.services.keys import (
    acknowledge_key_act,
    confirm_key_act,
    fingerprint,
    propose_key_act,
    reject_key_act,
)
from warrant.apps.cardcentre.types import (
    CEREMONIES,
    CEREMONIES_SHOWN,
    CEREMONIES_TYPED,
    COMPARED_BY_VOICE,
    KEY_ACT_FACES,
    KEY_ACT_LABELS,
    KEY_FACES,
    SPOKEN_LABELS,
    SUITE_LABELS,
    USAGE_LABELS,
    KeyActKind,
    province_label,
)
from warrant.apps.cardcentre.views.ceremonies import ceremony_rows
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, error_text, permission_for_view, render_page
from warrant.core.access import Permission
from warrant.core.errors import Conflict, InvalidInput, NotFound, Unavailable, WarrantError
from warrant.core.keys.hierarchy import KeyUsage
from warrant.core.keys.spoken import Spoken
from warrant.core.lifecycle import KeyActState
from warrant.core.lifecycle.key import KeyState

HISTORY_SHOWN = 30


def _is_ministry() -> bool:
    return bool(settings.WARRANT_NODE.kind == MINISTRY)


@permission_for_view(Permission.KEY_VIEW)
@require_GET
def key_act_list(request: HttpRequest) -> HttpResponse:
    """Show the acts that wait, the key sets, the transport keys (ministry) and the history."""
    actor = actor_of(request)
    return render_page(
        request,
        "cardcentre/key_acts.jinja",
        {
            "page_title": _("密钥"),
            "is_ministry": _is_ministry(),
            "waiting": [_act_row(act) for act in key_acts(actor, is_waiting=True)[:HISTORY_SHOWN]],
            "history": [_act_row(act) for act in key_acts(actor, is_waiting=False)[:HISTORY_SHOWN]],
            "usage_columns": [
                {"key": usage.value, "label": _(label)} for usage, label in USAGE_LABELS.items()
            ],
            "key_sets": [
                {
                    "url": reverse("key-set-detail", args=[row.pk]),
                    "state": {
                        "word": _(KEY_FACES[KeyState(row.state)].word),
                        "tone": KEY_FACES[KeyState(row.state)].tone,
                    },
                    "name": _("总控密钥") if row.kind == "master" else _("分密钥"),
                    "province": province_label(row.province_code),
                    "suite": SUITE_LABELS.get(row.suite, row.suite),
                    "version": row.version,
                    "created_at": row.created_at,
                    **row.check_values,
                }
                for row in key_sets(actor)
            ],
            "transport_keys": [
                {
                    "province": province_label(row.node_code),
                    "fingerprint": fingerprint(bytes(row.public_key)),
                    "received_at": row.received_at,
                }
                for row in transport_keys(actor)
            ],
            "receiving_key": ""
            if _is_ministry() or not actor.has_anywhere(Permission.KEY_CUSTODY)
            else own_receiving_key_spoken(),
            "allowed": {"propose": _is_ministry() and actor.has_anywhere(Permission.KEY_CUSTODY)},
            "ceremonies": ceremony_rows() if actor.has_anywhere(Permission.KEY_CUSTODY) else [],
        },
    )


def _person(account: Any) -> str:
    return account.display_name if account is not None else ""


def _act_row(act: KeyAct) -> dict[str, Any]:
    face = KEY_ACT_FACES[KeyActState(act.state)]
    return {
        "url": reverse("key-act-detail", args=[act.pk]),
        "title": key_act_title(act),
        "province": province_label(act.parameters.get("province_code", "")),
        "state": {"word": _(face.word), "tone": face.tone},
        "first": _person(act.proposed_by) or (_("系统") if act.kind == KeyActKind.IMPORT_SUB_KEYS else ""),
        "proposed_at": act.proposed_at,
        "second": _person(act.confirmed_by),
        "confirmed_at": act.confirmed_at,
        "reason": act.reason,
    }


@permission_for_view(Permission.KEY_CUSTODY)
@require_http_methods(["GET", "POST"])
def key_act_propose(request: HttpRequest, kind: str) -> HttpResponse:
    """Propose to generate a master control key or to hand sub-keys to a province."""
    if not _is_ministry() or kind not in (KeyActKind.GENERATE_MASTER, KeyActKind.HAND_OVER_SUB_KEYS):
        raise Http404
    chosen = KeyActKind(kind)
    form: MasterForm
    if chosen is KeyActKind.GENERATE_MASTER:
        form = MasterForm(request.POST or None)
    else:
        codes = [row.node_code for row in transport_keys(actor_of(request))]
        form = SubKeyForm(request.POST or None, node_codes=codes)
    if request.method == "POST" and form.is_valid():
        try:
            act = propose_key_act(actor_of(request), chosen, form.cleaned_data, now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        except Conflict as error:
            form.add_error(None, error_text(error))
        else:
            messages.success(
                request, _("已提出：%(act)s，等待另一名保管员确认") % {"act": key_act_title(act)}
            )
            return redirect("key-acts")
    return render_page(
        request,
        "page_form.jinja",
        {
            "page_title": _(KEY_ACT_LABELS[chosen]),
            "breadcrumbs": [{"url": reverse("key-acts"), "label": _("密钥")}],
            "form": form,
            "submit_label": _("提出"),
            "cancel_url": reverse("key-acts"),
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(Permission.KEY_VIEW)
@require_GET
def key_act_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one act, its check values on both sides, and what this custodian may do."""
    return _act_page(request, pk)


def _act_page(request: HttpRequest, pk: int, problem: WarrantError | None = None) -> HttpResponse:
    actor = actor_of(request)
    act = key_act_for(actor, pk)
    face = KEY_ACT_FACES[KeyActState(act.state)]
    is_custodian = actor.has_anywhere(Permission.KEY_CUSTODY) and act.state == KeyActState.PROPOSED
    needs_first = act.proposed_by_id is None
    announced = act.parameters.get("announced") or act.result.get("announced") or {}
    computed = act.result.get("check_values", {})
    parts = list(parts_of(act)) if act.kind in CEREMONIES else []
    own = next((part for part in parts if part.holder_id == actor.account_id), None)
    is_typed = act.kind in CEREMONIES_TYPED
    is_complete = all(part.entered_at for part in parts) if is_typed else True
    is_open = act.expires_at is None or act.expires_at > clock.now()
    may_confirm = (
        is_custodian
        and not needs_first
        and act.proposed_by_id != actor.account_id
        and is_complete
        and is_open
    )
    return render_page(
        request,
        "cardcentre/key_act.jinja",
        {
            "page_title": key_act_title(act),
            "breadcrumbs": [{"url": reverse("key-acts"), "label": _("密钥")}],
            "state": {"word": _(face.word), "tone": face.tone},
            "act": act,
            "row": _act_row(act),
            "is_import": act.kind in {KeyActKind.IMPORT_SUB_KEYS, KeyActKind.RESTORE},
            "given_label": _("份额纸") if act.kind == KeyActKind.RESTORE else _("部级给出"),
            "parts": [_part_row(act, part) for part in parts],
            "steps": _steps(act, parts),
            "is_complete": is_complete,
            "read_aloud": package_spoken(act) if actor.has_anywhere(Permission.KEY_CUSTODY) else "",
            "heard": _heard(act),
            "comparison": [_compared(usage, announced, computed) for usage in KeyUsage],
            "allowed": {
                "acknowledge": is_custodian and needs_first,
                "confirm": may_confirm and act.kind not in COMPARED_BY_VOICE,
                "compare": may_confirm and act.kind in COMPARED_BY_VOICE,
                "settle": act.state == KeyActState.STOPPED
                and not act.reason
                and actor.has_anywhere(Permission.KEY_CUSTODY)
                and act.confirmed_by_id != actor.account_id,
                "enter": is_custodian and is_open and is_typed and own is not None and own.entered_at is None,
                "show": act.state == KeyActState.DONE
                and act.kind in CEREMONIES_SHOWN
                and is_open
                and own is not None
                and own.shown_at is None,
                "reject": is_custodian,
                "waits_for_another": is_custodian and act.proposed_by_id == actor.account_id,
            },
            "problem": error_text(problem) if problem else "",
        },
        status=problem.status if problem else 200,
    )


def _heard(act: KeyAct) -> list[tuple[str, str]]:
    """Say what was compared by voice, with whom, and how it ended; never the number that was to be heard, which the next one would copy."""
    kept = act.comparison
    if not kept:
        return []
    return [
        (_("比对内容"), _(SPOKEN_LABELS[Spoken(kept["of"])])),
        (_("对方通话人"), kept["with"]),
        (_("比对人"), _person(act.confirmed_by)),
        (_("听到的数字"), kept["heard"]),
        (_("比对"), _("一致") if kept["matches"] else _("不一致")),
    ]


def _part_row(act: KeyAct, part: KeyPart) -> dict[str, Any]:
    """Say where a part stands; never what is in it."""
    is_shown = act.kind in CEREMONIES_SHOWN
    at = part.shown_at if is_shown else part.entered_at
    if at:
        word, tone = (_("已领取") if is_shown else _("已输入")), "valid"
    elif act.state == KeyActState.PROPOSED:
        word, tone = (_("待执行") if is_shown else _("待输入")), "waiting"
    elif act.state == KeyActState.DONE and act.expires_at and act.expires_at > clock.now():
        word, tone = _("待领取"), "attention"
    else:
        word, tone = _("未领取，已清除") if is_shown else _("未输入"), "ended"
    return {
        "number": part.number or "",
        "holder": part.holder.display_name,
        "state": {"word": word, "tone": tone},
        "at": at,
    }


def _steps(act: KeyAct, parts: list[KeyPart]) -> list[dict[str, Any]]:
    """Return the steps of a ceremony, with how far it is."""
    if not parts:
        return []
    entered = sum(part.entered_at is not None for part in parts)
    shown = sum(part.shown_at is not None for part in parts)
    is_done, count = act.state == KeyActState.DONE, len(parts)
    steps = [(_("提出：哪些密钥、由谁保管"), True)]
    if act.kind in CEREMONIES_TYPED:
        steps.append(
            (
                _("每名保管员在自己的登录中输入自己的一份（%(done)s／%(count)s）")
                % {"done": entered, "count": count},
                entered == count,
            )
        )
    steps.append((_("另一名保管员确认执行"), is_done))
    if act.kind in CEREMONIES_SHOWN:
        steps.append(
            (
                _("每名保管员领取自己的份额，只显示一次（%(done)s／%(count)s）")
                % {"done": shown, "count": count},
                shown == count,
            )
        )
    steps.append((_("核对校验值，打印记录，双方签字"), False))
    return [
        {"title": title, "tone": "whole" if is_over else "pending", "took_ms": 0} for title, is_over in steps
    ]


def _compared(usage: KeyUsage, announced: dict[str, str], computed: dict[str, str]) -> dict[str, Any]:
    theirs, ours = announced.get(usage.value, ""), computed.get(usage.value, "")
    verdict: dict[str, str] | str = ""
    if theirs and ours:
        is_same = theirs == ours
        verdict = {
            "word": _("一致") if is_same else _("不一致"),
            "tone": "valid" if is_same else "broken",
        }
    return {"usage": _(USAGE_LABELS[usage]), "announced": theirs, "computed": ours, "verdict": verdict}


@permission_for_view(Permission.KEY_CUSTODY)
@require_POST
def key_act_decide(request: HttpRequest, pk: int, decision: str) -> HttpResponse:
    """Acknowledge an act as the first custodian, or confirm it as the second."""
    actor = actor_of(request)
    act = key_act_for(actor, pk)
    try:
        if decision == "acknowledge":
            acknowledge_key_act(actor, act, now=clock.now())
            messages.success(request, _("已核对，请另一名保管员确认"))
        else:
            confirm_key_act(actor, act, now=clock.now())
            messages.success(request, _("已执行：%(act)s；请双方核对校验值") % {"act": key_act_title(act)})
    except (Conflict, InvalidInput, NotFound, Unavailable) as error:
        return _act_page(request, pk, error)
    return redirect("key-act-detail", pk=pk)


@permission_for_view(Permission.KEY_CUSTODY)
@require_http_methods(["GET", "POST"])
def key_act_reject(request: HttpRequest, pk: int) -> HttpResponse:
    """Turn an act down, with a reason; or write down what came of one that stopped."""
    actor = actor_of(request)
    act = key_act_for(actor, pk)
    is_stopped = act.state == KeyActState.STOPPED
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        end = settle_stopped_act if is_stopped else reject_key_act
        try:
            end(actor, act, form.cleaned_data["reason"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            done = _("已结案：%(act)s") if is_stopped else _("已否决：%(act)s")
            messages.success(request, done % {"act": key_act_title(act)})
            return redirect("key-acts")
    return render_page(
        request,
        "page_confirm.jinja",
        {
            "page_title": _("查明比对不符") if is_stopped else _("否决密钥操作"),
            "breadcrumbs": [
                {"url": reverse("key-acts"), "label": _("密钥")},
                {"url": reverse("key-act-detail", args=[pk]), "label": key_act_title(act)},
            ],
            "question": (_("“%(act)s”比对不符，写明查明的结果") if is_stopped else _("否决“%(act)s”"))
            % {"act": key_act_title(act)},
            "consequences": [
                _("结案后才能再次向该省下发或在本省导入分密钥。")
                if is_stopped
                else _("密钥库保持原样；需要时重新提出。")
            ],
            "form": form,
            "confirm_label": _("结案") if is_stopped else _("否决"),
            "cancel_url": reverse("key-act-detail", args=[pk]),
            "danger": True,
        },
        status=400 if form.errors else 200,
    )
