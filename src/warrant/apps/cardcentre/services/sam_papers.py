"""The paper on which whoever takes a SAM signs for it; nothing of it is kept, who printed it is."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from warrant.apps.audit.services import record
from warrant.apps.cardcentre.models import Sam
from warrant.apps.cardcentre.types import SUITE_LABELS
from warrant.apps.exports.services import paper_printer, unit_name, watermark
from warrant.core.access import Actor, Permission, require
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, Conflict
from warrant.core.lifecycle import SamState
from warrant.core.ports import PaperLetter, PaperSection


@transaction.atomic
def print_sam_receipt(actor: Actor, sam: Sam, *, now: datetime) -> bytes:
    """Return the receipt of an issued SAM as PDF. Raises: Conflict ``sam-not-issued``."""
    require(actor, Permission.KEY_CUSTODY, NATION)
    if sam.state != SamState.ISSUED or sam.agency is None:
        raise Conflict("sam-not-issued", N_("发放之后才能打印领用单"))
    foot = watermark(actor, unit_name(actor), _("SAM 卡领用单"), now=now)
    facts = [
        [_("芯片序列号"), sam.serial],
        [_("卡内密钥"), held_text(sam)],
        [_("领用单位"), sam.agency.name],
        [_("稽查终端编号"), sam.device],
        [_("领用人"), sam.keeper],
    ]
    target = BytesIO()
    paper_printer().print_letter(
        PaperLetter(
            title=_("SAM 卡领用单"),
            subtitle=f"{settings.WARRANT_NODE.name} · {sam.serial}",
            addressee=sam.agency.name,
            paragraphs=[
                _("本卡内有本省的真伪认证和稽查读取密钥，只能装在上列终端内使用，不得转借、拆出另用。"),
                _("遗失、被盗或终端失控的，立即电话报告省级密钥保管员；登记后本卡永久停用。每年盘点一次。"),
            ],
            sections=[PaperSection(_("领用"), [_("项目"), _("内容")], [1, 3], facts)],
            signed=[_("发放人签字：＿＿＿＿＿＿＿＿"), _("领用人签字：＿＿＿＿＿＿＿＿")],
            foot=foot,
            page_label=_("第 %(page)s 页"),
            nothing=_("无"),
        ),
        target,
    )
    record(actor, "sam.receipt-printed", f"sam:{sam.serial}", sam.agency.name, now=now)
    return target.getvalue()


def held_text(sam: Sam) -> str:
    """Return which keys a SAM holds, in words."""
    versions = "、".join(str(version) for version in sam.key_versions)
    return _("%(suite)s 第 %(versions)s 版") % {
        "suite": SUITE_LABELS.get(sam.key_suite, sam.key_suite),
        "versions": versions,
    }
