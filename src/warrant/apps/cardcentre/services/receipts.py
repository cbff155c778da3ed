"""Papers to sign: the list that goes with a parcel, and the holder's receipt. Nothing of them is kept."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from warrant.apps.audit.services import record
from warrant.apps.cardcentre.models import Card, Parcel
from warrant.apps.cardcentre.selectors.parcels import lines_of
from warrant.apps.certificates.models import Certificate
from warrant.apps.exports.services import paper_printer, unit_name, watermark
from warrant.core.access import Actor, Permission, require
from warrant.core.errors import N_, Conflict
from warrant.core.lifecycle import CardState
from warrant.core.ports import PaperLetter, PaperSection
from warrant.core.standards.codes import ENFORCEMENT_CATEGORY

_WITH_HOLDER = (CardState.PERSONALISED, CardState.HANDED_OVER)


@transaction.atomic
def print_parcel_list(actor: Actor, parcel: Parcel, *, now: datetime) -> bytes:
    """Return the list of a parcel as PDF: goes along with it, is ticked and signed at the count."""
    require(actor, Permission.CARD_VIEW, parcel.place)
    rows = [
        [
            str(count),
            line.certificate.number,
            line.certificate.officer.name,
            line.card.serial,
            _("已到") if line.arrived_at else _("未到") if parcel.received_at else "□",
        ]
        for count, line in enumerate(lines_of(parcel), start=1)
    ]
    facts = [
        [_("收件单位"), parcel.agency.name],
        [_("交寄方式"), parcel.carrier],
        [_("寄出人"), parcel.sent_by.display_name],
        [_("寄出时间"), _shown(parcel.sent_at)],
        [_("张数"), str(parcel.card_count)],
    ]
    if parcel.received_by is not None:
        facts += [[_("点收人"), parcel.received_by.display_name], [_("点收时间"), _shown(parcel.received_at)]]
        facts += [[_("点收情况"), parcel.note]] if parcel.note else []
    letter = PaperLetter(
        title=_("证卡交接清单"),
        subtitle=_("%(centre)s · 包裹 %(number)s")
        % {"centre": settings.WARRANT_NODE.name, "number": parcel.pk},
        addressee="",
        paragraphs=[_("请当面开封，逐张核对后在系统中点收；少卡、错卡的，写明情况并立即报告制卡中心。")],
        sections=[
            PaperSection(_("包裹"), [_("项目"), _("内容")], [1, 3], facts),
            PaperSection(
                _("证卡"),
                [_("序号"), _("证件编号"), _("姓名"), _("芯片序列号"), _("点收")],
                [1, 3, 2, 3, 1],
                rows,
            ),
        ],
        signed=[_("寄出人签字：＿＿＿＿＿＿＿＿"), _("点收人签字：＿＿＿＿＿＿＿＿")],
        foot=watermark(actor, unit_name(actor), _("证卡交接清单"), now=now),
        page_label=_("第 %(page)s 页"),
        nothing=_("无"),
    )
    record(actor, "card-parcel.printed", f"card-parcel:{parcel.pk}", parcel.agency.name, now=now)
    return _drawn(letter)


@transaction.atomic
def print_holder_receipt(actor: Actor, certificate: Certificate, *, now: datetime) -> bytes:
    """Return the receipt that the holder signs when the card is handed over, as PDF. Raises: Conflict ``card-missing``."""
    require(actor, Permission.CARD_HAND_OVER, certificate.place)
    card = Card.objects.filter(certificate=certificate, state__in=_WITH_HOLDER).first()
    if card is None:
        raise Conflict("card-missing", N_("该证件还没有制成的卡"))
    categories = "、".join(ENFORCEMENT_CATEGORY.by_code(code).name for code in certificate.category_codes)
    facts = [
        [_("姓名"), certificate.officer.name],
        [_("证件编号"), certificate.number],
        [_("执法单位"), certificate.agency_name],
        [_("执法门类"), categories],
        [_("有效期"), f"{certificate.valid_from.isoformat()} — {certificate.valid_until.isoformat()}"],
        [_("芯片序列号"), card.serial],
    ]
    letter = PaperLetter(
        title=_("执法证件领取回执"),
        subtitle=certificate.issuer_name,
        addressee="",
        paragraphs=[
            _("本人今日领到下列执法证件，已核对姓名、照片、单位和门类无误。"),
            _("本人知悉：证件仅限本人使用；遗失应立即挂失；每年须通过年审；离岗、调动、退休应交回。"),
        ],
        sections=[PaperSection(_("证件"), [_("项目"), _("内容")], [1, 3], facts)],
        signed=[
            _("领取人签字：＿＿＿＿＿＿＿＿"),
            _("发放人签字：＿＿＿＿＿＿＿＿"),
            _("日期：＿＿＿＿年＿＿月＿＿日"),
        ],
        foot=watermark(actor, unit_name(actor), _("执法证件领取回执"), now=now),
        page_label=_("第 %(page)s 页"),
        nothing=_("无"),
    )
    record(actor, "card.receipt-printed", f"certificate:{certificate.number}", card.serial, now=now)
    return _drawn(letter)


def _drawn(letter: PaperLetter) -> bytes:
    target = BytesIO()
    paper_printer().print_letter(letter, target)
    return target.getvalue()


def _shown(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""
