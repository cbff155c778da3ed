"""URLs of exports and printed forms."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
