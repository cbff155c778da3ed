"""Every act that a service records has a name that people can read."""

from __future__ import annotations

import re
from pathlib import Path

import warrant
from warrant.apps.audit.types import ACTION_NAMES
from warrant.core.lifecycle import APPLICATION_MACHINES, CERTIFICATE, SAM, ApplicationKind
from warrant.core.lifecycle.duplicate import DUPLICATE
from warrant.core.lifecycle.transfer import TRANSFER
from warrant.core.lifecycle.transfer_rules import Outcome

APPS = Path(warrant.__file__).parent / "apps"
RECORDED = re.compile(r'\b(?:record|_audit)\(\s*[\w.]+,\s*"([a-z-]+\.[a-z-]+)"')


def test_every_recorded_act_has_a_name() -> None:
    recorded = {
        action for path in APPS.rglob("*.py") for action in RECORDED.findall(path.read_text(encoding="utf-8"))
    }
    assert len(recorded) > 30
    assert recorded - ACTION_NAMES.keys() == set()


def test_every_step_of_whatever_has_states_has_a_name() -> None:
    machines = {
        "application": APPLICATION_MACHINES[ApplicationKind.FIRST_ISSUE],
        "certificate": CERTIFICATE,
        "transfer": TRANSFER,
        "duplicate": DUPLICATE,
        "sam": SAM,
    }
    steps = {
        f"{name}.{step.action}" for name, machine in machines.items() for step in machine.transitions
    } | {f"certificate.transfer-{outcome}" for outcome in Outcome}
    assert steps - ACTION_NAMES.keys() == set()


def test_a_shut_account_and_one_opened_again_have_a_name() -> None:
    assert {"account.enabled", "account.disabled"} <= ACTION_NAMES.keys()
