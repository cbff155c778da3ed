"""URLs of the live feed of changes, and of the list of looks at ID numbers."""

from django.urls import URLPattern, path

from warrant.apps.officers.views import feed, unmasking

urlpatterns: list[URLPattern] = [
    path("officers/changes/", feed.officer_changes, name="officer-changes"),
    path("officers/changes/newer/", feed.officer_changes_newer, name="officer-changes-newer"),
    path("audit/id-numbers/", unmasking.id_number_look_list, name="id-number-looks"),
]
