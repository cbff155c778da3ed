"""URLs of the officer and roster pages."""

from warrant.apps.officers.urls import exports, feed, listing, moves, record, rosters

urlpatterns = [
    *listing.urlpatterns,
    *record.urlpatterns,
    *moves.urlpatterns,
    *exports.urlpatterns,
    *feed.urlpatterns,
    *rosters.urlpatterns,
]
