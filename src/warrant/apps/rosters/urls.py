"""URLs of the roster pages."""

from django.urls import URLPattern, path

from warrant.apps.rosters import views

urlpatterns: list[URLPattern] = [
    path("rosters/", views.roster_list, name="roster-list"),
    path("rosters/<int:pk>/", views.roster_detail, name="roster-detail"),
    path("rosters/<int:pk>/columns/", views.roster_mapping, name="roster-mapping"),
    path("rosters/<int:pk>/undo/", views.roster_undo, name="roster-undo"),
    path("rosters/<int:pk>/import/", views.roster_import, name="roster-import"),
    path("rosters/<int:pk>/discard/", views.roster_discard, name="roster-discard"),
    path("rosters/<int:pk>/rejected/", views.roster_rejected, name="roster-rejected"),
]
