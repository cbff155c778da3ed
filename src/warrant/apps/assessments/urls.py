"""URLs of assessments."""

from django.urls import path

from warrant.apps.assessments import views
from warrant.apps.exports.views import export_view
from warrant.core.access import Permission

urlpatterns = [
    path("assessments/", views.assessment_list, name="assessment-list"),
    path("assessments/new/", views.assessment_new, name="assessment-new"),
    path("assessments/figures/", views.assessment_figures, name="assessment-figures"),
    path("assessments/people/", views.assessment_people, name="assessment-people"),
    path(
        "assessments/people/export/",
        export_view("assessed", Permission.OFFICER_EXPORT),
        name="assessment-people-export",
    ),
    path("assessments/<int:pk>/", views.assessment_detail, name="assessment-detail"),
    path("assessments/<int:pk>/scores/", views.assessment_scores, name="assessment-scores"),
    path("assessments/<int:pk>/refresh/", views.assessment_refresh, name="assessment-refresh"),
    path("assessments/<int:pk>/hand-in/", views.assessment_hand_in, name="assessment-hand-in"),
    path("assessments/<int:pk>/return/", views.assessment_return, name="assessment-return"),
    path("assessments/<int:pk>/confirm/", views.assessment_confirm, name="assessment-confirm"),
    path("assessments/<int:pk>/cancel/", views.assessment_cancel, name="assessment-cancel"),
    path("assessments/sheets/<int:pk>/", views.sheet_detail, name="assessment-sheet"),
    path("assessments/sheets/<int:pk>/score/", views.sheet_score, name="assessment-sheet-score"),
    path("assessments/sheets/<int:pk>/correct/", views.sheet_correct, name="assessment-sheet-correct"),
    path("own/assessments/<int:pk>/", views.own_assessment, name="own-assessment"),
    path("own/assessments/<int:pk>/object/", views.own_assessment_object, name="own-assessment-object"),
    path("assessments/objections/<int:pk>/", views.assessment_objection, name="assessment-objection"),
    path(
        "assessments/objections/<int:pk>/uphold/",
        views.assessment_objection_uphold,
        name="assessment-objection-uphold",
    ),
    path(
        "assessments/objections/<int:pk>/correct/",
        views.assessment_objection_correct,
        name="assessment-objection-correct",
    ),
    path("assessments/corrections/<int:pk>/", views.outcome_correction, name="outcome-correction"),
    path(
        "assessments/corrections/<int:pk>/decide/",
        views.outcome_correction_decide,
        name="outcome-correction-decide",
    ),
]
