"""URLs of the ministry node."""

from __future__ import annotations

from django.urls import include, path

from warrant.apps.cardcentre.urls import design_urlpatterns, key_urlpatterns
from warrant.apps.detectors.urls import ministry_urlpatterns as finding_urlpatterns
from warrant.apps.exchange.urls import link_urlpatterns
from warrant.apps.filing.urls import ministry_urlpatterns as filing_urlpatterns
from warrant.apps.officers.urls.national import ministry_urlpatterns as duplicate_urlpatterns
from warrant.apps.publication.urls import ministry_urlpatterns as publication_urlpatterns
from warrant.apps.reviews.urls import ministry_urlpatterns as review_urlpatterns
from warrant.apps.supervision.urls import ministry_urlpatterns as supervision_urlpatterns

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
    path("", include(filing_urlpatterns)),
    path("", include(review_urlpatterns)),
    path("", include(finding_urlpatterns)),
    path("", include(design_urlpatterns)),
    path("", include(key_urlpatterns)),
    path("", include(publication_urlpatterns)),
    path("", include(supervision_urlpatterns)),
    path("", include("warrant.apps.supervision.urls")),
    path("", include("warrant.apps.exchange.urls")),
    path("", include(link_urlpatterns)),
]

handler400 = "warrant.apps.foundation.views.bad_request"
handler403 = "warrant.apps.foundation.views.forbidden"
handler404 = "warrant.apps.foundation.views.not_found"
handler500 = "warrant.apps.foundation.views.server_error"
