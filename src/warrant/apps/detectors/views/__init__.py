"""Pages of findings."""

from warrant.apps.detectors.views.case_figures import case_figures_list, case_figures_new
from warrant.apps.detectors.views.findings import (
    finding_assign,
    finding_close,
    finding_detail,
    finding_put_back,
)
from warrant.apps.detectors.views.overview import (
    finding_list,
    finding_look,
    finding_overview,
    finding_provinces,
)

__all__ = [
    "case_figures_list",
    "case_figures_new",
    "finding_assign",
    "finding_close",
    "finding_detail",
    "finding_list",
    "finding_look",
    "finding_overview",
    "finding_provinces",
    "finding_put_back",
]
