"""Every act that a service records has a name that people can read."""

from __future__ import annotations

import re
from pathlib import Path

import warrant
from warrant.apps.audit.types import ACTION_NAMES
from warrant.core.lifecycle import APPLICATION, CERTIFICATE

APPS = Path(warrant.__file__).parent / "apps"
RECORDED = re.compile(r'\b(?:record|_audit)\(\s*[\w.]+,\s*"([a-z-]+\.[a-z-]+)"')


def test_every_recorded_act_has_a_name() -> None:
    recorded = {
        action for path in APPS.rglob("*.py") for action in RECORDED.findall(path.read_text(encoding="utf-8"))
    }
    assert len(recorded) > 30
    assert recorded - ACTION_NAMES.keys() == set()


def test_every_step_of_an_application_and_of_a_certificate_has_a_name() -> None:
    steps = {f"application.{step.action}" for step in APPLICATION.transitions} | {
        f"certificate.{step.action}" for step in CERTIFICATE.transitions
    }
    assert steps - ACTION_NAMES.keys() == set()
