"""Acts on eligibility: keeping what a decision was taken under, and waiving a condition."""

from warrant.apps.eligibility.services.keeping import follow_merge, keep_record
from warrant.apps.eligibility.services.waiving import ask_waiver, grant_waiver, refuse_waiver

__all__ = ["ask_waiver", "follow_merge", "grant_waiver", "keep_record", "refuse_waiver"]
