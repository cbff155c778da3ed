"""Words for what is stored as codes."""

from __future__ import annotations

from warrant.core.errors import N_

FLOW_WORDS = {
    "registered": N_("登记入册"),
    "came-back": N_("恢复在职"),
    "transferred": N_("调动"),
    "unit-moved": N_("机构调整"),
    "retirement": N_("退休"),
    "resignation": N_("辞职"),
    "dismissal": N_("辞退、开除"),
    "death": N_("死亡"),
    "transfer-out": N_("调离执法队伍"),
    "removed": N_("删除或合并记录"),
    "left": N_("其他离职"),
}
