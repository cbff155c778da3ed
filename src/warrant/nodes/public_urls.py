"""URLs of the public site. Its own first page stands before that of the other nodes."""

from __future__ import annotations

from django.urls import include, path

from warrant.apps.foundation import views

urlpatterns = [
    path("", include("warrant.apps.publication.urls")),
    path("language/", views.set_language, name="set-language"),
    path("healthz", views.healthz, name="healthz"),
]

handler400 = "warrant.apps.foundation.views.bad_request"
handler403 = "warrant.apps.foundation.views.forbidden"
handler404 = "warrant.apps.publication.views.not_found"
handler500 = "warrant.apps.foundation.views.server_error"
