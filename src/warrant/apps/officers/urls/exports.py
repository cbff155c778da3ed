"""URLs of exports and printed forms."""

from django.urls import URLPattern, path

from warrant.apps.exports.views import export_view
from warrant.apps.officers.views.exports import officer_sheet, own_sheet
from warrant.core.access import Permission

urlpatterns: list[URLPattern] = [
    path("officers/export/", export_view("officers", Permission.OFFICER_EXPORT), name="officer-export"),
    path("officers/<int:pk>/sheet/", officer_sheet, name="officer-sheet"),
    path("own/sheet/", own_sheet, name="own-sheet"),
]
