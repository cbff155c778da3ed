"""What an officer's page is made of: the chain, other apps' panels, and what happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from warrant.apps.audit.selectors import history_of
from warrant.apps.audit.types import ACTION_NAMES
from warrant.apps.foundation import clock
from warrant.apps.officers.models import Officer
from warrant.apps.officers.types import DEFAULT_TAB, ChainLink, ChainProvider, Panel, PanelProvider
from warrant.apps.regulations.selectors import in_force
from warrant.core.access import Actor
from warrant.core.errors import N_
from warrant.core.lifecycle.application import ApplicationKind, ApplicationState
from warrant.core.regulation import RegulationKind

LATER_LINKS = (
    (20, N_("资格条件")),
    (30, N_("审查")),
    (40, N_("核审")),
    (50, N_("审批")),
    (60, N_("备案")),
    (70, N_("制卡")),
    (80, N_("发放")),
    (90, N_("本年年审")),
)
_ORDER_OF_STEP = {
    ApplicationState.REVIEW: 30,
    ApplicationState.VERIFICATION: 40,
    ApplicationState.APPROVAL: 50,
}

ACTION_WORDS = {
    "officer.entered": N_("登记入册"),
    "officer.imported": N_("由花名册导入"),
    "officer.changed": N_("修改基本信息"),
    "officer.photo-set": N_("更换照片"),
    "officer.education-added": N_("登记学历"),
    "officer.education-corrected": N_("更正学历"),
    "officer.entry-added": N_("登记附加信息"),
    "officer.entry-corrected": N_("更正附加信息"),
    "officer.entry-withdrawn": N_("撤销附加信息"),
    "officer.deletion-requested": N_("请求删除"),
    "officer.deleted": N_("删除"),
    "officer.restored": N_("恢复记录"),
    "officer.id-number-correction-requested": N_("请求更正身份证号码"),
    "officer.id-number-corrected": N_("更正身份证号码"),
    "officer.request-refused": N_("驳回请求"),
    "officer.request-withdrawn": N_("撤回请求"),
    "officer.id-number-seen": N_("查看完整身份证号码"),
    "officer.id-number-refused": N_("查看完整号码超限被拒"),
    "officer.account-opened": N_("开通本人账号"),
    "officer.transferred": N_("调动"),
    "officer.own-sheet-printed": N_("本人打印登记表"),
    "officer.left": N_("离职登记"),
    "officer.leaving-planned": N_("登记离职计划"),
    "officer.leaving-cancelled": N_("取消离职计划"),
    "officer.came-back": N_("恢复在职"),
    "officer.merged": N_("合并重复档案"),
    "officer.proposal-accepted": N_("采纳本人更正"),
    "training.recorded": N_("登记培训"),
    "training.corrected": N_("更正培训"),
    "examination.recorded": N_("登记考试成绩"),
    "examination.corrected": N_("更正考试成绩"),
}
"""Actions on ``officer:<pk>`` in the audit ledger; what other apps record under other words shows as recorded."""

_TONES = {
    "officer.entered": "valid",
    "officer.imported": "valid",
    "officer.id-number-seen": "attention",
    "officer.id-number-refused": "broken",
    "officer.id-number-corrected": "attention",
    "officer.deleted": "broken",
    "officer.restored": "valid",
}
_SHOWN_TEXT = frozenset(
    {
        "officer.changed",
        "officer.education-added",
        "officer.education-corrected",
        "training.corrected",
        "examination.corrected",
        "officer.id-number-seen",
        "officer.id-number-refused",
        "officer.transferred",
        "officer.left",
        "officer.leaving-planned",
        "officer.leaving-cancelled",
        "officer.came-back",
        "officer.merged",
        "officer.proposal-accepted",
        "officer.entry-added",
        "officer.entry-corrected",
        "officer.entry-withdrawn",
        "officer.deletion-requested",
        "officer.deleted",
        "officer.restored",
        "officer.id-number-correction-requested",
        "officer.id-number-corrected",
        "officer.request-refused",
        "officer.request-withdrawn",
    }
)


def recorded_link(officer: Officer) -> ChainLink:
    """Return the first link: the officer stands in the register."""
    entered_by = officer.entered_by
    return ChainLink(
        title=_("登记入册"),
        tone="whole",
        at=officer.entered_at,
        unit=entered_by.agency.name if entered_by else "",
        person=entered_by.display_name if entered_by else "",
        order=10,
    )


def chain_of(officer: Officer) -> list[ChainLink]:
    """Return the officer's whole chain: the links of every provider, then what is still to come at this place."""
    links = [recorded_link(officer)]
    for path in getattr(settings, "WARRANT_CHAIN_PROVIDERS", ()):
        provider: ChainProvider = import_string(path)
        links.extend(provider(officer))
    links = _each_once(links)
    reached = max(link.order for link in links)
    province = officer.agency.province
    rules = in_force(RegulationKind.STEPS, province.code if province else "", clock.today()).document
    steps = rules.steps_for(ApplicationKind.FIRST_ISSUE, officer.place)
    needed = {_ORDER_OF_STEP[step.state] for step in steps}
    links.extend(
        ChainLink(title=_(title), order=order)
        for order, title in LATER_LINKS
        if order > reached and (order in needed or order not in _ORDER_OF_STEP.values())
    )
    return sorted(links, key=lambda link: link.order)


def _each_once(links: list[ChainLink]) -> list[ChainLink]:
    """Two apps may speak of one link: what has been reached says more than what is pending, the later app more."""
    kept: dict[tuple[int, str], ChainLink] = {}
    for link in links:
        known = kept.get((link.order, link.title))
        if known is None or known.tone == "pending" or link.tone != "pending":
            kept[link.order, link.title] = link
    return list(kept.values())


def panels_of(viewer: Actor, officer: Officer, tab: str) -> list[Panel]:
    """Return what stands on one tab of the officer's page for this viewer, in order."""
    panels = []
    for named in getattr(settings, "WARRANT_OFFICER_PANELS", ()):
        place, _colon, path = named.rpartition(":")
        if (place or DEFAULT_TAB) != tab:
            continue
        provider: PanelProvider = import_string(path)
        panel = provider(viewer, officer)
        if panel is not None:
            panels.append(panel)
    return sorted(panels, key=lambda panel: panel.order)


@dataclass(frozen=True)
class Happening:
    """One line of the timeline."""

    at: datetime
    title: str
    person: str
    text: str = ""
    tone: str = "ended"


def timeline_of(officer: Officer, limit: int = 30) -> list[Happening]:
    """Return what happened to the record and the latest certificate, newest first.

    The caller has checked that the viewer may see it.
    """
    rows = history_of(f"officer:{officer.pk}", limit)
    happenings = [
        Happening(
            at=row.at,
            title=_(ACTION_WORDS[row.action]) if row.action in ACTION_WORDS else row.summary,
            person=row.account_name,
            text=row.summary if row.action in _SHOWN_TEXT else "",
            tone=_TONES.get(row.action, "ended"),
        )
        for row in rows
    ]
    is_beginning_known = len(rows) == limit or any(row.action == "officer.entered" for row in rows)
    if not is_beginning_known:  # a roster is one entry of the ledger, whatever the number of its rows
        person = officer.entered_by.display_name if officer.entered_by else ""
        happenings.append(
            Happening(officer.entered_at, _(ACTION_WORDS["officer.imported"]), person, "", "valid")
        )
    happenings += _certificate_happenings(officer, limit)
    return sorted(happenings, key=lambda one: one.at, reverse=True)[:limit]


def _certificate_happenings(officer: Officer, limit: int) -> list[Happening]:
    if not officer.certificate_number:
        return []
    rows = history_of(f"certificate:{officer.certificate_number}", limit)
    return [
        Happening(
            row.at, _(ACTION_NAMES.get(row.action, row.summary)), row.account_name, row.summary, "waiting"
        )
        for row in rows
    ]
