"""What the card centre asks of the readers of its node, and how it speaks of its own rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from warrant.core.chip.connection import CardReader
from warrant.core.chip.personalisation import StepName
from warrant.core.crypto.secret import Secret
from warrant.core.errors import N_
from warrant.core.keys.hierarchy import KeyUsage
from warrant.core.keys.spoken import Spoken
from warrant.core.lifecycle import (
    BatchState,
    CardState,
    DestructionState,
    KeyActState,
    MovementState,
    SamCountState,
    SamState,
    StockDayState,
    StoreKind,
)
from warrant.core.lifecycle.key import KeyState
from warrant.core.lifecycle.stock import Standing
from warrant.core.standards.divisions import find

CARD_READERS_PORT = "card_readers"
TRANSPORT_KEY_LABEL = "card-transport-key"
"""The vault's secret under which blanks come from the card maker, 16 bytes."""
WHITE = 0
"""The version of the common face on blanks that have none yet."""
ISSUER_LABEL = "issuer"
"""The vault's signing key of credentials, status lists and chips."""


class KeyActKind(StrEnum):
    """What custodians can do together; the value is stored."""

    GENERATE_MASTER = "generate-master"
    HAND_OVER_SUB_KEYS = "hand-over-sub-keys"
    IMPORT_SUB_KEYS = "import-sub-keys"
    ACTIVATE = "activate-keys"
    RETIRE = "retire-keys"
    REVOKE = "revoke-keys"
    DESTROY = "destroy-keys"
    GENERATE_BY_COMPONENTS = "generate-by-components"
    GENERATE_BY_SHARES = "generate-by-shares"
    BACK_UP = "back-up-keys"
    RESTORE = "restore-keys"


CEREMONIES_TYPED = (KeyActKind.GENERATE_BY_COMPONENTS, KeyActKind.RESTORE)
"""Ceremonies in which every holder types a part before the act can be confirmed."""
CEREMONIES_SHOWN = (KeyActKind.GENERATE_BY_SHARES, KeyActKind.BACK_UP)
"""Ceremonies after which every holder is shown a part, once."""
CEREMONIES = (*CEREMONIES_TYPED, *CEREMONIES_SHOWN)
COMPARED_BY_VOICE = (KeyActKind.HAND_OVER_SUB_KEYS, KeyActKind.IMPORT_SUB_KEYS)
"""Acts whose second custodian first types what the other end read aloud over the telephone."""
KEY_CHANGES = (KeyActKind.ACTIVATE, KeyActKind.RETIRE, KeyActKind.REVOKE, KeyActKind.DESTROY)
"""Acts that change the state of a version; each is named as the action of the table."""


class CardReaders(Protocol):
    """The readers at this node's stations."""

    def names(self) -> list[str]:
        """Return the names of the readers that are connected now."""
        ...

    def reader(self, name: str) -> CardReader:
        """Return a reader. Raises: NotFound ``reader-unknown``."""
        ...


@dataclass(frozen=True)
class BoxCard:
    """A virtual card: its chip serial (hex, upper case), cipher suite, and the reader in which it lies, or none."""

    serial: str
    suite: str
    reader_name: str = ""


@runtime_checkable
class VirtualCardReaders(CardReaders, Protocol):
    """Readers in software, into which a page instead of a hand puts the cards."""

    def cards(self) -> list[BoxCard]:
        """Return every card of the box, by serial."""
        ...

    def put_in(self, reader_name: str, serial: str) -> None:
        """Put a card of the box into a reader. Raises: NotFound, Conflict ``reader-occupied``."""
        ...

    def take_out(self, reader_name: str) -> None:
        """Take the card out; does nothing if there is none. Raises: NotFound ``reader-unknown``."""
        ...

    def add_blank(self, serial: str, suite: str, transport_key: Secret) -> None:
        """Make a blank card as the card maker delivers it. Raises: Conflict ``card-exists``."""
        ...


@dataclass(frozen=True)
class ReaderState:
    """One reader as the station shows it: ``empty``, ``card`` (with the chip's serial), ``busy`` or ``trouble``."""

    name: str
    state: str
    serial: str = ""
    message: str = ""


@dataclass(frozen=True)
class Face:
    """A state in words (a msgid) and its tone."""

    word: str
    tone: str


CARD_FACES: Mapping[CardState, Face] = {
    CardState.ARRIVED: Face(N_("待清点"), "attention"),
    CardState.BLANK: Face(N_("空白卡"), "waiting"),
    CardState.RESERVED: Face(N_("已领用"), "attention"),
    CardState.PERSONALISED: Face(N_("已制成"), "valid"),
    CardState.HANDED_OVER: Face(N_("已发放"), "valid"),
    CardState.SPOILED: Face(N_("废卡"), "broken"),
    CardState.DEAD: Face(N_("停用"), "ended"),
    CardState.RETURNED: Face(N_("已收回"), "ended"),
    CardState.LOST: Face(N_("库存遗失"), "broken"),
    CardState.DESTROYED: Face(N_("已销毁"), "ended"),
    CardState.MISSING: Face(N_("到货缺少"), "broken"),
    CardState.UNDELIVERED: Face(N_("未交付"), "ended"),
}

ENTRY_LABELS: Mapping[str, str] = {
    "carry-over": N_("登账"),
    "count": N_("清点入库"),
    "settle": N_("处理清点差异"),
    "move": N_("移交到库"),
    "reserve": N_("领用制卡"),
    "record-personalisation": N_("制成"),
    "spoil": N_("作废"),
    "hand-over": N_("发放"),
    "kill": N_("停用"),
    "take-back": N_("收回"),
    "lose": N_("盘点遗失"),
    "find": N_("找到"),
    "destroy": N_("已销毁"),
}
"""What a line of a card's ledger is called, by its action."""

BATCH_FACES: Mapping[BatchState, Face] = {
    BatchState.ARRIVED: Face(N_("待清点"), "attention"),
    BatchState.DIFFERENT: Face(N_("有差异"), "broken"),
    BatchState.USABLE: Face(N_("已入库"), "valid"),
}

MOVEMENT_FACES: Mapping[MovementState, Face] = {
    MovementState.GIVEN: Face(N_("待接收"), "waiting"),
    MovementState.TAKEN: Face(N_("已接收"), "valid"),
    MovementState.REFUSED: Face(N_("已退回"), "ended"),
}

DESTRUCTION_FACES: Mapping[DestructionState, Face] = {
    DestructionState.PROPOSED: Face(N_("待见证"), "waiting"),
    DestructionState.WITNESSED: Face(N_("待第二见证"), "waiting"),
    DestructionState.DONE: Face(N_("已销毁"), "ended"),
    DestructionState.WITHDRAWN: Face(N_("已撤回"), "ended"),
}

DAY_FACES: Mapping[StockDayState, Face] = {
    StockDayState.CLOSED: Face(N_("待确认"), "waiting"),
    StockDayState.CONFIRMED: Face(N_("已确认"), "valid"),
    StockDayState.REJECTED: Face(N_("已退回"), "ended"),
}

STANDING_LABELS: Mapping[Standing, str] = {
    Standing.IN_STORE: N_("在库"),
    Standing.AT_STATION: N_("在制卡点"),
    Standing.MADE: N_("制成待发"),
    Standing.ISSUED: N_("已发放"),
    Standing.SPOILED: N_("废卡"),
    Standing.RETURNED: N_("已收回"),
    Standing.DESTROYED: N_("已销毁"),
    Standing.LOST: N_("库存遗失"),
}
"""How a card counts in the balance, in the order of its columns."""

STORE_KINDS: Mapping[StoreKind, str] = {
    StoreKind.CENTRAL: N_("中心库"),
    StoreKind.STATION: N_("制卡点库"),
}

JOB_FACES: Mapping[str, Face] = {
    "waiting": Face(N_("待制卡"), "waiting"),
    "running": Face(N_("制卡中"), "waiting"),
    "interrupted": Face(N_("已中断"), "broken"),
    "made": Face(N_("待质检"), "attention"),
    "finished": Face(N_("已制成"), "valid"),
    "spoiled": Face(N_("已作废"), "ended"),
}

KEY_ACT_LABELS: Mapping[KeyActKind, str] = {
    KeyActKind.GENERATE_MASTER: N_("生成总控密钥"),
    KeyActKind.HAND_OVER_SUB_KEYS: N_("下发分密钥"),
    KeyActKind.IMPORT_SUB_KEYS: N_("导入分密钥"),
    KeyActKind.ACTIVATE: N_("启用密钥"),
    KeyActKind.RETIRE: N_("退役密钥"),
    KeyActKind.REVOKE: N_("吊销密钥"),
    KeyActKind.DESTROY: N_("销毁密钥"),
    KeyActKind.GENERATE_BY_COMPONENTS: N_("按分量生成总控密钥"),
    KeyActKind.GENERATE_BY_SHARES: N_("生成总控密钥并分份备份"),
    KeyActKind.BACK_UP: N_("备份密钥"),
    KeyActKind.RESTORE: N_("恢复密钥"),
}

KEY_FACES: Mapping[KeyState, Face] = {
    KeyState.PRE_ACTIVE: Face(N_("未启用"), "waiting"),
    KeyState.ACTIVE: Face(N_("在用"), "valid"),
    KeyState.RETIRED: Face(N_("已退役"), "ended"),
    KeyState.COMPROMISED: Face(N_("已泄露"), "broken"),
    KeyState.DESTROYED: Face(N_("已销毁"), "ended"),
}

KEY_ACT_FACES: Mapping[KeyActState, Face] = {
    KeyActState.PROPOSED: Face(N_("待确认"), "waiting"),
    KeyActState.DONE: Face(N_("已执行"), "valid"),
    KeyActState.REJECTED: Face(N_("已否决"), "ended"),
    KeyActState.EXPIRED: Face(N_("已过期"), "ended"),
    KeyActState.STOPPED: Face(N_("比对不符，已停止"), "broken"),
}

SAM_FACES: Mapping[SamState, Face] = {
    SamState.ARRIVED: Face(N_("待核对"), "attention"),
    SamState.IN_STORE: Face(N_("在库"), "waiting"),
    SamState.ISSUED: Face(N_("已发放"), "valid"),
    SamState.LOST: Face(N_("遗失"), "broken"),
    SamState.BLOCKED: Face(N_("停用"), "broken"),
    SamState.CONDEMNED: Face(N_("待销毁"), "attention"),
    SamState.DESTROYED: Face(N_("已销毁"), "ended"),
}

SAM_COUNT_FACES: Mapping[SamCountState, Face] = {
    SamCountState.COUNTED: Face(N_("待确认"), "waiting"),
    SamCountState.CONFIRMED: Face(N_("已确认"), "valid"),
    SamCountState.REJECTED: Face(N_("已退回"), "ended"),
}

SAM_USAGES = (KeyUsage.AUTHENTICITY, KeyUsage.INSPECTION)
"""What a SAM holds of its province: keys to tell a genuine card and to read its reviews, never those that write."""

USAGE_LABELS: Mapping[KeyUsage, str] = {
    KeyUsage.CARD_CONTROL: N_("卡片主控"),
    KeyUsage.MAINTENANCE: N_("应用维护"),
    KeyUsage.AUTHENTICITY: N_("真伪认证"),
    KeyUsage.INSPECTION: N_("稽查读取"),
    KeyUsage.MAC: N_("线路保护"),
}

SPOKEN_LABELS: Mapping[Spoken, str] = {
    Spoken.RECEIVING_KEY: N_("省级接收公钥"),
    Spoken.PACKAGE: N_("密钥包"),
}

SUITE_LABELS: Mapping[str, str] = {"sm4": "SM4", "3des": "3DES"}

STEP_LABELS: Mapping[StepName, str] = {
    StepName.IDENTIFY: N_("识别卡片"),
    StepName.AUTHENTICATE_TRANSPORT: N_("认证运输密钥"),
    StepName.ERASE: N_("清除旧应用"),
    StepName.BUILD_MASTER_FILE: N_("建立目录"),
    StepName.BUILD_APPLICATION: N_("建立执法应用"),
    StepName.WRITE_KEYS: N_("写入卡片密钥"),
    StepName.WRITE_CERTIFICATE: N_("写入证件信息"),
    StepName.WRITE_HOLDER: N_("写入持证人信息"),
    StepName.WRITE_PHOTO: N_("写入照片"),
    StepName.WRITE_REVIEWS: N_("写入年审记录"),
    StepName.WRITE_RECEIPT: N_("写入备案回执摘要"),
    StepName.WRITE_SIGNATURE: N_("写入签名"),
    StepName.LOCK: N_("更换主控密钥"),
    StepName.READ_BACK: N_("回读核对"),
}

TROUBLE_CURES: Mapping[str, str] = {
    "card-removed": N_("把同一张卡放回读卡器，再按“继续制卡”。"),
    "card-spoiled": N_("此卡不能再用：作废此卡，换一张空白卡重新制作。"),
    "card-foreign": N_("此卡不能再用：作废此卡，换一张空白卡重新制作。"),
    "card-refused": N_("先按“继续制卡”再试一次；仍被拒绝时作废此卡，换一张空白卡。"),
    "apdu-malformed": N_("把卡取出擦净再放好，按“继续制卡”；仍不行时换一台读卡器。"),
    "card-different": N_("换回本任务领用的卡，再按“继续制卡”。"),
    "card-absent": N_("把空白卡平放在读卡器上，等“读卡器”一栏显示“有卡”，再按回车。"),
    "card-in-use": N_("同一读卡器正在制另一张卡：等它做完，或改用另一台读卡器。"),
    "card-unresponsive": N_("把卡取出再放好；仍无应答时换一张空白卡，原卡在库存中作废。"),
    "reader-absent": N_("检查读卡器的连接线，等“读卡器”一栏重新显示它。"),
    "reader-unknown": N_("检查读卡器的连接线，等“读卡器”一栏重新显示它。"),
    "pcsc-unavailable": N_("读卡服务没有运行：请系统管理员启动 pcscd，再重试。"),
    "card-not-blank": N_("取下这张卡，放上一张空白卡，再按回车。"),
    "card-not-in-stock": N_("换一张本中心库存中的空白卡；这张卡交库管查明来历。"),
    "card-keys-missing": N_("请密钥保管员导入并启用这种算法的分密钥，再制卡。"),
    "card-keys-revoked": N_("这一版密钥已吊销：作废此卡，启用新版密钥后重新制作。"),
    "characters-not-printable": N_(
        "先按居民身份证核对用字；用字无误的，请部级增补卡面字体后再制卡，其余任务可先做。"
    ),
    "card-job-taken": N_("由取走任务的人制作；他不在时，先在“其他工位”中把那批任务放回。"),
    "card-job-running": N_("在“没有制完的任务”中打开它，继续制卡或作废。"),
    "no-verified-receipt": N_("在“数据交换”查看备案回执是否收到；登记内容被改动的，改回后再制卡。"),
    "wrong-state": N_("刷新页面查看最新状态；证件已结束的，作废此卡。"),
}
INTERRUPTED_CURE = N_("把本任务领用的卡放在读卡器上，按“继续制卡”：系统先检查卡片，再从断点接着做。")

REFUSED_PLACES: Mapping[str, str] = {
    "receipt": N_("没有收到回执"),
    "request": N_("备案申请的原始报文不属于此案"),
    "request_hash": N_("回执对应的不是这份备案申请"),
    "signature": N_("回执签名无效"),
    "origin": N_("回执出自另一份日志"),
    "ministry-key": N_("本节点没有登记部级公钥"),
    "filing-not-granted": N_("备案未获同意"),
    "officer": N_("人员与备案不一致"),
    "name": N_("姓名与备案不一致"),
    "sex": N_("性别与备案不一致"),
    "agency": N_("执法单位与备案不一致"),
    "agency-today": N_("备案后人员已调动"),
    "area": N_("执法区域与备案不一致"),
    "area-name": N_("执法区域与备案不一致"),
    "categories": N_("执法门类与备案不一致"),
    "issuer": N_("发证机关与备案不一致"),
    "photo": N_("找不到备案时的照片"),
    "content": N_("任务内容在中断期间被改动"),
}
"""Why the gate is closed, for the operator; every other place means that the receipt cannot be read."""
REFUSED_OTHERWISE = N_("回执无法核验")


def province_label(code: str) -> str:
    """Return a province's code with its name, as a custodian reads it out: two codes are easily confused."""
    division = find(code) if code else None
    return f"{code} {division.name}" if division else code
