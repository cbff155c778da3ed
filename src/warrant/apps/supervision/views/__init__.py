"""Pages of the statistics."""

from warrant.apps.supervision.views.crossing import statistics_cross
from warrant.apps.supervision.views.exporting import statistics_export
from warrant.apps.supervision.views.flowing import statistics_flow_people, statistics_flows
from warrant.apps.supervision.views.organisers import year_figures, year_figures_province
from warrant.apps.supervision.views.overview import statistics_overview
from warrant.apps.supervision.views.people import statistics_people

__all__ = [
    "statistics_cross",
    "statistics_export",
    "statistics_flow_people",
    "statistics_flows",
    "statistics_overview",
    "statistics_people",
    "year_figures",
    "year_figures_province",
]
