"""Pages of substitutes: who stands in for whom, naming one, confirming and ending."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from warrant.apps.accounts.forms import DelegationForm
from warrant.apps.accounts.models import Delegation
from warrant.apps.accounts.selectors.delegations import (
    delegations_for,
    is_open,
    possible_substitutes,
    roles_to_hand_on,
    state_of,
)
from warrant.apps.accounts.selectors.leaves import open_leaves_for
from warrant.apps.accounts.services import (
    confirm_delegation,
    end_delegation,
    propose_delegation,
    refuse_delegation,
)
from warrant.apps.accounts.services.delegating import Proposal
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, error_text, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.apps.foundation.views import signed_in
from warrant.core.access import ROLE_NAMES, Actor, Permission, Role, is_permitted
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound

MOST_LEAVES = 50
"""Leaves that are shown above the delegations: those that run or begin first."""
_ACTS: Mapping[str, tuple[Callable[..., Delegation], str]] = {
    "confirm": (confirm_delegation, N_("已确认%(substitute)s代理%(giver)s")),
    "refuse": (refuse_delegation, N_("已退回%(substitute)s代理%(giver)s的申请")),
    "end": (end_delegation, N_("已结束%(substitute)s对%(giver)s的代理")),
}


def _row(actor: Actor, row: Delegation, *, is_security: bool) -> dict[str, object]:
    word, tone = state_of(row)
    concerned = is_security or actor.account_id in (row.from_account_id, row.to_account_id)
    is_proposed = row.confirmed_at is None and is_open(row)
    return {
        "id": row.pk,
        "giver": row.from_account.display_name,
        "substitute": row.to_account.display_name,
        "role": _(ROLE_NAMES[Role(row.role)]),
        "unit": row.unit.name,
        "from_on": row.from_on,
        "until_on": row.until_on,
        "reason": row.reason,
        "state": {"word": word, "tone": tone},
        "may_confirm": is_security and is_proposed,
        "may_end": concerned and is_open(row) and not (is_security and is_proposed),
    }


@signed_in
@require_GET
def delegation_list(request: HttpRequest) -> HttpResponse:
    """List the viewer's delegations, all of the node for the security administrator."""
    actor = actor_of(request)
    is_security = is_permitted(actor, Permission.ROLE_ASSIGN, NATION)
    page = keyset_page(delegations_for(actor), "-id", request.GET.get("after", ""))

    def address(key: str) -> str:
        return f"?after={key}" if key else ""

    return render_page(
        request,
        "accounts/delegations.jinja",
        {
            "title": _("代理"),
            "rows": [_row(actor, row, is_security=is_security) for row in page.rows],
            "count_text": _("共 %(count)s 项") % {"count": page.count_text},
            "next_url": address(page.next_key),
            "previous_url": address(page.previous_key),
            "may_name": bool(roles_to_hand_on(actor)),
            "leaves": open_leaves_for(actor)[:MOST_LEAVES],
            "today": clock.today(),
        },
    )


@signed_in
@require_http_methods(["GET", "POST"])
def delegation_new(request: HttpRequest) -> HttpResponse:
    """Name a substitute for one of the own deciding roles."""
    actor = actor_of(request)
    held = roles_to_hand_on(actor)
    if not held:
        raise NotFound("no-role-to-hand-on", N_("您没有可以委托他人代理的角色"))
    substitutes = possible_substitutes(actor, [row.unit_id for row in held])
    form = DelegationForm(held, substitutes, request.POST or None, from_on=clock.today())
    status = 400 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        chosen = values["held"]
        proposal = Proposal(
            Role(chosen.role),
            chosen.unit_id,
            values["substitute"].pk,
            values["from_on"],
            values["until_on"],
            values["reason"],
        )
        try:
            propose_delegation(actor, proposal, now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
            status = 400
        except Conflict as error:
            form.add_error(None, error_text(error))
            status = 409
        else:
            messages.success(request, _("已提交，安全管理员确认后生效"))
            return redirect("delegation-list")
    return render_page(
        request,
        "page_form.jinja",
        {
            "title": _("委托代理"),
            "form": form,
            "wide_fields": ["reason"],
            "submit_label": _("提交"),
            "cancel_url": reverse("delegation-list"),
            "breadcrumbs": [{"label": _("代理"), "url": reverse("delegation-list")}],
        },
        status=status,
    )


@signed_in
@require_POST
def delegation_act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Confirm, refuse or end one delegation."""
    if action not in _ACTS:
        raise NotFound("not-found", N_("没有这项办理"))
    act, words = _ACTS[action]
    row = act(actor_of(request), pk, now=clock.now())
    names = {"substitute": row.to_account.display_name, "giver": row.from_account.display_name}
    messages.success(request, _(words) % names)
    return redirect("delegation-list")
