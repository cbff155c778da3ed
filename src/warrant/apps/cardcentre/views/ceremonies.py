"""Ceremonies step by step: proposing one, typing the own part, and being shown the own share, once."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from warrant.apps.cardcentre.forms import CeremonyForm, PartForm
from warrant.apps.cardcentre.models import KeyAct
from warrant.apps.cardcentre.selectors import key_act_for, key_act_title, parts_of
from warrant.apps.cardcentre.services.ceremonies import enter_part, propose_ceremony, show_part
from warrant.apps.cardcentre.services.key_states import MINISTRY
from warrant.apps.cardcentre.types import (
    CEREMONIES,
    CEREMONIES_SHOWN,
    CEREMONIES_TYPED,
    KEY_ACT_LABELS,
    SUITE_LABELS,
    USAGE_LABELS,
    KeyActKind,
    province_label,
)
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, error_text, permission_for_view, render_page
from warrant.core.access import Permission
from warrant.core.crypto.block import check_value
from warrant.core.errors import N_, Conflict, InvalidInput, Unavailable
from warrant.core.keys.hierarchy import KeyUsage
from warrant.core.keys.parts import write_line

PURPOSES = {
    KeyActKind.GENERATE_BY_COMPONENTS: N_(
        "2 到 3 名保管员各带一份分量，各自输入，合成新密钥；分量纸即是备份"
    ),
    KeyActKind.GENERATE_BY_SHARES: N_("密钥库随机产生新密钥，随即分成几份交保管员备份"),
    KeyActKind.BACK_UP: N_("把现有密钥分成几份，任意若干份合在一起可以恢复"),
    KeyActKind.RESTORE: N_("密钥库损坏或更换后，由保管员输入份额，恢复同一把密钥"),
}


def ceremonies_here() -> list[KeyActKind]:
    """Return the ceremonies that this node holds: a province draws no master keys."""
    is_ministry = settings.WARRANT_NODE.kind == MINISTRY
    return [kind for kind in CEREMONIES if is_ministry or kind in {KeyActKind.BACK_UP, KeyActKind.RESTORE}]


def ceremony_rows() -> list[dict[str, str]]:
    """Return what the page of keys offers."""
    return [
        {
            "url": reverse("key-ceremony-propose", args=[kind.value]),
            "title": _(KEY_ACT_LABELS[kind]),
            "purpose": _(PURPOSES[kind]),
        }
        for kind in ceremonies_here()
    ]


@permission_for_view(Permission.KEY_CUSTODY)
@require_http_methods(["GET", "POST"])
def key_ceremony_propose(request: HttpRequest, kind: str) -> HttpResponse:
    """Propose a ceremony: which keys, and which custodians carry a part."""
    if kind not in ceremonies_here():
        raise Http404
    chosen = KeyActKind(kind)
    form = CeremonyForm(request.POST or None, kind=chosen)
    if request.method == "POST" and form.is_valid():
        try:
            act = propose_ceremony(
                actor_of(request),
                chosen,
                form.parameters(),
                list(form.cleaned_data["holders"]),
                now=clock.now(),
            )
        except InvalidInput as error:
            add_error(form, error)
        except (Conflict, Unavailable) as error:
            form.add_error(None, error_text(error))
        else:
            messages.success(request, _("已提出：%(act)s。请按下列步骤办理") % {"act": key_act_title(act)})
            return redirect("key-act-detail", pk=act.pk)
    return render_page(
        request,
        "cardcentre/ceremony_form.jinja",
        {
            "page_title": _(KEY_ACT_LABELS[chosen]),
            "breadcrumbs": [{"url": reverse("key-acts"), "label": _("密钥")}],
            "purpose": _(PURPOSES[chosen]),
            "form": form,
            "fieldsets": _fieldsets(form),
            "wide_fields": ["holders"],
            "submit_label": _("提出"),
            "cancel_url": reverse("key-acts"),
        },
        status=400 if form.errors else 200,
    )


def _fieldsets(form: CeremonyForm) -> list[dict[str, Any]]:
    checks = [name for name in form.fields if name.startswith("check_")]
    sets = [
        {"title": _("密钥"), "names": ["suite", "version"]},
        {"title": _("保管"), "names": [name for name in ("threshold", "holders") if name in form.fields]},
    ]
    if checks:
        sets.append({"title": _("校验值（登记册中已有这一版时不用填写）"), "names": checks})
    return sets


@permission_for_view(Permission.KEY_CUSTODY)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def key_part_enter(request: HttpRequest, pk: int) -> HttpResponse:
    """Type the own part; every line is read against its check value before any is taken."""
    actor = actor_of(request)
    act = key_act_for(actor, pk)
    if act.kind not in CEREMONIES_TYPED:
        raise Http404
    is_share = act.kind == KeyActKind.RESTORE
    form = PartForm(request.POST or None, suite=act.parameters["suite"], is_share=is_share)
    if request.method == "POST" and form.is_valid():
        try:
            enter_part(actor, act, form.keys(), number=form.number_given(), now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("您的一份已经收到并封存，不会再显示。请收好纸张"))
            return redirect("key-act-detail", pk=pk)
    return render_page(
        request,
        "cardcentre/part_form.jinja",
        {
            "page_title": _("输入我的一份"),
            "breadcrumbs": _crumbs(act),
            "form": form,
            "fieldsets": [
                *([{"title": _("份额"), "names": ["number"]}] if is_share else []),
                {
                    "title": _("五行密钥"),
                    "names": [name for usage in KeyUsage for name in (usage.value, f"{usage.value}_check")],
                },
            ],
            "submit_label": _("封存"),
            "cancel_url": reverse("key-act-detail", args=[pk]),
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(Permission.KEY_CUSTODY)
@never_cache
@sensitive_variables()
@require_http_methods(["GET", "POST"])
def key_part_show(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether the custodian is alone, then show the own share on a page to print, this once."""
    actor = actor_of(request)
    act = key_act_for(actor, pk)
    if act.kind not in CEREMONIES_SHOWN:
        raise Http404
    if request.method == "GET":
        return render_page(
            request,
            "page_confirm.jinja",
            {
                "page_title": _("领取我的份额"),
                "breadcrumbs": _crumbs(act),
                "question": _("现在显示您的份额？只显示这一次。"),
                "consequences": [
                    _("请确认旁边没有别人，打印机在手边，也没有人在看您的屏幕。"),
                    _("打印或抄写后装入信封，签字封存。系统随即删除这一份，不能再次显示。"),
                ],
                "form": None,
                "confirm_label": _("显示我的份额"),
                "cancel_url": reverse("key-act-detail", args=[pk]),
            },
        )
    part = show_part(actor, act, now=clock.now())
    return render_page(
        request,
        "cardcentre/key_share.jinja",
        {
            "page_title": _("份额 %(number)s") % {"number": part.number},
            "breadcrumbs": _crumbs(act),
            "sheet": _sheet(act, part.number, actor.name),
            "lines": [
                {
                    "usage": _(USAGE_LABELS[usage]),
                    "line": write_line(part.keys[usage]),
                    "check": check_value(act.parameters["suite"], part.keys[usage]),
                    "whole": act.result["check_values"][usage.value],
                }
                for usage in KeyUsage
            ],
            "back_url": reverse("key-act-detail", args=[pk]),
        },
    )


def _sheet(act: KeyAct, number: int, holder: str) -> list[tuple[str, str]]:
    return [
        (_("节点"), settings.WARRANT_NODE.name),
        (
            _("密钥"),
            _("%(name)s %(suite)s 第 %(version)s 版 %(province)s")
            % {
                "name": _("分密钥") if act.parameters["province_code"] else _("总控密钥"),
                "suite": SUITE_LABELS[act.parameters["suite"]],
                "version": act.parameters["version"],
                "province": province_label(act.parameters["province_code"]),
            },
        ),
        (
            _("份额编号"),
            _("第 %(number)s 份，共 %(count)s 份，任 %(threshold)s 份可恢复")
            % {
                "number": number,
                "count": len(parts_of(act)),
                "threshold": act.parameters["threshold"],
            },
        ),
        (_("保管员"), holder),
        (_("密钥操作"), str(act.pk)),
    ]


def _crumbs(act: KeyAct) -> list[dict[str, str]]:
    return [
        {"url": reverse("key-acts"), "label": _("密钥")},
        {"url": reverse("key-act-detail", args=[act.pk]), "label": key_act_title(act)},
    ]
