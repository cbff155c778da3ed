"""URLs of the live feed of changes."""

from django.urls import URLPattern, path

from warrant.apps.officers.views import feed

urlpatterns: list[URLPattern] = [
    path("officers/changes/", feed.officer_changes, name="officer-changes"),
    path("officers/changes/newer/", feed.officer_changes_newer, name="officer-changes-newer"),
]
