"""The command that counts the force anew."""

from __future__ import annotations

import pytest

from warrant.nodes.commands import main

pytestmark = pytest.mark.django_db


def test_rebuild_says_how_many_officers_it_counted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("warrant.nodes.commands.prepare_django", lambda: None)
    assert main(["node", "rebuild-statistics"]) == 0
    assert "done: 0 officers" in capsys.readouterr().out
