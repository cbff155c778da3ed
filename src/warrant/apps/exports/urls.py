"""URLs of exported files; each list's own page stands beside the list."""

from django.urls import path

from warrant.apps.exports import views
from warrant.core.access import Permission

urlpatterns = [
    path("audit/export/", views.export_view("audit", Permission.AUDIT_VIEW), name="audit-export"),
    path("exports/", views.export_list_page, name="export-list"),
    path("exports/<int:pk>/", views.export_detail, name="export-detail"),
    path("exports/<int:pk>/file/", views.export_fetch, name="export-fetch"),
    path("exports/<int:pk>/delete/", views.export_delete, name="export-delete"),
]
