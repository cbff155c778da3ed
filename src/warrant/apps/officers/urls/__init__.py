"""URLs of the officer pages."""

from warrant.apps.officers.urls import exports, feed, listing, moves, record

urlpatterns = [
    *listing.urlpatterns,
    *record.urlpatterns,
    *moves.urlpatterns,
    *exports.urlpatterns,
    *feed.urlpatterns,
]
