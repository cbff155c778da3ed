"""URLs of exports and printed forms."""

from django.urls import URLPattern, path

from warrant.apps.exports.views import export_view
from warrant.core.access import Permission

urlpatterns: list[URLPattern] = [
    path("officers/export/", export_view("officers", Permission.OFFICER_EXPORT), name="officer-export"),
]
