"""``warrant node samples``: fill the demonstration's province with what its pages show."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from warrant.apps.foundation import clock
from warrant.nodes.samples.assessments import make_sample_assessments
from warrant.nodes.samples.examinations import make_sample_sittings
from warrant.nodes.samples.findings import make_sample_findings
from warrant.nodes.samples.reviews import make_sample_review
from warrant.nodes.samples.training import make_sample_classes

SAMPLES: Sequence[tuple[str, Callable[..., list[Any]]]] = (
    ("training classes", make_sample_classes),
    ("examinations", make_sample_sittings),
    ("yearly assessments", make_sample_assessments),
    ("annual review", make_sample_review),
    ("findings", make_sample_findings),
)


def make_samples(*, now: datetime) -> dict[str, int]:
    """Make every kind of sample where there is none yet, and return how many of each."""
    return {name: len(make(now=now)) for name, make in SAMPLES}


def samples(arguments: argparse.Namespace) -> int:
    """Make the samples and say how many."""
    made = make_samples(now=clock.now())
    sys.stdout.write(", ".join(f"{count} {name}" for name, count in made.items()) + "\n")
    return 0
