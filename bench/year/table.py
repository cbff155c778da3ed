"""The year as a table: what was done, how everything stands at its end, and what was compared."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from warrant.nodes.group import prepare_group
from warrant.nodes.launcher import node_environment

OFFICERS = 20_000
SEED = 1


def play_year(officers: int = OFFICERS, seed: int = SEED) -> dict[str, Any]:
    """Prepare an empty province of its own, play the year in it, and return the figures; the folder goes afterwards."""
    with tempfile.TemporaryDirectory(prefix="warrant-year-") as folder:
        group, _logins = prepare_group(Path(folder) / "nodes")
        output = Path(folder) / "year.json"
        subprocess.run(
            [sys.executable, "-m", "bench.year.run", str(officers), str(seed), str(output)],
            env={
                **node_environment(group.nodes["province"].node_file),
                "PYTHONPATH": os.pathsep.join(sys.path),
            },
            check=True,
        )
        figures: dict[str, Any] = json.loads(output.read_text(encoding="utf-8"))
        return figures


def lines_of(figures: dict[str, Any]) -> Iterator[str]:
    """Yield the table line by line."""
    yield f"{figures['officers']} officers, seed {figures['seed']}: first day {figures['opening_seconds']} s, "
    yield f"year {figures['year_seconds']} s, comparing {figures['checking_seconds']} s"
    for title, counts in (("acts", figures["acts"]), *figures["figures"].items()):
        yield ""
        yield f"{title:<34} {sum(counts.values()):>9}"
        for name, count in counts.items():
            yield f"  {name:<32} {count:>9}"
    yield ""
    yield f"{'cards received':<34} {figures['received']:>9}"
    for check in figures["checks"]:
        wrong = f"  {', '.join(check['wrong'])}" if check["wrong"] else ""
        yield f"{'ok  ' if check['holds'] else 'MISS'} {check['name']} ({check['looked_at']}){wrong}"


def main_year(officers: int, seed: int, json_path: str) -> int:
    """Play, print, keep the figures; 1 if anything does not balance."""
    figures = play_year(officers, seed)
    Path(json_path).write_text(json.dumps(figures, indent=1, ensure_ascii=False), encoding="utf-8")
    sys.stdout.write("\n".join(lines_of(figures)) + "\n")
    return 0 if all(check["holds"] for check in figures["checks"]) else 1
