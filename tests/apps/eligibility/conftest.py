"""A qualified officer of Kunshan's brigade on a fixed day, and the people around the case."""

from tests.apps.applications.conftest import Case, case, fixed_clock, officer, people, wiring

__all__ = ["Case", "case", "fixed_clock", "officer", "people", "wiring"]
