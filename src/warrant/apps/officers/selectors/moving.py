"""What a person may do about an officer's place and state: the acts offered on the officer's page."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.register import is_own
from warrant.core.access import Actor, Permission, is_permitted
from warrant.core.errors import N_
from warrant.core.lifecycle import LeavingKind, OfficerState

LEAVING_NAMES = {
    LeavingKind.RETIREMENT: N_("退休"),
    LeavingKind.RESIGNATION: N_("辞职"),
    LeavingKind.DISMISSAL: N_("辞退或开除"),
    LeavingKind.DEATH: N_("去世"),
    LeavingKind.TRANSFER_OUT: N_("调离执法岗位或调出本省"),
}


@dataclass(frozen=True)
class Act:
    """One act: translated label, address."""

    label: str
    url: str


def acts_for(viewer: Actor, officer: Officer) -> list[Act]:
    """Return the acts that the viewer may begin on this officer now; on the own record only to propose a correction."""
    if is_own(viewer, officer) and officer.state == OfficerState.ACTIVE:
        return [Act(_("申请更正"), reverse("own-correction"))]
    if is_own(viewer, officer) or officer.owner_node:
        return []
    may_edit = is_permitted(viewer, Permission.OFFICER_EDIT, officer.place)
    acts = []
    if officer.state == OfficerState.ACTIVE:
        if is_permitted(viewer, Permission.OFFICER_TRANSFER, officer.place):
            acts.append(Act(_("调出"), reverse("transfer-propose", args=[officer.pk])))
        if may_edit:
            acts.append(Act(_("离职登记"), reverse("officer-leave", args=[officer.pk])))
    elif officer.state == OfficerState.LEFT and may_edit and officer.left_kind != LeavingKind.DEATH:
        acts.append(Act(_("恢复在职"), reverse("officer-return", args=[officer.pk])))
    if may_edit:
        acts.append(Act(_("更正身份证号码"), reverse("id-number-correction", args=[officer.pk])))
        acts.append(Act(_("请求删除"), reverse("deletion-request", args=[officer.pk])))
    return acts


def leaving_name(officer: Officer) -> str:
    """Return why the officer left, in the language of the request; empty for somebody in post."""
    return _(LEAVING_NAMES[LeavingKind(officer.left_kind)]) if officer.left_kind else ""
