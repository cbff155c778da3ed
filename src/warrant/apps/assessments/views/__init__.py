"""Pages of assessments: the list, one of them, its grid of scores and sheets, decisions, corrections, figures."""

from warrant.apps.assessments.views.correcting import (
    outcome_correction,
    outcome_correction_decide,
    sheet_correct,
)
from warrant.apps.assessments.views.deciding import (
    assessment_cancel,
    assessment_confirm,
    assessment_hand_in,
    assessment_new,
    assessment_refresh,
    assessment_return,
)
from warrant.apps.assessments.views.objecting import (
    assessment_objection,
    assessment_objection_correct,
    assessment_objection_uphold,
    own_assessment,
    own_assessment_object,
)
from warrant.apps.assessments.views.reading import (
    assessment_detail,
    assessment_figures,
    assessment_list,
    assessment_people,
)
from warrant.apps.assessments.views.scoring import assessment_scores, sheet_detail, sheet_score

__all__ = [
    "assessment_cancel",
    "assessment_confirm",
    "assessment_detail",
    "assessment_figures",
    "assessment_hand_in",
    "assessment_list",
    "assessment_new",
    "assessment_objection",
    "assessment_objection_correct",
    "assessment_objection_uphold",
    "assessment_people",
    "assessment_refresh",
    "assessment_return",
    "assessment_scores",
    "outcome_correction",
    "outcome_correction_decide",
    "own_assessment",
    "own_assessment_object",
    "sheet_correct",
    "sheet_detail",
    "sheet_score",
]
