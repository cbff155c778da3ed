"""A component that a custodian draws away from every node is one that the ceremony's page takes."""

from __future__ import annotations

import pytest

from warrant.core.keys.hierarchy import KeyUsage
from warrant.core.keys.parts import read_line
from warrant.nodes.commands import main


@pytest.mark.parametrize("suite", ["sm4", "3des"])
def test_what_is_drawn_can_be_typed(suite: str, capsys: pytest.CaptureFixture[str]) -> None:
    drawn = []
    for _time in range(2):
        assert main(["key", "draw-component", "--suite", suite]) == 0
        drawn.append(capsys.readouterr().out)
    assert drawn[0] != drawn[1]
    read = {}
    for text in drawn[0].splitlines():
        usage, *groups, check = text.split()
        read[usage] = read_line(suite, " ".join(groups), check, usage)
    assert set(read) == {usage.value for usage in KeyUsage}
    assert len({key.reveal() for key in read.values()}) == len(KeyUsage)


def test_another_cipher_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["key", "draw-component", "--suite", "aes"])
    assert "sm4" in capsys.readouterr().err
