"""URLs of the live feed of changes."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
