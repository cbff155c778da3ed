"""Pages of eligibility: the explanation of a person, waivers, and what a draft would change."""

from warrant.apps.eligibility.views.persons import (
    eligibility_record,
    officer_eligibility,
    waiver_ask,
    waiver_decide,
    waiver_detail,
    waiver_list,
)
from warrant.apps.eligibility.views.trying import what_if_list, what_if_people, what_if_report

__all__ = [
    "eligibility_record",
    "officer_eligibility",
    "waiver_ask",
    "waiver_decide",
    "waiver_detail",
    "waiver_list",
    "what_if_list",
    "what_if_people",
    "what_if_report",
]
