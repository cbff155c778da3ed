"""``warrant card read`` and ``check``: what a card in a PC/SC reader says, and what it is worth."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import date
from typing import Any

from warrant.adapters.pcsc.reader import pcsc_readers
from warrant.core.chip.inspection import CardCheck, CardReport, CheckOutcome, read_card
from warrant.core.chip.titles import CHECK_TITLES, OUTCOME_TITLES
from warrant.core.chip.verdict import CARD_WORDS, CardVerdict, CardWord, judge_card
from warrant.core.crypto.signing import ES256, SM2_SM3, PublicKey
from warrant.core.errors import N_, InvalidInput, NotFound, Unavailable, WarrantError
from warrant.nodes.laboratory import keys

NOT_READ = 2
STATUS = {
    CardWord.GENUINE: 0,
    CardWord.FORGED: 1,
    CardWord.DAMAGED: 1,
    CardWord.UNCONFIRMED: 3,
    CardWord.EXPIRED: 4,
    CardWord.NOT_YET_VALID: 4,
}
"""Exit status of ``card check``; a foreign card has that of a forged one."""


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(text) if text else date.today()  # noqa: DTZ011 - the day where the reader stands
    except ValueError as error:
        raise InvalidInput(
            "date-invalid", N_("--on 应为日期，如 2026-11-22，而不是“%(value)s”"), place="on", value=text
        ) from error


def _read(arguments: argparse.Namespace) -> tuple[CardReport, CardVerdict]:
    """Read the card in the chosen reader. Raises: WarrantError, NotFound ``card-foreign`` among them."""
    on = _day(arguments.on)
    trusted = [PublicKey.from_text(text) for text in arguments.issuer_key]
    if arguments.laboratory:
        trusted += [keys.issuer(suite).public_key for suite in (ES256, SM2_SM3)]
    readers = [reader for reader in pcsc_readers() if (arguments.reader or "") in reader.name]
    if not readers:
        raise Unavailable("reader-absent", N_("没有找到读卡器；请检查连接和 --reader 的名称"), place="reader")
    connection = readers[0].connect()
    try:
        report = read_card(connection, trusted, keys.card_key if arguments.laboratory else None)
    finally:
        connection.close()
    return report, judge_card(report, on)


def _contents(report: CardReport) -> dict[str, Any]:
    content = report.content
    if content is None:
        return {}
    return {
        "证号": content.certificate_number,
        "姓名": content.holder_name,
        "性别": content.holder_sex,
        "执法单位": content.agency_name,
        "执法门类": "、".join(content.categories),
        "执法区域": content.area_name,
        "发证机关": content.issuer,
        "有效期": f"{content.valid_from} – {content.valid_until}",
        "照片": f"{len(content.photo)} B",
        "备案回执摘要": content.receipt_digest.hex().upper(),
        "状态列表序号": content.status_list_index,
        "密钥": f"{content.key_suite} v{content.key_version}",
        "年审": None
        if report.reviews is None
        else "、".join(f"{one.year} {one.result.name.lower()}" for one in report.reviews),
    }


def _check_line(check: CardCheck) -> tuple[str, str]:
    why = f"  ({check.reason % check.fields})" if check.reason else ""
    return CHECK_TITLES[check.name], f"{OUTCOME_TITLES[check.outcome]}{why}"


def _as_json(report: CardReport, verdict: CardVerdict) -> dict[str, Any]:
    content = report.content
    return {
        "verdict": verdict.word.value,
        "is_complete": verdict.is_complete,
        "because": [check.name.value for check in verdict.because],
        "chip_serial_number": (report.chip_serial_number or b"").hex().upper(),
        "checks": {check.name.value: check.outcome.value for check in report.checks},
        "content": None
        if content is None
        else {
            "certificate_number": content.certificate_number,
            "holder_name": content.holder_name,
            "holder_sex": content.holder_sex,
            "agency_name": content.agency_name,
            "categories": list(content.categories),
            "area_code": content.area_code,
            "area_name": content.area_name,
            "issuer": content.issuer,
            "valid_from": content.valid_from.isoformat(),
            "valid_until": content.valid_until.isoformat(),
            "photo_bytes": len(content.photo),
            "receipt_digest": content.receipt_digest.hex(),
            "key_suite": content.key_suite,
            "key_version": content.key_version,
            "status_list_index": content.status_list_index,
        },
        "reviews": None
        if report.reviews is None
        else [
            {"year": one.year, "result": one.result.name.lower(), "on": one.reviewed_on.isoformat()}
            for one in report.reviews
        ],
    }


def _write(label: str, value: object) -> None:
    sys.stdout.write(f"{label}: {value}\n")


def _tell(arguments: argparse.Namespace, told: Callable[[CardReport, CardVerdict], int]) -> int:
    try:
        report, verdict = _read(arguments)
    except NotFound as error:
        sys.stderr.write(f"warrant: {error}\n")
        return STATUS[CardWord.FORGED] if error.code == "card-foreign" else NOT_READ
    except WarrantError as error:
        sys.stderr.write(f"warrant: {error}\n")
        return NOT_READ
    if arguments.json:
        sys.stdout.write(json.dumps(_as_json(report, verdict), ensure_ascii=False, indent=1) + "\n")
        return STATUS[verdict.word]
    return told(report, verdict)


def read(arguments: argparse.Namespace) -> int:
    """Print the contents, every check and the verdict; the exit status is that of :func:`check`."""

    def told(report: CardReport, verdict: CardVerdict) -> int:
        if report.chip_serial_number is not None:
            _write("芯片序列号", report.chip_serial_number.hex().upper())
        for label, value in _contents(report).items():
            if value is not None:
                _write(label, value)
        for one in report.checks:
            _write(*_check_line(one))
        _write("结论", CARD_WORDS[verdict.word])
        return STATUS[verdict.word]

    return _tell(arguments, told)


def check(arguments: argparse.Namespace) -> int:
    """Print the verdict and what decided it; the exit status says the same (:data:`STATUS`)."""

    def told(_report: CardReport, verdict: CardVerdict) -> int:
        _write("结论", CARD_WORDS[verdict.word])
        for one in verdict.because:
            _write(*_check_line(one))
        for one in verdict.not_made:
            if one not in verdict.because and one.outcome is CheckOutcome.NOT_MADE:
                _write(*_check_line(one))
        return STATUS[verdict.word]

    return _tell(arguments, told)
