"""URLs of examinations."""

from django.urls import path

from warrant.apps.examinations import views
from warrant.apps.exports.views import export_view
from warrant.core.access import Permission

urlpatterns = [
    path("sittings/", views.sitting_list, name="sitting-list"),
    path("sittings/new/", views.sitting_new, name="sitting-new"),
    path("sittings/enrol/", views.sitting_enrol, name="sitting-enrol"),
    path("sittings/pass-rates/", views.pass_rates, name="pass-rates"),
    path("sittings/pass-rates/classes/", views.pass_rates_by_class, name="pass-rates-by-class"),
    path("sittings/lapsing/", views.passes_lapsing, name="passes-lapsing"),
    path(
        "sittings/lapsing/export/",
        export_view("lapsing-passes", Permission.OFFICER_EXPORT),
        name="passes-lapsing-export",
    ),
    path("sittings/<int:pk>/paper/<str:paper>/", views.sitting_paper, name="sitting-paper"),
    path("sittings/<int:pk>/", views.sitting_detail, name="sitting-detail"),
    path("sittings/<int:pk>/people/", views.sitting_people, name="sitting-people"),
    path("sittings/<int:pk>/places/", views.sitting_places, name="sitting-places"),
    path("sittings/<int:pk>/scores/", views.sitting_scores, name="sitting-scores"),
    path("sittings/<int:pk>/import/", views.sitting_import, name="sitting-import"),
    path("sittings/<int:pk>/sheet.csv", views.sitting_sheet, name="sitting-sheet"),
    path("sittings/<int:pk>/cancel/", views.sitting_cancel, name="sitting-cancel"),
    path(
        "sittings/<int:pk>/candidates/<int:candidate>/remove/",
        views.candidate_remove,
        name="candidate-remove",
    ),
    path("officers/<int:pk>/examinations/new/", views.new_examination, name="examination-new"),
    path("training/results/<int:pk>/correct/", views.examination_correct, name="examination-correct"),
    path("result-claims/", views.result_claims, name="result-claims"),
    path("result-claims/<int:pk>/", views.result_claim, name="result-claim"),
    path("result-claims/<int:pk>/decide/", views.result_claim_decide, name="result-claim-decide"),
]
