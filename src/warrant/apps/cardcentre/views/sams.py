"""The register of SAMs: the list, one SAM with its ledger and acts, the yearly count, the signed block list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from warrant.apps.cardcentre.forms import ReasonForm
from warrant.apps.cardcentre.forms.sams import (
    SamAcceptForm,
    SamCountForm,
    SamFilter,
    SamIssueForm,
    SamReceiveForm,
)
from warrant.apps.cardcentre.models import Sam, SamCount
from warrant.apps.cardcentre.selectors.sams import (
    block_list,
    counts_of_sams,
    sam_count_for,
    sam_counts,
    sam_for,
    sams,
    versions_for_sams,
)
from warrant.apps.cardcentre.services import sams as acts
from warrant.apps.cardcentre.services.sam_papers import held_text, print_sam_receipt
from warrant.apps.cardcentre.types import SAM_COUNT_FACES, SAM_FACES, SAM_USAGES
from warrant.apps.cardcentre.views.stock_pages import decision_page, shown
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, error_text, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.apps.organisations.models import Agency
from warrant.core.access import Permission
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound
from warrant.core.lifecycle import SAM, SAM_COUNT, SamCountState, SamState
from warrant.core.lifecycle.sam import COUNTED

COUNTS_SHOWN = 20
COUNT_EVERY = timedelta(days=365)
_CONSEQUENCES = {
    "report-lost": (
        N_("立即列入停用名单，终端取到名单后不再使用这张卡。"),
        N_("以后找到也不能再用，只能销毁。"),
    ),
    "block": (N_("立即列入停用名单，终端取到名单后不再使用这张卡。"), N_("停用不能撤回。")),
    "find": (N_("仍在停用名单上：离开过保管的卡不能再用。"),),
    "condemn": (N_("须由另一名密钥保管员当面见证销毁。"),),
    "spare": (N_("卡仍停用，可以重新提出销毁。"),),
    "take-back": (N_("卡回到保管员库内，可以另行发放。"),),
    "witness": (N_("您看到这张卡被剪碎或粉碎。"), N_("销毁后不能撤回。")),
}


@permission_for_view(Permission.KEY_VIEW)
@require_GET
def sam_list(request: HttpRequest) -> HttpResponse:
    """List the SAMs by serial, with the counts of each state above."""
    actor = actor_of(request)
    form = SamFilter(request.GET)
    asked: dict[str, Any] = (
        form.cleaned_data if form.is_valid() else {"state": "", "serial": "", "version": None}
    )
    serial = asked["serial"].strip().upper()
    rows = sams(actor, state=asked["state"], serial=serial, version=asked["version"])
    page = keyset_page(rows, "serial", request.GET.get("after", ""))
    url = reverse("sam-list")
    is_custodian = actor.has_anywhere(Permission.KEY_CUSTODY)
    counts = sam_counts(actor)
    return render_page(
        request,
        "cardcentre/sams.jinja",
        {
            "page_title": _("SAM 卡"),
            "actions": [
                {
                    "label": _("登记到货"),
                    "url": reverse("sam-receive"),
                    "kind": "primary",
                    "icon": "package-plus",
                },
                {"label": _("盘点"), "url": reverse("sam-count"), "kind": "", "icon": "list-checks"},
            ]
            if is_custodian
            else [],
            "filters": form,
            "figures": [
                {"label": _(face.word), "value": str(counts[state]), "url": f"{url}?state={state.value}"}
                for state, face in SAM_FACES.items()
                if counts.get(state)
            ],
            "blocked": block_list(),
            "counts": [_count_row(row) for row in counts_of_sams(actor)[:COUNTS_SHOWN]],
            "list_url": url,
            "columns": [
                {"key": "serial", "label": _("芯片序列号")},
                {"key": "state", "label": _("状态"), "kind": "state"},
                {"key": "held", "label": _("卡内密钥")},
                {"key": "agency", "label": _("领用单位")},
                {"key": "device", "label": _("稽查终端编号")},
                {"key": "keeper", "label": _("领用人")},
                {"key": "counted_at", "label": _("上次盘到"), "kind": "instant"},
                {"key": "changed_at", "label": _("变动时间"), "kind": "instant"},
            ],
            "rows": [_row(sam) for sam in page.rows],
            "count_text": _("共 %(count)s 张") % {"count": page.count_text},
            **page.addresses(
                url,
                {"state": asked["state"], "serial": serial, "version": str(asked["version"] or "")},
            ),
            "table_name": "sams",
            "empty_title": _("没有符合条件的 SAM 卡"),
            "empty_step": _("由密钥保管员登记密钥中心送来的 SAM 卡"),
            "empty_url": reverse("sam-receive") if is_custodian else "",
        },
    )


def _row(sam: Sam) -> dict[str, Any]:
    return {
        "url": reverse("sam-detail", args=[sam.serial]),
        "serial": sam.serial,
        "state": shown(SAM_FACES[SamState(sam.state)]),
        "held": held_text(sam),
        "agency": sam.agency.name if sam.agency else "",
        "device": sam.device,
        "keeper": sam.keeper,
        "counted_at": sam.counted_at,
        "changed_at": sam.changed_at,
    }


def _count_row(count: SamCount) -> dict[str, Any]:
    return {
        "url": reverse("sam-count-detail", args=[count.pk]),
        "counted_at": count.counted_at,
        "state": shown(SAM_COUNT_FACES[SamCountState(count.state)]),
        "expected": len(count.expected),
        "missing": len(count.missing),
        "counted_by": count.counted_by.display_name,
        "ended_by": count.ended_by.display_name if count.ended_by else "",
    }


@permission_for_view(Permission.KEY_CUSTODY)
@require_http_methods(["GET", "POST"])
def sam_receive(request: HttpRequest) -> HttpResponse:
    """Enter SAMs that came from the key centre."""
    versions = versions_for_sams()
    form = SamReceiveForm(request.POST or None, versions=versions)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        suite, held = typed["keys"]
        try:
            made = acts.receive_sams(
                actor_of(request), typed["serials"], suite, held, typed["supplier"], now=clock.now()
            )
        except InvalidInput as error:
            add_error(form, error)
        except Conflict as error:
            form.add_error("serials", error_text(error))
        else:
            messages.success(
                request,
                _("已登记 %(count)s 张，等待另一名保管员逐张核对") % {"count": len(made)},
            )
            return redirect(f"{reverse('sam-list')}?state={SamState.ARRIVED.value}")
    return render_page(
        request,
        "page_form.jinja",
        {
            "page_title": _("登记 SAM 卡到货"),
            "breadcrumbs": _way(),
            "form": form,
            "wide_fields": ["serials"],
            "submit_label": _("登记"),
            "cancel_url": reverse("sam-list"),
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(Permission.KEY_VIEW)
@require_GET
def sam_detail(request: HttpRequest, serial: str) -> HttpResponse:
    """Show one SAM: what it holds, where it is, what happened to it, and what may be done."""
    actor = actor_of(request)
    sam = sam_for(actor, serial)
    lines = sam.entries.select_related("account").order_by("-id")
    may_act = actor.has_anywhere(Permission.KEY_CUSTODY)
    labels = {row.action: _(row.label) for row in SAM.transitions}
    return render_page(
        request,
        "cardcentre/sam.jinja",
        {
            "page_title": _("SAM 卡 %(serial)s") % {"serial": sam.serial},
            "breadcrumbs": _way(),
            "state": shown(SAM_FACES[SamState(sam.state)]),
            "sam": sam,
            "held": held_text(sam),
            "is_first": _did_first(actor.account_id, sam),
            "acts": [
                {
                    "label": _(row.label),
                    "url": _address(sam, row.action),
                    "kind": "danger" if row.needs_reason else "primary",
                }
                for row in SAM.actions_from(SamState(sam.state))
                if may_act and not (row.needs_second_person and _did_first(actor.account_id, sam))
            ],
            "receipt_url": reverse("sam-receipt", args=[sam.serial])
            if may_act and sam.state == SamState.ISSUED
            else "",
            "entries": [
                {
                    "at": line.at,
                    "title": labels.get(line.action, _("登记到货")),
                    "text": " · ".join(filter(None, (line.agency_name, line.remark))),
                    "person": line.account.display_name,
                    "tone": SAM_FACES[SamState(line.to_state)].tone,
                }
                for line in lines
            ],
        },
    )


def _did_first(account_id: int, sam: Sam) -> bool:
    first = sam.received_by_id if sam.state == SamState.ARRIVED else sam.condemned_by_id
    return first == account_id


def _address(sam: Sam, action: str) -> str:
    if action in ("accept", "issue"):
        return reverse(f"sam-{action}", args=[sam.serial])
    return reverse("sam-act", args=[sam.serial, action])


@permission_for_view(Permission.KEY_CUSTODY)
@require_http_methods(["GET", "POST"])
def sam_accept(request: HttpRequest, serial: str) -> HttpResponse:
    """Check a SAM by what it shows, as the second custodian."""
    actor = actor_of(request)
    sam = sam_for(actor, serial)
    form = SamAcceptForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = {usage: form.cleaned_data[usage.value] for usage in SAM_USAGES}
        try:
            acts.accept_sam(actor, sam, typed, now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        except Conflict as error:
            form.add_error(None, error_text(error))
        else:
            messages.success(request, _("校验值相符，SAM 卡已入库"))
            return redirect("sam-detail", serial=sam.serial)
    return _decide(
        request,
        sam,
        form,
        _("核对入库"),
        question=_("%(held)s。把卡插入装载工具，照抄它显示的校验值；不要照抄随卡清单")
        % {"held": held_text(sam)},
    )


@permission_for_view(Permission.KEY_CUSTODY)
@require_http_methods(["GET", "POST"])
def sam_issue(request: HttpRequest, serial: str) -> HttpResponse:
    """Issue a SAM to a unit."""
    actor = actor_of(request)
    sam = sam_for(actor, serial)
    form = SamIssueForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        asked = typed["agency"].strip()
        agency = Agency.objects.filter(Q(name=asked) | Q(code=asked), closed_on=None).first()
        try:
            if agency is None:
                raise InvalidInput("unit-unknown", N_("没有这个单位，请填写全称或编码"), place="agency")
            acts.issue_sam(actor, sam, agency, typed["device"], typed["keeper"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        except Conflict as error:
            form.add_error(None, error_text(error))
        else:
            messages.success(request, _("已发放；请打印领用单，由领用人签字"))
            return redirect("sam-detail", serial=sam.serial)
    return _decide(request, sam, form, _("发放"), question=held_text(sam))


@permission_for_view(Permission.KEY_CUSTODY)
@require_http_methods(["GET", "POST"])
def sam_act(request: HttpRequest, serial: str, action: str) -> HttpResponse:
    """Do what needs no more than a reason, or nothing typed at all."""
    actor = actor_of(request)
    if action not in _CONSEQUENCES:
        raise Http404
    sam = sam_for(actor, serial)
    row = SAM.transition(action)
    form = ReasonForm(request.POST or None) if row.needs_reason else None
    if request.method == "POST" and (form is None or form.is_valid()):
        now = clock.now()
        try:
            if form is not None:
                acts.declare_sam(actor, sam, action, form.cleaned_data["reason"], now=now)
            elif action == "take-back":
                acts.take_sam_back(actor, sam, now=now)
            else:
                acts.witness_sam_destruction(actor, sam, now=now)
        except InvalidInput as error:
            add_error(form or ReasonForm(), error)
        else:
            messages.success(request, _("已办理：%(act)s") % {"act": _(row.label)})
            return redirect("sam-detail", serial=sam.serial)
    return _decide(
        request,
        sam,
        form,
        _(row.label),
        consequences=[_(text) for text in _CONSEQUENCES[action]],
        danger=row.needs_reason,
    )


@permission_for_view(Permission.KEY_CUSTODY)
@require_GET
def sam_receipt(request: HttpRequest, serial: str) -> HttpResponse:
    """Give the paper on which the keeper signs, as PDF."""
    actor = actor_of(request)
    response = HttpResponse(
        print_sam_receipt(actor, sam_for(actor, serial), now=clock.now()), content_type="application/pdf"
    )
    response["Content-Disposition"] = f'inline; filename="sam-{serial.upper()}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@permission_for_view(Permission.KEY_CUSTODY)
@require_http_methods(["GET", "POST"])
def sam_count(request: HttpRequest) -> HttpResponse:
    """Enter which SAMs were found."""
    actor = actor_of(request)
    form = SamCountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            count = acts.count_sams(actor, typed["found"], typed["explanation"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        except Conflict as error:
            form.add_error(None, error_text(error))
        else:
            messages.success(request, _("盘点已登记，等待另一名保管员确认"))
            return redirect("sam-count-detail", pk=count.pk)
    counts = sam_counts(actor)
    expected = sum(counts.get(state, 0) for state in COUNTED)
    return decision_page(
        request,
        form,
        page_title=_("盘点 SAM 卡"),
        breadcrumbs=_way(),
        question=_("账上应有 %(count)s 张：在库的和发到终端里的。") % {"count": expected},
        confirm_label=_("登记盘点"),
        cancel_url=reverse("sam-list"),
    )


@permission_for_view(Permission.KEY_VIEW)
@require_GET
def sam_count_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one count, with what was missing and what another custodian may do."""
    actor = actor_of(request)
    count = sam_count_for(actor, pk)
    is_first = actor.account_id == count.counted_by_id
    return render_page(
        request,
        "cardcentre/sam_count.jinja",
        {
            "page_title": _("SAM 卡盘点"),
            "breadcrumbs": _way(),
            "state": shown(SAM_COUNT_FACES[SamCountState(count.state)]),
            "count": count,
            "is_first": is_first,
            "acts": [
                {
                    "label": _(row.label),
                    "url": reverse("sam-count-decide", args=[count.pk, row.action]),
                    "kind": "danger" if row.needs_reason else "primary",
                }
                for row in SAM_COUNT.actions_from(SamCountState(count.state))
                if actor.has_anywhere(Permission.KEY_CUSTODY) and not (row.needs_second_person and is_first)
            ],
        },
    )


@permission_for_view(Permission.KEY_CUSTODY)
@require_http_methods(["GET", "POST"])
def sam_count_decide(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Confirm a count or send it back."""
    actor = actor_of(request)
    count = sam_count_for(actor, pk)
    if action not in ("confirm", "reject"):
        raise Http404
    form = ReasonForm(request.POST or None) if action == "reject" else None
    if request.method == "POST" and (form is None or form.is_valid()):
        if form is None:
            acts.confirm_sam_count(actor, count, now=clock.now())
        else:
            acts.reject_sam_count(actor, count, form.cleaned_data["reason"], now=clock.now())
        messages.success(request, _("已办理：%(act)s") % {"act": _(SAM_COUNT.transition(action).label)})
        return redirect("sam-count-detail", pk=pk)
    label = _(SAM_COUNT.transition(action).label)
    return decision_page(
        request,
        form,
        page_title=label,
        breadcrumbs=[*_way(), {"url": reverse("sam-count-detail", args=[pk]), "label": _("SAM 卡盘点")}],
        question=_("应有 %(expected)s 张，没有盘到 %(missing)s 张")
        % {"expected": len(count.expected), "missing": len(count.missing)},
        consequences=[_("没有盘到的卡记为遗失，立即列入停用名单。")]
        if action == "confirm" and count.missing
        else [],
        confirm_label=label,
        cancel_url=reverse("sam-count-detail", args=[pk]),
        danger=bool(count.missing) or action == "reject",
    )


@permission_for_view(None)
@require_GET
def sam_block_list(request: HttpRequest) -> HttpResponse:
    """Give the signed list to an inspection device, which has no account; serials of chips, nothing else."""
    listed = block_list()
    if listed is None:
        raise NotFound("block-list-none", N_("还没有停用名单"))
    response = HttpResponse(bytes(listed.token), content_type="application/warrant-blocked+cwt")
    response["Cache-Control"] = "no-store"
    return response


def _decide(request: HttpRequest, sam: Sam, form: Any, label: str, **wording: Any) -> HttpResponse:
    return decision_page(
        request,
        form,
        page_title=label,
        breadcrumbs=[
            *_way(),
            {"url": reverse("sam-detail", args=[sam.serial]), "label": sam.serial},
        ],
        confirm_label=label,
        cancel_url=reverse("sam-detail", args=[sam.serial]),
        **{"question": _("SAM 卡 %(serial)s") % {"serial": sam.serial}, **wording},
    )


def _way() -> list[dict[str, str]]:
    return [{"url": reverse("sam-list"), "label": _("SAM 卡")}]
