"""Status words: what each means, and whether sending the command again can do harm.

Source: ISO/IEC 7816-4, 5.1.3; FMCOS 2.0 manual, 6.2 (codes 93xx and 94xx and the wording of 69xx).
"""

from __future__ import annotations

from dataclasses import dataclass

from warrant.core.errors import N_, Conflict

SUCCESS = 0x9000
UNWRITTEN = 0x6281
FILE_NOT_FOUND = 0x6A82
RECORD_NOT_FOUND = 0x6A83
FILE_EXISTS = 0x6A86
KEY_NOT_FOUND = 0x6A88
KEY_BLOCKED = 0x6983
NOT_SUPPORTED = 0x6A81
AUTHENTICATION_FAILED = 0x63C0


@dataclass(frozen=True)
class Meaning:
    """What a status word says; ``is_retry_safe``: the same step may be tried again without using up the card."""

    text: str
    is_retry_safe: bool


_MEANINGS: dict[int, Meaning] = {
    0x6281: Meaning(N_("回送的数据可能有误或从未写入"), True),
    0x6283: Meaning(N_("选择的文件无效，或校验错误"), True),
    0x6400: Meaning(N_("状态未改变"), True),
    0x6581: Meaning(N_("芯片存储器写入失败"), False),
    0x6700: Meaning(N_("长度错误"), True),
    0x6900: Meaning(N_("命令类别与线路保护要求不符"), True),
    0x6901: Meaning(N_("命令在当前状态下无效"), True),
    0x6981: Meaning(N_("命令与文件结构不符"), True),
    0x6982: Meaning(N_("不满足安全状态"), True),
    0x6983: Meaning(N_("密钥已锁死"), False),
    0x6985: Meaning(N_("不满足使用条件"), True),
    0x6987: Meaning(N_("缺少安全报文"), True),
    0x6988: Meaning(N_("安全报文不正确"), False),
    0x6A80: Meaning(N_("数据域参数错误"), True),
    0x6A81: Meaning(N_("功能不支持，或卡片已锁定"), False),
    0x6A82: Meaning(N_("未找到文件"), True),
    0x6A83: Meaning(N_("未找到记录"), True),
    0x6A84: Meaning(N_("存储空间不足"), False),
    0x6A86: Meaning(N_("参数错误，或文件已存在"), True),
    0x6A88: Meaning(N_("未找到密钥"), True),
    0x6B00: Meaning(N_("偏移量超出文件"), True),
    0x6D00: Meaning(N_("不支持的命令"), True),
    0x6E00: Meaning(N_("不支持的命令类别"), True),
    0x6F00: Meaning(N_("数据无效"), True),
    # A wrong MAC or cryptogram uses up one try of the key: never repeat it blindly.
    0x9302: Meaning(N_("报文鉴别码错误"), False),
    0x9303: Meaning(N_("应用已被永久锁定"), False),
    0x9403: Meaning(N_("未找到密钥"), True),
}
_TRIES_LEFT = Meaning(N_("认证失败，错误次数已计入"), False)
_WRONG_LENGTH = Meaning(N_("要求返回的长度错误"), True)
_UNKNOWN = Meaning(N_("未知状态"), False)


def meaning_of(sw: int) -> Meaning:
    """Return the meaning of a status word (0 to FFFF); an unknown one is not safe to retry."""
    if sw & 0xFFF0 == AUTHENTICATION_FAILED:
        return _TRIES_LEFT
    if sw >> 8 == 0x6C:
        return _WRONG_LENGTH
    return _MEANINGS.get(sw, _UNKNOWN)


def tries_left(sw: int) -> int | None:
    """Return the tries a key has left after a failed check (63Cx), or None for any other status word."""
    return sw & 0x0F if sw & 0xFFF0 == AUTHENTICATION_FAILED else None


class CardError(Conflict):
    """The card answered a command with a status word other than the one hoped for.

    ``sw`` is SW1SW2, ``meaning`` a message id, ``is_retry_safe`` whether the step may simply be tried again.
    """

    def __init__(self, sw: int, command: str) -> None:
        meaning = meaning_of(sw)
        super().__init__(
            "card-refused",
            N_("证卡拒绝了命令 %(command)s：%(meaning)s（状态字 %(sw)s）"),
            place=command,
            command=command,
            meaning=meaning.text,
            sw=f"{sw:04X}",
        )
        self.sw = sw
        self.meaning = meaning.text
        self.is_retry_safe = meaning.is_retry_safe


class CardSpoiled(Conflict):
    """The card cannot become (or is no longer) a good card: it must be spoiled under its own number."""

    def __init__(self, reason: str, message: str, *, place: str = "") -> None:
        super().__init__("card-spoiled", message, place=place)
        self.reason = reason
