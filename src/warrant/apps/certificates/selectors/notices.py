"""Notices about acts on a certificate: which may be issued, which were, and what they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from warrant.apps.certificates.models import Certificate, CertificateEntry
from warrant.apps.certificates.selectors.losses import HistoryRow
from warrant.apps.certificates.selectors.reading import category_names, entry_label, is_own
from warrant.apps.certificates.types import NOTICES, NoticeKind
from warrant.core.access import Actor, is_permitted
from warrant.core.lifecycle import CertificateState
from warrant.core.lifecycle.certificate_grounds import GROUND_NAMES, LOSS_TERM, asks_training
from warrant.core.ports import PaperLetter, PaperSection


@dataclass(frozen=True)
class ShownPaper:
    """One notice on the certificate's page: issued (``number`` and ``document_id``), or to be issued at ``issue_url``."""

    title: str
    act: str
    on: datetime
    number: str = ""
    document_id: int = 0
    issued_by: str = ""
    issue_url: str = ""
    entry: int = 0


def notice_number(unit_name: str, year: int, seq: int) -> str:
    """Return how a notice is cited."""
    return f"{unit_name} 证字〔{year}〕第 {seq} 号"


def is_due_after(kind: NoticeKind, entry: CertificateEntry) -> bool:
    """Tell whether an act has such a notice; no card is handed in of a certificate that was lost."""
    was_lost = entry.from_state == CertificateState.LOST
    return entry.action in kind.actions and not (kind is NOTICES["receipt"] and was_lost)


def can_issue(viewer: Actor, certificate: Certificate, kind: NoticeKind) -> bool:
    """Tell whether the viewer may issue such notices about this certificate."""
    own = kind.is_for_own_record and is_own(viewer, certificate)
    return own or is_permitted(viewer, kind.permission, certificate.place)


def issue_address(certificate: Certificate, entry: CertificateEntry, kind: str) -> str:
    """Return where a notice is issued."""
    return reverse("certificate-notice", args=[certificate.number, entry.pk, kind])


def papers_of(viewer: Actor, certificate: Certificate, history: Sequence[HistoryRow]) -> list[ShownPaper]:
    """Return the notices of a certificate's acts, newest first: those issued, and those that the viewer may issue."""
    shown = []
    allowed = {code: can_issue(viewer, certificate, kind) for code, kind in NOTICES.items()}
    for row in history:
        for code, kind in NOTICES.items():
            paper = row.papers.get(code)
            if not is_due_after(kind, row.entry) or (paper is None and not allowed[code]):
                continue
            act = entry_label(row.entry)
            if paper is None:
                url = issue_address(certificate, row.entry, code)
                shown.append(
                    ShownPaper(_(kind.title), act, row.entry.happened_at, issue_url=url, entry=row.entry.pk)
                )
                continue
            number = notice_number(paper["unit"], paper["year"], paper["seq"])
            shown.append(
                ShownPaper(
                    _(kind.title),
                    act,
                    row.entry.happened_at,
                    number=number,
                    document_id=paper["document_id"],
                    issued_by=paper["issued_by"],
                    entry=row.entry.pk,
                )
            )
    return shown


def _written_day(at: datetime | date) -> str:
    day = timezone.localtime(at).date() if isinstance(at, datetime) else at
    return date_format(day, _("Y年n月j日"))


def _ground(entry: CertificateEntry) -> list[str]:
    ground = GROUND_NAMES.get((entry.action, entry.ground))
    reason = entry.reason if entry.reason.endswith(("。", "！", "？", ".")) else f"{entry.reason}。"
    said = [_("事实和理由：%(reason)s") % {"reason": reason}] if entry.reason else []
    if ground is None:
        return said
    return [
        _("事由：%(ground)s。依据：%(basis)s。") % {"ground": _(ground.name), "basis": _(ground.basis)},
        *said,
    ]


def _decision(certificate: Certificate, entry: CertificateEntry, kind: str) -> list[str]:
    names = {
        "name": certificate.officer.name,
        "number": certificate.number,
        "day": _written_day(entry.happened_at),
        "until": _written_day(entry.until) if entry.until else "",
        "agency": certificate.agency_name,
    }
    remedy = _(
        "对本决定不服的，可以向作出决定的单位书面陈述和申辩，也可以依法申请复核或者申诉；期间不停止执行。"
    )
    if kind == "withholding":
        lines = [_("决定自%(day)s起暂扣你的《交通运输行政执法证》（证件编号 %(number)s）。") % names]
        if entry.until:
            lines.append(_("暂扣至%(until)s；到期不自动发还，由作出决定的单位另行决定。") % names)
        lines.append(_("暂扣期间不得从事行政执法活动，证卡交作出决定的单位保管。"))
        if asks_training(entry.ground):
            lines.append(_("暂扣期间应当参加离岗培训；培训合格后方可发还。"))
        return [*_ground(entry), *lines, remedy]
    if kind == "return":
        return [
            *_ground(entry),
            _(
                "决定自%(day)s起发还你的《交通运输行政执法证》（证件编号 %(number)s），证件恢复到暂扣之前的状态。"
            )
            % names,
        ]
    if kind == "cancellation":
        return [
            *_ground(entry),
            _("你的《交通运输行政执法证》（证件编号 %(number)s）自%(day)s起注销，不再恢复，编号不再使用。")
            % names,
            _("请将证卡交回所在单位；遗失的除外。"),
            remedy,
        ]
    if kind == "revocation":
        return [
            *_ground(entry),
            _("决定自%(day)s起吊销你的《交通运输行政执法证》（证件编号 %(number)s）。") % names,
            _("吊销后不能恢复，并限制再次申领；证卡应当立即交回所在单位。"),
            remedy,
        ]
    if kind == "cancelled-loss":
        return [
            *_ground(entry),
            _("你的《交通运输行政执法证》（证件编号 %(number)s）自%(day)s起解除挂失，恢复有效。") % names,
            _("已经刊登遗失声明的，请告知刊登的报纸或者网站；证件再次遗失的，须重新挂失和刊登。"),
        ]
    if kind == "declaration":
        return [
            _("%(agency)s%(name)s遗失《交通运输行政执法证》，证件编号 %(number)s，声明作废。") % names,
            _(
                "（以上文字供刊登。挂失日期：%(day)s；请在%(due)s前刊登，并在证件页登记刊登处、日期和上传版面。）"
            )
            % {**names, "due": _written_day(timezone.localtime(entry.happened_at).date() + LOSS_TERM)},
        ]
    return [
        _("今收到%(agency)s%(name)s交回的《交通运输行政执法证》证卡一张，证件编号 %(number)s。") % names,
        _("收回的原因：%(act)s（%(day)s）。证卡由收回单位登记、保管，不得使用。")
        % {**names, "act": _(NOTICES[kind_of_act(entry.action)].title)},
    ]


def kind_of_act(action: str) -> str:
    """Return the kind of the notice that an act which people declare has of its own."""
    return next(code for code, kind in NOTICES.items() if action in kind.actions)


def letter_of(
    certificate: Certificate,
    entry: CertificateEntry,
    kind: str,
    number: str,
    unit_name: str,
    *,
    now: datetime,
) -> PaperLetter:
    """Return a notice, every text in its final words; it is printed in Chinese, the language of the office."""
    facts: list[Sequence[str]] = [
        (_("姓名"), certificate.officer.name),
        (_("证件编号"), certificate.number),
        (_("执法单位"), certificate.agency_name),
        (_("执法门类"), "、".join(category_names(certificate.category_codes, "zh-hans"))),
        (_("发证机关"), certificate.issuer_name),
        (_("有效期至"), certificate.valid_until.isoformat()),
    ]
    signed = [unit_name, _written_day(now)]
    if kind == "receipt":
        signed = [_("交证人签字：＿＿＿＿＿＿＿＿"), _("收证人签字：＿＿＿＿＿＿＿＿"), *signed]
    is_public = kind == "declaration"
    return PaperLetter(
        title=_(NOTICES[kind].title),
        subtitle=number,
        addressee="" if is_public else f"{certificate.officer.name}：",
        paragraphs=_decision(certificate, entry, kind),
        sections=[] if is_public else [PaperSection(_("证件"), (_("项目"), _("内容")), (1, 3), facts)],
        signed=signed,
        foot=number,
        page_label=_("第 %(page)s 页，共 %(pages)s 页"),
        nothing=_("无"),
    )
