"""What the public is answered: one word, how it is shown, what was established, and how many may ask how often."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from warrant.core.credential.verdict import Fact
from warrant.core.errors import N_, WarrantError


class AnswerWord(StrEnum):
    """The answer in one word; the value is part of the API."""

    VALID = "valid"
    LOST = "lost"
    WITHHELD = "withheld"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"
    REVOKED = "revoked"
    EXPIRED = "expired"
    NOT_ISSUED = "not-issued"
    UNCONFIRMED = "unconfirmed"
    NOT_FOUND = "not-found"
    FORGED = "forged"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class AnswerFace:
    """How an answer is shown: ``word`` (context *answer*) and ``text`` are msgids; ``tone`` is one of the public four."""

    word: str
    tone: str
    text: str


A = AnswerWord

ANSWER_FACES: Mapping[AnswerWord, AnswerFace] = {
    A.VALID: AnswerFace(N_("有效"), "valid", N_("证件有效。请核对照片与本人是否一致。")),
    A.LOST: AnswerFace(N_("挂失"), "broken", N_("此证已挂失，出示者不得凭此证执法。")),
    A.WITHHELD: AnswerFace(N_("暂扣"), "attention", N_("此证被暂扣，持证人现在不得执法。")),
    A.LAPSED: AnswerFace(N_("失效"), "broken", N_("此证没有按期通过年审，已经失效，不能作为执法凭证。")),
    A.CANCELLED: AnswerFace(N_("注销"), "ended", N_("此证已注销，不能作为执法凭证。")),
    A.REVOKED: AnswerFace(N_("吊销"), "broken", N_("此证已吊销，不能作为执法凭证。")),
    A.EXPIRED: AnswerFace(N_("过期"), "ended", N_("此证已过有效期，不能作为执法凭证。")),
    A.NOT_ISSUED: AnswerFace(N_("未发放"), "attention", N_("此证尚未发放给持证人，不能作为执法凭证。")),
    A.UNCONFIRMED: AnswerFace(
        N_("无法确认"), "attention", N_("暂时不能确认此证的最新状态，请稍后再查或拨打 12328。")
    ),
    A.NOT_FOUND: AnswerFace(N_("查无此证"), "broken", N_("没有编号为此的执法证件。请逐位核对编号。")),
    A.FORGED: AnswerFace(N_("伪造"), "broken", N_("此二维码不是发证机关签发的，请勿相信。")),
    A.UNREADABLE: AnswerFace(
        N_("不能识别"), "broken", N_("这不是完整的核验码。请重新扫描，或输入证件编号。")
    ),
}

FACT_TEXTS: Mapping[Fact, str] = {
    Fact.KEYS: N_("部级密钥目录有效"),
    Fact.SIGNATURE: N_("二维码的签名正确，内容未被改动"),
    Fact.ISSUER: N_("签名者是有权发证的机关"),
    Fact.PERIOD: N_("在有效期内"),
    Fact.STATUS: N_("状态列表已由发证机关签名"),
    Fact.CURRENT_STATUS: N_("状态列表是最新的"),
    Fact.PHOTO: N_("芯片中的照片（须用读卡器核对）"),
    Fact.HOLDER: N_("出示者就是本人（请对照照片当面核对）"),
}

PUBLIC_PHOTO_MAX_BYTES = 12_000


@dataclass(frozen=True)
class PublicPerson:
    """Everything that may be shown about a certificate and its holder."""

    number: str
    name: str
    agency: str
    categories: tuple[str, ...]
    area: str
    valid_from: str
    valid_until: str
    has_photo: bool


@dataclass(frozen=True)
class Answer:
    """The answer to one question; ``person`` only where there is somebody who may be shown.

    ``facts`` is what was established about a scanned link, ``None`` where only a number was typed.
    """

    word: AnswerWord
    as_of: datetime
    number: str = ""
    person: PublicPerson | None = None
    facts: tuple[Fact, ...] | None = None

    @property
    def face(self) -> AnswerFace:
        """How the answer is shown."""
        return ANSWER_FACES[self.word]

    @property
    def open_facts(self) -> tuple[Fact, ...]:
        """What was not established, in the order of :class:`Fact`."""
        return tuple(fact for fact in Fact if self.facts is not None and fact not in self.facts)


class TooManyQuestions(WarrantError):
    """One address asks more often than a person could."""

    status = 429


class AskingRate:
    """Counts questions by address in windows of one minute, in this process only."""

    WINDOW = timedelta(minutes=1)
    MOST_ADDRESSES = 20_000

    def __init__(self, most_per_window: int) -> None:
        self._most = most_per_window
        self._counts: dict[str, int] = {}
        self._window_from: datetime | None = None
        self._lock = threading.Lock()

    def require(self, address: str, now: datetime) -> None:
        """Count one question. Raises: TooManyQuestions."""
        with self._lock:
            is_over = self._window_from is None or not (timedelta(0) <= now - self._window_from < self.WINDOW)
            if is_over or len(self._counts) > self.MOST_ADDRESSES:
                self._window_from = now
                self._counts.clear()
            self._counts[address] = self._counts.get(address, 0) + 1
            if self._counts[address] > self._most:
                raise TooManyQuestions("too-many-questions", N_("查询过于频繁，请一分钟后再试"))

    def forget(self) -> None:
        """Start counting anew."""
        with self._lock:
            self._window_from = None
            self._counts.clear()
