"""Card jobs on each database: the round trips' sum and the whole job's time out of the same run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import Any

MOST_TIMES_TRIPS = 1.3


def measure_jobs(kind: str) -> list[dict[str, Any]]:
    """Run the jobs on ``sqlite`` or ``postgresql``, in a database of their own; return the figures of each suite."""
    with tempfile.TemporaryDirectory(prefix="warrant-job-") as folder:
        output = Path(folder) / "jobs.json"
        words = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:randomly"]
        words += ["bench/job/measured.py"]
        if kind == "postgresql":
            words = [sys.executable, "-m", "tests.support.postgres", *words]
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "WARRANT_BENCH_OUTPUT": str(output),
        }
        subprocess.run(words, env=environment, check=True)
        lines = output.read_text(encoding="utf-8").splitlines()
    return [_figures(kind, **json.loads(line)) for line in lines]


def _figures(kind: str, suite: str, jobs: list[list[float]]) -> dict[str, Any]:
    """Return medians over the jobs, in ms; the quotient is the median of each job's own."""
    return {
        "database": kind,
        "suite": suite,
        "jobs": len(jobs),
        "trips": int(median(job[0] for job in jobs)),
        "trips_ms": round(median(job[1] for job in jobs), 1),
        "job_ms": round(median(job[2] for job in jobs), 1),
        "opening_ms": round(median(job[3] for job in jobs), 1),
        "check_ms": round(median(job[4] for job in jobs), 1),
        "times_trips": round(median(job[2] / job[1] for job in jobs), 2),
    }


def main_jobs(kinds: Iterable[str], json_path: str) -> int:
    """Measure, print, keep the figures; 1 if a job takes more than it may."""
    figures = [row for kind in kinds for row in measure_jobs(kind)]
    Path(json_path).write_text(json.dumps(figures, indent=1), encoding="utf-8")
    for row in figures:
        sys.stdout.write(
            f"{row['database']:<11} {row['suite']:<5} {row['jobs']} jobs: {row['trips']} trips {row['trips_ms']} ms, "
            f"job {row['job_ms']} ms = {row['times_trips']} x (opening {row['opening_ms']} ms), "
            f"check {row['check_ms']} ms\n"
        )
    return 0 if all(row["times_trips"] <= MOST_TIMES_TRIPS for row in figures) else 1
