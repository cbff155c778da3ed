"""The record of a key act on paper, for both custodians to sign; nothing of it is kept, who printed it is."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from warrant.apps.audit.services import record
from warrant.apps.cardcentre.models import KeyAct
from warrant.apps.cardcentre.selectors import key_act_title
from warrant.apps.cardcentre.types import KEY_ACT_FACES, SPOKEN_LABELS, USAGE_LABELS, province_label
from warrant.apps.exports.services import paper_printer, unit_name, watermark
from warrant.core.access import Actor, Permission, require
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, Conflict
from warrant.core.keys.hierarchy import KeyUsage
from warrant.core.keys.spoken import Spoken
from warrant.core.lifecycle import KeyActState
from warrant.core.ports import PaperLetter, PaperSection


@transaction.atomic
def print_key_record(actor: Actor, act: KeyAct, *, now: datetime) -> bytes:
    """Return the record of an act that is over as PDF. Raises: Conflict ``key-act-not-over``."""
    require(actor, Permission.KEY_VIEW, NATION)
    if act.state == KeyActState.PROPOSED:
        raise Conflict("key-act-not-over", N_("执行或否决之后才能打印记录"))
    target = BytesIO()
    purpose = _("密钥操作记录")
    foot = watermark(actor, unit_name(actor), purpose, now=now)
    paper_printer().print_letter(_letter(act, foot), target)
    record(actor, "key-act.printed", f"key-act:{act.pk}", key_act_title(act), now=now)
    return target.getvalue()


def _letter(act: KeyAct, foot: str) -> PaperLetter:
    values = act.result.get("check_values", {})
    announced = act.parameters.get("announced") or values
    facts = [
        (_("操作"), key_act_title(act)),
        (_("省份"), province_label(act.parameters.get("province_code", ""))),
        (_("结果"), _(KEY_ACT_FACES[KeyActState(act.state)].word)),
        (_("理由"), act.reason or act.parameters.get("reason", "")),
        (_("提出或核对"), act.proposed_by.display_name if act.proposed_by else ""),
        (_("提出时间"), _shown(act.proposed_at)),
        (_("确认人"), act.confirmed_by.display_name if act.confirmed_by else ""),
        (_("确认时间"), _shown(act.confirmed_at)),
    ]
    return PaperLetter(
        title=_("密钥操作记录"),
        subtitle=f"{settings.WARRANT_NODE.name} · {act.pk}",
        addressee="",
        paragraphs=[_("本记录由两名密钥保管员签字后存档。密钥本身不出现在任何记录中。")],
        sections=[
            PaperSection(
                _("经过"), [_("项目"), _("内容")], [1, 3], [list(fact) for fact in facts if fact[1]]
            ),
            *_heard(act),
            PaperSection(
                _("校验值"),
                [_("用途"), _("给出"), _("本库算出")],
                [2, 1, 1],
                [
                    [_(USAGE_LABELS[usage]), announced.get(usage.value, ""), values[usage.value]]
                    for usage in KeyUsage
                    if usage.value in values
                ],
            ),
        ],
        signed=[_("第一名保管员签字：＿＿＿＿＿＿＿＿"), _("第二名保管员签字：＿＿＿＿＿＿＿＿")],
        foot=foot,
        page_label=_("第 %(page)s 页"),
        nothing=_("无"),
    )


def _heard(act: KeyAct) -> list[PaperSection]:
    """Return the comparison by voice: what, with whom at the other end, when, and what was heard."""
    kept = act.comparison
    if not kept:
        return []
    facts = [
        [_("比对内容"), _(SPOKEN_LABELS[Spoken(kept["of"])])],
        [_("本节点比对人"), act.confirmed_by.display_name if act.confirmed_by else ""],
        [_("对方通话人"), kept["with"]],
        [_("比对时间"), _shown(act.confirmed_at)],
        [_("听到的数字"), kept["heard"]],
        [_("比对"), _("一致") if kept["matches"] else _("不一致")],
    ]
    return [PaperSection(_("电话比对"), [_("项目"), _("内容")], [1, 3], facts)]


def _shown(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S") if at else ""
