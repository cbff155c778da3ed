"""Yearly assessments as a regulation: score sheets, bands, what vetoes, and how many may be the best.

Two lines: the sheet of a person and that of a unit. Source: 2009 notice, 二(二) and 五(二); 交通运输行政执法评议考核规定
(2010); Civil Servant Law (2018), Art. 38; points and shares are assumptions (docs/assumptions.md, Q13 on).
"""

from __future__ import annotations

from warrant.core.qualification.assessment.bands import (
    AGENCY_BANDS,
    BAND_NAMES,
    BANDS,
    FOUND_REASONS,
    GIVEN_REASONS,
    JUDGINGS,
    KNOWN,
    LEFT,
    NEWCOMER,
    OFF_ESTABLISHMENT,
    PERSON_BANDS,
    REASONS,
    SHEET_KINDS,
    SheetKind,
)
from warrant.core.qualification.assessment.fields import BLANK_ROWS, CHOICES, LABELS, describe
from warrant.core.qualification.assessment.national import NATIONAL
from warrant.core.qualification.assessment.reading import parse
from warrant.core.qualification.assessment.shares import ODD_WORDS, RoundFigures, odd_ones
from warrant.core.qualification.assessment.sheets import AssessmentRules, Item, ScoreSheet, read_points

__all__ = [
    "AGENCY_BANDS",
    "BANDS",
    "BAND_NAMES",
    "BLANK_ROWS",
    "CHOICES",
    "FOUND_REASONS",
    "GIVEN_REASONS",
    "JUDGINGS",
    "KNOWN",
    "LABELS",
    "LEFT",
    "NATIONAL",
    "NEWCOMER",
    "ODD_WORDS",
    "OFF_ESTABLISHMENT",
    "PERSON_BANDS",
    "REASONS",
    "SHEET_KINDS",
    "AssessmentRules",
    "Item",
    "RoundFigures",
    "ScoreSheet",
    "SheetKind",
    "describe",
    "odd_ones",
    "parse",
    "read_points",
]
