"""URLs of doubles across provinces: the ministry decides, the province answers."""

from django.urls import URLPattern, path

from warrant.apps.officers.views import national

ministry_urlpatterns: list[URLPattern] = [
    path("duplicates/national/", national.national_duplicate_list, name="national-duplicates"),
    path("duplicates/national/<int:pk>/", national.national_duplicate_detail, name="national-duplicate"),
    path(
        "duplicates/national/<int:pk>/<slug:action>/",
        national.national_duplicate_act,
        name="national-duplicate-act",
    ),
]
province_urlpatterns: list[URLPattern] = [
    path("duplicates/reported/", national.reported_duplicate_list, name="reported-duplicates"),
    path("duplicates/reported/<int:pk>/", national.reported_duplicate_detail, name="reported-duplicate"),
]
