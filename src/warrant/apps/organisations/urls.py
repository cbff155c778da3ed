"""URLs of the organisation pages."""

from django.urls import path

from warrant.apps.organisations import views

urlpatterns = [
    path("organisations/", views.organisation_tree, name="organisation-tree"),
    path("organisations/<str:code>/", views.organisation_detail, name="organisation-detail"),
    path("organisations/<str:code>/open/", views.organisation_open, name="organisation-open"),
    path("organisations/<str:code>/rename/", views.organisation_rename, name="organisation-rename"),
    path("organisations/<str:code>/merge/", views.organisation_merge, name="organisation-merge"),
    path("organisations/<str:code>/close/", views.organisation_close, name="organisation-close"),
]
