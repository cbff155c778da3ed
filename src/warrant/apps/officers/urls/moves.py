"""URLs of transfers, leaving, duplicates and what officers propose themselves."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
