"""One version of keys: its state and periods, the cards that carry it, and what custodians may do with it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from warrant.apps.cardcentre.forms import ReasonForm
from warrant.apps.cardcentre.models import KeySet
from warrant.apps.cardcentre.selectors import (
    cards_by_unit,
    cards_with,
    key_act_for,
    key_set_for,
)
from warrant.apps.cardcentre.services.key_records import print_key_record
from warrant.apps.cardcentre.services.key_states import MASTER, changes_of, propose_key_change
from warrant.apps.cardcentre.types import (
    KEY_ACT_LABELS,
    KEY_CHANGES,
    KEY_FACES,
    SUITE_LABELS,
    USAGE_LABELS,
    KeyActKind,
    province_label,
)
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, error_text, permission_for_view, render_page
from warrant.core.access import Permission
from warrant.core.errors import N_, Conflict, InvalidInput
from warrant.core.lifecycle.key import KeyState

_CONSEQUENCES = {
    KeyActKind.ACTIVATE: N_("新卡改用这一版，原来在用的版本随即退役；旧卡照常使用。"),
    KeyActKind.RETIRE: N_("新卡不再用这一版；没有其他在用版本时，不能制卡。旧卡照常使用。"),
    KeyActKind.REVOKE: N_("这一版不能再制卡，正在制作的卡须作废。部级吊销时立即通知有关省份。不能撤回。"),
    KeyActKind.DESTROY: N_("密钥从密钥库中删除，不能恢复，版本号不再使用。备份须另行销毁。"),
}


def _title(key_set: KeySet) -> str:
    return _("%(name)s %(suite)s 第 %(version)s 版 %(province)s") % {
        "name": _("总控密钥") if key_set.kind == MASTER else _("分密钥"),
        "suite": SUITE_LABELS.get(key_set.suite, key_set.suite),
        "version": key_set.version,
        "province": province_label(key_set.province_code),
    }


def _crumbs() -> list[dict[str, str]]:
    return [{"url": reverse("key-acts"), "label": _("密钥")}]


@permission_for_view(Permission.KEY_VIEW)
@require_GET
def key_set_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one version: check values, periods, and the cards that carry it by unit."""
    actor = actor_of(request)
    key_set = key_set_for(actor, pk)
    face = KEY_FACES[KeyState(key_set.state)]
    units = cards_by_unit(actor, key_set) if key_set.kind != MASTER else []
    return render_page(
        request,
        "cardcentre/key_set.jinja",
        {
            "page_title": _title(key_set),
            "breadcrumbs": _crumbs(),
            "key_set": key_set,
            "state": {"word": _(face.word), "tone": face.tone},
            "is_master": key_set.kind == MASTER,
            "check_values": [
                {"usage": _(label), "value": key_set.check_values.get(usage.value, "")}
                for usage, label in USAGE_LABELS.items()
            ],
            "units": units,
            "card_count": cards_with(key_set).count() if units else 0,
            "changes": [
                {"kind": kind.value, "label": _(KEY_ACT_LABELS[kind])} for kind in changes_of(key_set)
            ]
            if actor.has_anywhere(Permission.KEY_CUSTODY)
            else [],
        },
    )


@permission_for_view(Permission.KEY_CUSTODY)
@require_http_methods(["GET", "POST"])
def key_set_change(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Propose a change of state, with the reason that is kept."""
    actor = actor_of(request)
    key_set = key_set_for(actor, pk)
    if kind not in KEY_CHANGES:
        raise Http404
    chosen = KeyActKind(kind)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            propose_key_change(actor, key_set, chosen, form.cleaned_data["reason"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        except Conflict as error:
            form.add_error(None, error_text(error))
        else:
            messages.success(
                request,
                _("已提出：%(act)s，等待另一名保管员确认")
                % {"act": f"{_(KEY_ACT_LABELS[chosen])} {_title(key_set)}"},
            )
            return redirect("key-acts")
    return render_page(
        request,
        "page_confirm.jinja",
        {
            "page_title": _(KEY_ACT_LABELS[chosen]),
            "breadcrumbs": [
                *_crumbs(),
                {"url": reverse("key-set-detail", args=[pk]), "label": _title(key_set)},
            ],
            "question": f"{_(KEY_ACT_LABELS[chosen])}：{_title(key_set)}",
            "consequences": [_("须由另一名密钥保管员确认后才执行。"), _(_CONSEQUENCES[chosen])],
            "form": form,
            "confirm_label": _("提出"),
            "cancel_url": reverse("key-set-detail", args=[pk]),
            "danger": chosen in {KeyActKind.REVOKE, KeyActKind.DESTROY},
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(Permission.KEY_VIEW)
@require_GET
def key_act_record(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the record of an act as PDF, to print and sign."""
    actor = actor_of(request)
    printed = print_key_record(actor, key_act_for(actor, pk), now=clock.now())
    response = HttpResponse(printed, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="key-act-{pk}.pdf"'
    return response
