"""URLs of the public site."""

from __future__ import annotations

from django.urls import path

from warrant.apps.foundation import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("language/", views.set_language, name="set-language"),
]
