"""What the steps of the journey share: the nodes, the people at their browsers, and what was found on the way.

Every step is a function of a :class:`Walk`: it returns one line for the reader and raises
:class:`PageUnexpectedError` where something did not hold. What is walked stands beside: ``qualification``, ``cards``,
``holding``; ``steps`` puts it in order.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar

from warrant.nodes.group import Logins
from warrant.nodes.journey.browser import HttpPerson, PageUnexpectedError, Person, sign_in
from warrant.nodes.launcher import NodeGroup

ARRIVAL_SECONDS = 20.0

T = TypeVar("T")


@dataclass(frozen=True)
class Subject:
    """The officer of the roster who is walked through the chain; all work in Kunshan's brigade."""

    name: str
    username: str
    category: str
    portrait_seed: int
    sex: Literal["male", "female"]
    education: str = "21"


HU_XIUYAN = Subject("胡秀艳", "hu.xiuyan", "公路路政", 3, "female")


@dataclass
class Walk:
    """What the steps share: the nodes, the people at their browsers, and what was found on the way."""

    group: NodeGroup
    logins: Logins
    folder: Path
    person_at: Callable[[str], Person] = HttpPerson
    subject: Subject = HU_XIUYAN
    people: dict[tuple[str, str], Person] = field(default_factory=dict)
    officer_url: str = ""
    application_number: str = ""
    certificate_number: str = ""
    qr_text: str = ""

    def person(self, kind: str, username: str) -> Person:
        """Return the person, signed in."""
        if (kind, username) not in self.people:
            person = self.person_at(self.group.nodes[kind].url)
            sign_in(person, username, self.logins[kind][username])
            self.people[kind, username] = person
        return self.people[kind, username]

    def stranger(self) -> Person:
        """Return somebody without an account, at the public site."""
        return self.person_at(self.group.nodes["public"].url)


def wait_for(what: str, look: Callable[[], T | None], seconds: float = ARRIVAL_SECONDS) -> T:
    """Return what ``look`` finds, asked again and again.

    Raises:
        PageUnexpectedError: nothing was found in time.
    """
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found is not None and found is not False:
            return found
        if time.monotonic() > deadline:
            raise PageUnexpectedError(f"{what}: not within {seconds:g} s")
        time.sleep(0.1)


def require(holds: bool, what: str) -> None:
    """Return if it holds.

    Raises:
        PageUnexpectedError: it does not; the message is ``what``.
    """
    if not holds:
        raise PageUnexpectedError(what)
