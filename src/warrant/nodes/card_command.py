"""``warrant card read``: what a card in a PC/SC reader says, and what of it could be checked."""

from __future__ import annotations

import argparse
import sys

from warrant.adapters.pcsc.reader import pcsc_readers
from warrant.core.chip.inspection import CardReport, read_card
from warrant.core.chip.titles import CHECK_TITLES, OUTCOME_TITLES
from warrant.core.crypto.signing import PublicKey
from warrant.core.errors import WarrantError


def _say(label: str, value: object) -> None:
    sys.stdout.write(f"{label}: {value}\n")


def _print_report(report: CardReport) -> None:
    if report.chip_serial_number is not None:
        _say("chip", report.chip_serial_number.hex().upper())
    content = report.content
    if content is not None:
        _say("证号", content.certificate_number)
        _say("姓名", content.holder_name)
        _say("执法单位", content.agency_name)
        _say("执法门类", "、".join(content.categories))
        _say("执法区域", content.area_name)
        _say("发证机关", content.issuer)
        _say("有效期", f"{content.valid_from} – {content.valid_until}")
        _say("密钥", f"{content.key_suite} v{content.key_version}")
    for check in report.checks:
        why = f"  ({check.reason % check.fields})" if check.reason else ""
        _say(CHECK_TITLES[check.name], f"{OUTCOME_TITLES[check.outcome]}{why}")


def read(arguments: argparse.Namespace) -> int:
    """Print the card; 0 if it is genuine as far as it could be checked, 1 if not, 2 if no card could be read."""
    try:
        trusted = [PublicKey.from_text(text) for text in arguments.issuer_key]
        readers = [reader for reader in pcsc_readers() if (arguments.reader or "") in reader.name]
        if not readers:
            sys.stderr.write("warrant: no such reader\n")
            return 2
        connection = readers[0].connect()
        try:
            report = read_card(connection, trusted)
        finally:
            connection.close()
    except WarrantError as error:
        sys.stderr.write(f"warrant: {error}\n")
        return 2
    _print_report(report)
    return 0 if report.is_genuine else 1
