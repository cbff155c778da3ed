"""URLs of a province node."""

from __future__ import annotations

from django.urls import include, path

from warrant.apps.filing.urls import province_urlpatterns as filing_urlpatterns
from warrant.apps.officers.urls.national import province_urlpatterns as duplicate_urlpatterns

urlpatterns = [
    path("", include("warrant.apps.foundation.urls")),
    path("", include("warrant.apps.foundation.job_urls")),
    path("", include("warrant.apps.audit.urls")),
    path("", include("warrant.apps.organisations.urls")),
    path("", include("warrant.apps.accounts.urls")),
    path("", include("warrant.apps.regulations.urls")),
    path("", include("warrant.apps.exports.urls")),
    path("", include(duplicate_urlpatterns)),
    path("", include("warrant.apps.officers.urls")),
    path("", include("warrant.apps.rosters.urls")),
    path("", include("warrant.apps.training.urls")),
    path("", include("warrant.apps.examinations.urls")),
    path("", include("warrant.apps.assessments.urls")),
    path("", include("warrant.apps.eligibility.urls")),
    path("", include("warrant.apps.applications.urls")),
    path("", include("warrant.apps.certificates.urls")),
    path("", include("warrant.apps.reviews.urls")),
    path("", include("warrant.apps.cardcentre.urls")),
    path("", include("warrant.apps.detectors.urls")),
    path("", include(filing_urlpatterns)),
    path("", include("warrant.apps.supervision.urls")),
    path("", include("warrant.apps.exchange.urls")),
]

handler400 = "warrant.apps.foundation.views.bad_request"
handler403 = "warrant.apps.foundation.views.forbidden"
handler404 = "warrant.apps.foundation.views.not_found"
handler500 = "warrant.apps.foundation.views.server_error"
