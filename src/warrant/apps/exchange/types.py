"""What passes over a link: batches, acceptances and read requests, with their one JSON form. No database here."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from warrant.core.crypto.signing import PublicKey, Signer
from warrant.core.errors import N_, InvalidInput
from warrant.core.ledger.checkpoint import Checkpoint
from warrant.core.ledger.note import Note, NoteKey, decode_base64, encode_base64

MAX_BATCH_EVENTS: Final = 200
MAX_BATCH_BYTES: Final = 2 << 20
MAX_BODY_BYTES: Final = 4 << 20
"""A full batch in base64 (4/3 of 2 MiB) with its checkpoint, and room to spare."""
MAX_WAIT_SECONDS: Final = 25
MAX_STATEMENT_AGE_SECONDS: Final = 300

SILENT_AFTER: Final = timedelta(seconds=90)
LATE_AFTER: Final = timedelta(seconds=60)
STUCK_AFTER: Final = timedelta(minutes=15)

CLOCK_TOLERANCE: Final = timedelta(seconds=60)
"""From this difference on, two clocks are said to differ."""

_EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
_READ_HEADER = "warrant/exchange-read/v1"
_WHOLE = re.compile(r"0|[1-9][0-9]{0,17}", re.ASCII)
_TIME_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"


class Link(Protocol):
    """The port to the network: one request, one answer."""

    def post(self, url: str, body: bytes, *, timeout_seconds: float) -> tuple[int, bytes]:
        """Send JSON ``body`` and return HTTP status and body of the answer.

        Raises: Unavailable ``peer-unreachable``, also for an answer of more than 8 MiB.
        """
        ...


def witness_name(code: str) -> str:
    """Return the name under which the node ``code`` signs what is not its own log: counter-signatures, requests."""
    return f"urn:warrant:node:{code}"


@dataclass(frozen=True)
class SenderReport:
    """What a sender says of its log while it sends: its clock, the log's whole size, and since when what does not
    fit into the batch has been waiting (None: nothing waits). Not signed: it warns people and decides nothing."""

    sent_at: datetime
    size: int
    oldest_at: datetime | None

    def members(self) -> dict[str, object]:
        """Return it as JSON members."""
        oldest_at = self.oldest_at.astimezone(UTC).strftime(_TIME_FORMAT) if self.oldest_at else None
        return {
            "sent_at": self.sent_at.astimezone(UTC).strftime(_TIME_FORMAT),
            "size": self.size,
            "oldest_at": oldest_at,
        }

    @classmethod
    def of(cls, members: object) -> SenderReport | None:
        """Read it; None if there is none, or if it cannot be read: a batch is not refused for it."""
        if not isinstance(members, dict):
            return None
        try:
            oldest_at = members.get("oldest_at")
            return cls(
                sent_at=_instant(members.get("sent_at")),
                size=_whole(members.get("size"), "report", least=0),
                oldest_at=None if oldest_at is None else _instant(oldest_at),
            )
        except (InvalidInput, ValueError):
            return None


@dataclass(frozen=True)
class Batch:
    """Events of one log from number ``first_seq`` (from 1) on, and the log's signed checkpoint after the last of them.

    A batch without events is a heartbeat.
    """

    first_seq: int
    bodies: tuple[bytes, ...]
    checkpoint: bytes
    report: SenderReport | None = None

    def encode(self) -> bytes:
        """Return the JSON that is sent."""
        members: dict[str, object] = {
            "from": self.first_seq,
            "events": [base64.b64encode(body).decode() for body in self.bodies],
            "checkpoint": self.checkpoint.decode(),
        }
        if self.report is not None:
            members["report"] = self.report.members()
        return _json(members)

    @classmethod
    def parse(cls, raw: bytes) -> Batch:
        """Read what was sent. Raises: InvalidInput ``message-invalid``."""
        members = _members(raw, {"from", "events", "checkpoint"})
        events = members["events"]
        if not isinstance(events, list) or len(events) > MAX_BATCH_EVENTS:
            raise _bad_message("events")
        return cls(
            first_seq=_whole(members["from"], "from", least=1),
            bodies=tuple(_octets(event) for event in events),
            checkpoint=_text(members["checkpoint"], "checkpoint").encode(),
            report=SenderReport.of(members.get("report")),
        )


@dataclass(frozen=True)
class Acceptance:
    """What a receiver holds of a log: size, root, and the log's newest checkpoint with the receiver's signature."""

    size: int
    root: bytes
    checkpoint: bytes

    def encode(self) -> bytes:
        """Return the JSON that is sent."""
        return _json(
            {"size": self.size, "root": encode_base64(self.root), "checkpoint": self.checkpoint.decode()}
        )

    @classmethod
    def parse(cls, raw: bytes) -> Acceptance:
        """Read what was sent. Raises: InvalidInput ``message-invalid``."""
        members = _members(raw, {"size", "root", "checkpoint"})
        return cls(
            size=_whole(members["size"], "size", least=0),
            root=_octets(members["root"]),
            checkpoint=_text(members["checkpoint"], "checkpoint").encode(),
        )


@dataclass(frozen=True)
class ReadStatement:
    """What a node says when it asks for more of a log: how much it holds, and when it asked.

    Signed as a note of five lines, so that nobody else can ask in its name, and nobody can ask again later.
    """

    held: Checkpoint
    asked_at: datetime

    @property
    def text(self) -> str:
        """The text that is signed."""
        asked_at = self.asked_at.astimezone(UTC).strftime(_TIME_FORMAT)
        return f"{_READ_HEADER}\n{self.held.text}{asked_at}\n"

    def signed(self, code: str, signer: Signer) -> bytes:
        """Return the note signed by the node ``code``."""
        return Note(self.text).signed(witness_name(code), signer).encode()

    @classmethod
    def verified(cls, signed: bytes, code: str, key: PublicKey) -> ReadStatement:
        """Read a statement that node ``code`` signed with ``key``; its age is the caller's to judge.

        Raises: InvalidInput ``note-invalid``, ``note-signature-invalid``, ``checkpoint-invalid``, ``message-invalid``.
        """
        note = Note.parse(signed)
        note.verify(NoteKey(witness_name(code), key))
        lines = note.text.split("\n")
        if len(lines) != 6 or lines[0] != _READ_HEADER or not _WHOLE.fullmatch(lines[2]):
            raise _bad_message("statement")
        try:
            held = Checkpoint(lines[1], int(lines[2]), decode_base64(lines[3]))
            asked_at = datetime.strptime(lines[4], _TIME_FORMAT).replace(tzinfo=UTC)
        except ValueError as error:
            raise _bad_message("statement") from error
        return cls(held, asked_at)


@dataclass(frozen=True)
class ReadRequest:
    """A signed statement, the log's checkpoint with the reader's signature (empty at size 0), and how long to wait."""

    statement: bytes
    checkpoint: bytes
    wait_seconds: int

    def encode(self) -> bytes:
        """Return the JSON that is sent."""
        return _json(
            {
                "statement": self.statement.decode(),
                "checkpoint": self.checkpoint.decode(),
                "wait": self.wait_seconds,
            }
        )

    @classmethod
    def parse(cls, raw: bytes) -> ReadRequest:
        """Read what was sent. Raises: InvalidInput ``message-invalid``."""
        members = _members(raw, {"statement", "checkpoint", "wait"})
        return cls(
            statement=_text(members["statement"], "statement").encode(),
            checkpoint=_text(members["checkpoint"], "checkpoint").encode(),
            wait_seconds=min(_whole(members["wait"], "wait", least=0), MAX_WAIT_SECONDS),
        )


@dataclass(frozen=True)
class Refusal:
    """A peer's answer other than 200: its error code, and the event it expects next where it named one (otherwise 0)."""

    code: str
    expected: int

    @classmethod
    def parse(cls, status: int, raw: bytes) -> Refusal:
        """Read a refusal; whatever is not one of ours (a proxy's page, say) gets the code ``http-STATUS``."""
        try:
            members = json.loads(raw)
        except (ValueError, RecursionError):
            members = None
        code = members.get("code") if isinstance(members, dict) else None
        expected = members.get("expected") if isinstance(members, dict) else None
        return cls(
            code=code[:64] if isinstance(code, str) and code else f"http-{status}",
            expected=expected if isinstance(expected, int) and 0 < expected < 1 << 62 else 0,
        )


def _json(members: Mapping[str, object]) -> bytes:
    return json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode()


def _members(raw: bytes, names: set[str]) -> dict[str, object]:
    try:
        members = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise _bad_message("json") from error
    if not isinstance(members, dict) or not names <= members.keys():
        raise _bad_message("members")
    return members


def _whole(value: object, place: str, *, least: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value < 1 << 62:
        raise _bad_message(place)
    return value


def _instant(value: object) -> datetime:
    moment = datetime.strptime(_text(value, "report"), _TIME_FORMAT).replace(tzinfo=UTC)
    if not _EARLIEST <= moment <= _LATEST:
        raise _bad_message("report")
    return moment


def _text(value: object, place: str) -> str:
    if not isinstance(value, str):
        raise _bad_message(place)
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise _bad_message(place) from error
    return value


def _octets(value: object) -> bytes:
    try:
        return base64.b64decode(_text(value, "events").encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise _bad_message("events") from error


def _bad_message(place: str) -> InvalidInput:
    return InvalidInput("message-invalid", N_("交换报文格式不正确，已拒收。"), place=place)


class LinkState(StrEnum):
    """How one direction of a link is, worst first."""

    FORKED = "forked"
    """Two histories: stopped until people decide."""
    REFUSED = "refused"
    """The last batch was refused."""
    NEVER = "never"
    """The peer has not been heard of yet."""
    SILENT = "silent"
    """Three heartbeats are missing."""
    STUCK = "stuck"
    """An event has waited for more than fifteen minutes."""
    DIFFERING = "differing"
    """The peer says that less waits than this end finds."""
    LATE = "late"
    """An event has waited for more than a minute."""
    CLOCK = "clock"
    """The two clocks differ by more than a minute."""
    LEVEL = "level"
    """Nothing waits."""


@dataclass(frozen=True)
class LinkStatus:
    """One direction of the link to ``peer``.

    ``backlog`` and ``lag`` are worked out at this end: on the way out from the own log and the receipt, on the way in
    from what is held, what the peer said of its log, and since when it has been silent. ``reported_lag`` is what the
    peer says, and ``clock_difference`` its clock less ours; both only on the way in, None while nothing is known.
    ``root`` is the first 12 hex digits of the root that both sides hold at ``confirmed`` entries, empty at 0.
    """

    peer: str
    is_outgoing: bool
    state: LinkState
    size: int
    confirmed: int
    root: str
    is_level: bool
    lag: timedelta
    contacted_at: datetime | None
    refusal: str
    fork_found_at: datetime | None
    oldest_unsent_at: datetime | None = None
    reported_lag: timedelta | None = None
    clock_difference: timedelta | None = None
    parked: int = 0

    @property
    def backlog(self) -> int:
        """How many events wait to be taken over at the other end."""
        return max(self.size - self.confirmed, 0)

    @property
    def lags_agree(self) -> bool:
        """Tell whether both ends find the same lag, within a minute; True while the peer has said nothing."""
        return self.reported_lag is None or abs(self.lag - self.reported_lag) <= LATE_AFTER


def lag_found(
    *, oldest_at: datetime | None, behind_since: datetime | None, contacted_at: datetime | None, now: datetime
) -> timedelta:
    """Return how long something of the peer's log has been missing here, at worst.

    ``oldest_at`` is since when the peer says that something waits, ``behind_since`` since when less is held than it
    says it has and nothing more comes, whatever it says of waiting. Of a silent peer only its last word is known.
    """
    if contacted_at is None:
        return timedelta()
    if behind_since is not None:
        return max(now - min(oldest_at or behind_since, behind_since), timedelta())
    silence = now - contacted_at
    return silence if silence > SILENT_AFTER else timedelta()


def lag_reported(*, oldest_at: datetime | None, sent_at: datetime) -> timedelta:
    """Return the lag that the peer itself found when it sent, by its own clock."""
    return max(sent_at - oldest_at, timedelta()) if oldest_at else timedelta()


def judge_link(
    *,
    fork_found_at: datetime | None,
    refusal: str,
    contacted_at: datetime | None,
    lag: timedelta,
    now: datetime,
    lags_agree: bool = True,
    clock_difference: timedelta | None = None,
) -> LinkState:
    """Return the state of one direction: what is worst about it."""
    if fork_found_at is not None:
        return LinkState.FORKED
    if refusal:
        return LinkState.REFUSED
    if contacted_at is None:
        return LinkState.NEVER
    if now - contacted_at > SILENT_AFTER:
        return LinkState.SILENT
    if lag > STUCK_AFTER:
        return LinkState.STUCK
    if not lags_agree:
        return LinkState.DIFFERING
    if lag > LATE_AFTER:
        return LinkState.LATE
    is_off = clock_difference is not None and abs(clock_difference) > CLOCK_TOLERANCE
    return LinkState.CLOCK if is_off else LinkState.LEVEL
