"""URLs of applications."""

from django.urls import path

from warrant.apps.applications.views import batches, cases, holders, lists, papers, starting
from warrant.apps.exports.views import export_view
from warrant.core.access import Permission

urlpatterns = [
    path("applications/", lists.application_list, name="application-list"),
    path("applications/waiting/", batches.application_waiting, name="application-waiting"),
    path("applications/waiting/together/", batches.application_together, name="application-together"),
    path("applications/start/", starting.application_start, name="application-start"),
    path("officers/<int:pk>/application/new/", starting.application_new, name="application-new"),
    path(
        "applications/export/",
        export_view("applications", Permission.OFFICER_EXPORT),
        name="application-export",
    ),
    path("applications/<str:number>/", cases.application_detail, name="application-detail"),
    path("applications/<str:number>/statement/", cases.application_statement, name="application-statement"),
    path(
        "applications/<str:number>/papers/<slug:paper>/", papers.application_paper, name="application-paper"
    ),
    path("applications/<str:number>/proof/", cases.application_proof, name="application-proof"),
    path("applications/<str:number>/holder/", holders.application_holder, name="application-holder"),
    path("applications/<str:number>/<slug:action>/", cases.application_act, name="application-act"),
]
