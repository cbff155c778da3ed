"""URLs of the list and of finding somebody."""

from django.urls import URLPattern, path

from warrant.apps.officers.views import listing, listing_parts

urlpatterns: list[URLPattern] = [
    path("officers/", listing.officer_list, name="officer-list"),
    path("officers/search/", listing.officer_search, name="officer-search"),
    path("officers/filters/", listing.officer_filters, name="officer-filters"),
    path("officers/units/", listing_parts.officer_units, name="officer-units"),
    path("officers/views/", listing_parts.officer_views, name="officer-views"),
    path("officers/views/save/", listing_parts.officer_view_save, name="officer-view-save"),
    path("officers/views/<int:pk>/delete/", listing_parts.officer_view_delete, name="officer-view-delete"),
    path("officers/columns/", listing_parts.officer_columns, name="officer-columns"),
]
