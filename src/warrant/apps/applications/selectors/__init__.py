"""Reading applications: cases and queues, conditions, links of the chain, and what is filed."""

from warrant.apps.applications.selectors.cases import application_for, applications_for_list
from warrant.apps.applications.selectors.chain import case_links, chain_links
from warrant.apps.applications.selectors.conditions import conditions_of, missing_of
from warrant.apps.applications.selectors.filing_content import filing_content
from warrant.apps.applications.selectors.work import glances, officer_panel, work_queues

__all__ = [
    "application_for",
    "applications_for_list",
    "case_links",
    "chain_links",
    "conditions_of",
    "filing_content",
    "glances",
    "missing_of",
    "officer_panel",
    "work_queues",
]
