"""Pages of examinations: sittings, their candidates and scores, corrections, and pass rates."""

from warrant.apps.examinations.views.claiming import (
    examination_correct,
    new_examination,
    result_claim,
    result_claim_decide,
    result_claims,
)
from warrant.apps.examinations.views.enrolling import candidate_remove, sitting_enrol, sitting_people
from warrant.apps.examinations.views.papers import passes_lapsing, sitting_paper
from warrant.apps.examinations.views.planning import sitting_cancel, sitting_new, sitting_places
from warrant.apps.examinations.views.reading import (
    pass_rates,
    pass_rates_by_class,
    sitting_detail,
    sitting_list,
)
from warrant.apps.examinations.views.scoring import sitting_import, sitting_scores, sitting_sheet

__all__ = [
    "candidate_remove",
    "examination_correct",
    "new_examination",
    "pass_rates",
    "pass_rates_by_class",
    "passes_lapsing",
    "result_claim",
    "result_claim_decide",
    "result_claims",
    "sitting_cancel",
    "sitting_detail",
    "sitting_enrol",
    "sitting_import",
    "sitting_list",
    "sitting_new",
    "sitting_paper",
    "sitting_people",
    "sitting_places",
    "sitting_scores",
    "sitting_sheet",
]
