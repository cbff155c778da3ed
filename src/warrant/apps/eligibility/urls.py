"""Addresses of eligibility."""

from django.urls import path

from warrant.apps.eligibility import views
from warrant.apps.exports.views import export_view
from warrant.core.access import Permission

urlpatterns = [
    path("officers/<int:pk>/eligibility/", views.officer_eligibility, name="officer-eligibility"),
    path("officers/<int:pk>/eligibility/<slug:rule>/waiver/", views.waiver_ask, name="waiver-ask"),
    path("eligibility/records/<int:pk>/", views.eligibility_record, name="eligibility-record"),
    path("eligibility/what-if/", views.what_if_list, name="what-if-list"),
    path(
        "eligibility/what-if/export/",
        export_view("what-if", Permission.OFFICER_EXPORT),
        name="what-if-export",
    ),
    path("eligibility/what-if/<int:pk>/", views.what_if_report, name="what-if-report"),
    path("eligibility/what-if/<int:pk>/people/", views.what_if_people, name="what-if-people"),
    path("waivers/", views.waiver_list, name="waiver-list"),
    path("waivers/<int:pk>/", views.waiver_detail, name="waiver-detail"),
    path("waivers/<int:pk>/decide/", views.waiver_decide, name="waiver-decide"),
]
