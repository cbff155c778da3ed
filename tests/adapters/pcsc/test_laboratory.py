"""``warrant lab card`` in a real slot, read by ``warrant card`` and by another project's tools."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.adapters.pcsc.daemon import Daemon, wait_until

from warrant.core.chip import layout
from warrant.nodes.laboratory import cards

pytestmark = [pytest.mark.pcsc, pytest.mark.xdist_group("pcsc")]
WARRANT = (sys.executable, "-m", "warrant")


@contextmanager
def in_slot(daemon: Daemon, *options: str) -> Iterator[None]:
    process = subprocess.Popen(
        daemon.command(*WARRANT, "lab", "card", *options), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        wait_until(daemon.reader().is_card_present, "the laboratory card to be seen")
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
        wait_until(lambda: not daemon.reader().is_card_present(), "the laboratory card to be missed")
    assert process.returncode == 0


def card(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*WARRANT, "card", *words], capture_output=True, text=True, check=False)


def test_a_good_card_is_checked_with_the_laboratory_keys_and_without(daemon: Daemon) -> None:
    with in_slot(daemon, "--signature", "sm2-sm3"):
        checked = card("check", "--laboratory", "--on", "2026-11-23")
        assert (checked.returncode, checked.stdout) == (0, "结论: 真卡，在有效期内\n")
        assert card("check", "--on", "2026-11-23").returncode == 3  # nobody's key is trusted
        assert card("check", "--laboratory", "--on", "2031-01-01").returncode == 4
        read = card("read", "--laboratory", "--on", "2026-11-23", "--json")
        told = json.loads(read.stdout)
    assert (told["verdict"], told["is_complete"]) == ("genuine", True)
    assert told["content"]["certificate_number"] == cards.CERTIFICATE_NUMBER
    assert [one["year"] for one in told["reviews"]] == [2025, 2024]


@pytest.mark.parametrize(
    ("name", "status", "word"),
    [
        ("name-changed", 1, "假卡，或内容被改动"),
        ("keys-of-another-province", 1, "假卡，或内容被改动"),
        ("photo-never-written", 1, "内容损坏或不完整，不可采信"),
        ("issuer-unknown", 3, "不能确认真伪"),
        ("expired", 4, "真卡，已过有效期"),
    ],
)
def test_a_broken_card_gets_its_verdict_through_the_reader(
    daemon: Daemon, name: str, status: int, word: str
) -> None:
    with in_slot(daemon, "--suite", "3des", "--broken", name):
        checked = card("check", "--laboratory", "--on", "2026-11-23")
    assert checked.returncode == status
    assert checked.stdout.startswith(f"结论: {word}\n")


def test_a_foreign_card_and_an_empty_reader_are_told_apart(daemon: Daemon) -> None:
    with in_slot(daemon, "--blank"):
        assert card("check").returncode == 1
    assert card("check").returncode == 2
    assert card("check", "--reader", "No Such Reader").returncode == 2
    assert card("check", "--on", "tomorrow").returncode == 2


def test_another_projects_tool_reads_the_public_files(daemon: Daemon) -> None:
    """OpenSC's tool, which knows nothing of this format, selects the application and reads file 0015 and 0016."""
    name = layout.ENFORCEMENT_NAME.hex()
    apdus = [
        f"00a40400{len(layout.ENFORCEMENT_NAME):02x}{name}",
        "00a40000020015",
        "00b00000d0",
        "00a40000020016",
        "00b00000c0",
    ]
    with in_slot(daemon):
        words = [word for apdu in apdus for word in ("-s", apdu)]
        told = subprocess.run(["opensc-tool", "-r", "0", *words], capture_output=True, text=True, check=True)
    answers = re.split(r"Received \(SW1=0x90, SW2=0x00\):?", told.stdout)
    assert len(answers) == 1 + len(apdus)
    octets = [_octets(answer) for answer in answers[1:]]
    plan = cards.plan("sm4", cards.Recipe())
    assert octets[2] == plan.images[layout.CERTIFICATE.file_id]
    assert octets[4] == plan.images[layout.HOLDER.file_id]


def test_the_commands_of_the_manual_read_a_card_with_both_tools_of_another_project(daemon: Daemon) -> None:
    manual = (Path(__file__).parents[3] / "docs" / "manual" / "operation.md").read_text(encoding="utf-8")
    (line,) = re.findall(r"`(opensc-tool -r 0 -s [^`]+)`", manual)
    apdus = re.findall(r"-s ([0-9A-F]+)", line)
    typed = "".join(f"apdu {apdu}\n" for apdu in apdus) + "quit\n"
    certificate = cards.plan("3des", cards.Recipe()).images[layout.CERTIFICATE.file_id]
    with in_slot(daemon, "--suite", "3des"):
        for words, text in ((line.split(), ""), (["opensc-explorer", "-r", "0"], typed)):
            told = subprocess.run(words, input=text, capture_output=True, text=True, check=True).stdout
            assert _octets(told.rsplit("SW2=0x00)", 1)[1]) == certificate


def _octets(dump: str) -> bytes:
    """The bytes of OpenSC's dump: two digits each, up to sixteen in a line, their characters behind them."""
    lines = [line for line in dump.splitlines() if re.match(r"^([0-9A-F]{2} )+", line)]
    return b"".join(bytes.fromhex(re.match(r"^((?:[0-9A-F]{2} ){1,16})", line)[1]) for line in lines)  # type: ignore[index]
