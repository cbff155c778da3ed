"""``python -m bench.year.run OFFICERS SEED OUTPUT``: plays the year as an empty province node, and writes JSON."""

from __future__ import annotations

import json
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from warrant.nodes.start import prepare_django

prepare_django()

from bench.year.balance import checks_of, state_figures
from bench.year.playing import Year, at
from bench.year.province import open_province

FIRST_DAY = date(2027, 1, 1)


def run(officers: int, seed: int) -> dict[str, Any]:
    """Play the year, compare everything, and return what was done, how it stands and whether it balances."""
    begun = time.monotonic()
    province = open_province(officers, seed, at(date(2026, 12, 31)))
    opened = time.monotonic()
    _say(
        f"first day: {officers} officers, {len(province.book.certificates)} certificates, {opened - begun:.0f} s"
    )
    Year(province, FIRST_DAY).play(_say)
    played = time.monotonic()
    checks = checks_of(province)
    return {
        "officers": officers,
        "seed": seed,
        "acts": dict(sorted(province.book.acts.items())),
        "figures": state_figures(),
        "received": province.received,
        "checks": [
            {"name": check.name, "looked_at": check.looked_at, "wrong": check.wrong, "holds": check.holds}
            for check in checks
        ],
        "opening_seconds": round(opened - begun, 1),
        "year_seconds": round(played - opened, 1),
        "checking_seconds": round(time.monotonic() - played, 1),
    }


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    Path(sys.argv[3]).write_text(
        json.dumps(run(int(sys.argv[1]), int(sys.argv[2])), indent=1, ensure_ascii=False), encoding="utf-8"
    )
