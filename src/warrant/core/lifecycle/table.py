"""What a state machine is: a tuple of transitions, and questions that can be asked of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from warrant.core.access import Permission
from warrant.core.errors import N_, Conflict


@dataclass(frozen=True)
class Transition:
    """One row of a table.

    ``targets`` has one state, or several of which the service picks one by the case's own chain; ``guards`` names
    the conditions that the service checks; ``needs_reason`` asks for a written reason; ``needs_second_person``
    forbids whoever did the step before. ``permission`` is ``None`` for what the system itself does.
    """

    action: str
    sources: tuple[StrEnum, ...]
    targets: tuple[StrEnum, ...]
    permission: Permission | None
    guards: tuple[str, ...] = ()
    needs_reason: bool = False
    needs_second_person: bool = False
    label: str = ""


@dataclass(frozen=True)
class Machine:
    """A named table of transitions; ``states`` is an enumeration, or those of its members that the table uses."""

    name: str
    states: Iterable[StrEnum]
    initial: StrEnum
    final: frozenset[StrEnum]
    transitions: tuple[Transition, ...]

    def transition(self, action: str) -> Transition:
        """Return the row of ``action``; KeyError if the table has none."""
        for row in self.transitions:
            if row.action == action:
                return row
        raise KeyError(f"{self.name} has no action {action}")

    def actions_from(self, state: StrEnum) -> tuple[Transition, ...]:
        """Return the rows that may be used in ``state``, in table order."""
        return tuple(row for row in self.transitions if state in row.sources)

    def next_state(self, action: str, state: str, target: StrEnum | None = None) -> StrEnum:
        """Return the state after ``action`` in ``state``.

        ``target`` picks one where the row has several.

        Raises:
            Conflict: the action is not possible in this state, or the target is not one of the row's.
        """
        row = self.transition(action)
        if state not in row.sources:
            raise Conflict(
                "wrong-state",
                N_("状态已经改变，现在不能这样办理；请刷新页面查看最新状态"),
                state=str(state),
                action=action,
            )
        chosen = target if target is not None else row.targets[0]
        if chosen not in row.targets or (target is None and len(row.targets) > 1):
            raise Conflict(
                "wrong-target", N_("“%(action)s”不能转到状态“%(target)s”"), action=action, target=str(chosen)
            )
        return chosen
