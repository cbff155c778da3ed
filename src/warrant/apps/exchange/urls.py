"""Addresses of the exchange."""

from __future__ import annotations

from django.urls import path

from warrant.apps.exchange import api, views

link_urlpatterns = [
    path("exchange/v1/logs/<slug:node>/append", views.append, name="exchange-append"),
    path("exchange/v1/logs/<slug:log_name>/read", views.read, name="exchange-read"),
]
"""What a node that is called by others answers: the ministry."""

urlpatterns = [
    path("exchange/", views.status, name="exchange-status"),
    path("metrics", api.metrics, name="exchange-metrics"),
]
