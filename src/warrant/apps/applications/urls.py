"""URLs of applications."""

from django.urls import path

from warrant.apps.applications import views
from warrant.apps.exports.views import export_view
from warrant.core.access import Permission

urlpatterns = [
    path("applications/", views.application_list, name="application-list"),
    path("applications/start/", views.application_start, name="application-start"),
    path("officers/<int:pk>/application/new/", views.application_new, name="application-new"),
    path(
        "applications/export/",
        export_view("applications", Permission.OFFICER_EXPORT),
        name="application-export",
    ),
    path("applications/<str:number>/", views.application_detail, name="application-detail"),
    path("applications/<str:number>/statement/", views.application_statement, name="application-statement"),
    path("applications/<str:number>/<slug:action>/", views.application_act, name="application-act"),
]
