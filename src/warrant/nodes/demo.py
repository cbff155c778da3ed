"""``warrant demo`` and ``warrant journey``: three nodes on this machine, and one officer through the whole chain."""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import FrameType

from warrant.core.access import ROLE_NAMES, Role
from warrant.nodes.group import Logins, keep_logins, prepare_group
from warrant.nodes.journey.browser import PageUnexpectedError
from warrant.nodes.journey.cards import card
from warrant.nodes.journey.holding import hand_over, own_account, public_check
from warrant.nodes.journey.qualification import application, approval, filing
from warrant.nodes.journey.steps import STEPS
from warrant.nodes.journey.walk import Subject, Walk
from warrant.nodes.launcher import NodeDidNotStartError, NodeGroup, run_for_node
from warrant.nodes.people import PEOPLE
from warrant.nodes.translations import compile_catalogues


class StepFailedError(RuntimeError):
    """A step of the journey did not hold; the message names it."""


def _say(line: str = "") -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def walk_all(walk: Walk) -> None:
    """Walk every step and print each with its time.

    Raises:
        StepFailedError: a step did not hold; nothing after it was tried.
    """
    begun = time.monotonic()
    for number, (title, step) in enumerate(STEPS, start=1):
        at = time.monotonic()
        try:
            found = step(walk)
        except (PageUnexpectedError, OSError, ValueError, KeyError, LookupError) as error:
            raise StepFailedError(f"step {number} ({title}): {error}") from error
        _say(f"  {number:>2}. {title:<34} {time.monotonic() - at:6.2f} s   {found}")
    _say(f"      all steps held in {time.monotonic() - begun:.1f} s")


def _populate(group: NodeGroup, logins: Logins, home: Path) -> str:
    """Bring three more officers to different places of the chain and return one valid certificate's number."""
    valid = Walk(group, logins, home, subject=Subject("龚建国", "gong.jianguo", "公路路政", 8, "male"))
    for step in (application, approval, filing, card, hand_over, public_check):
        step(valid)
    own_account(valid)
    at_the_ministry = Walk(
        group, logins, home, subject=Subject("刘然", "liu.ran", "港口行政", 11, "female", "14")
    )
    application(at_the_ministry)
    approval(at_the_ministry)
    application(
        Walk(group, logins, home, subject=Subject("田文静", "tian.wenjing", "航道行政", 14, "female", "14"))
    )
    return valid.certificate_number


def _print_logins(group: NodeGroup, logins: Logins) -> None:
    for kind, node in group.nodes.items():
        _say()
        _say(f"{node.name}  {node.url}/")
        known = {person.username: person for person in PEOPLE[kind]}
        for username, password in logins.get(kind, {}).items():
            person = known.get(username)
            name = person.display_name if person else ""
            roles = "、".join(ROLE_NAMES[role] for role in (person.roles if person else (Role.OFFICER,)))
            _say(f"    {username:<20} {password:<18} {name}  {roles}")


def journey(arguments: argparse.Namespace) -> int:
    """Start the three nodes in a new folder, walk the chain, stop them; 0 only if every step held."""
    compile_catalogues()
    with tempfile.TemporaryDirectory(prefix="warrant-journey-") as folder:
        try:
            at = time.monotonic()
            group, logins = prepare_group(Path(folder), progress=lambda line: _say(f"  preparing: {line}"))
            with group:
                _say(f"  three nodes up after {time.monotonic() - at:.1f} s")
                walk_all(Walk(group, logins, Path(folder)))
        except (StepFailedError, NodeDidNotStartError) as error:
            _say(f"FAILED: {error}")
            return 1
    return 0


def demo(arguments: argparse.Namespace) -> int:
    """Start the three nodes with made-up people and leave them running until Ctrl-C."""
    home = Path(arguments.home)
    if arguments.reset:
        shutil.rmtree(home, ignore_errors=True)
        _say(f"{home} forgotten")
        return 0
    compile_catalogues()
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    try:
        _say("Preparing the ministry, Jiangsu and the public site (made-up people, this machine only)")
        group, logins = prepare_group(home, progress=lambda line: _say(f"  {line}"))
        with group:
            walked = home / "walked"
            if not walked.exists():
                _say("One officer walks the whole chain:")
                walk_all(Walk(group, logins, home))
                _say("Three more officers, at different places of the chain")
                walked.write_text(_populate(group, logins, home), encoding="utf-8")
                _say(run_for_node(group.nodes["province"].node_file, "node", "samples").strip())
                keep_logins(home, logins)
            _print_logins(group, logins)
            _say()
            number = walked.read_text(encoding="utf-8")
            if number:
                _say(f"A valid certificate to check on the public site: {number}")
            _say("Ctrl-C stops everything; the data stays in " + str(home) + " (make demo-reset forgets it)")
            ended.wait()
    except (StepFailedError, NodeDidNotStartError, PageUnexpectedError) as error:
        _say(f"FAILED: {error}")
        return 1
    _say("stopped")
    return 0
