"""Addresses of the filing app: the register is the ministry's, the requests are a province's."""

from __future__ import annotations

from django.urls import path

from warrant.apps.exports.views import export_view
from warrant.apps.filing import views
from warrant.core.access import Permission

_STATISTICS = [
    path("filings/statistics/", views.filing_statistics, name="filing-statistics"),
    path("filings/statistics/list/", views.filing_statistics_list, name="filing-statistics-list"),
    path(
        "filings/statistics/export/",
        export_view("filing-figures", Permission.FILING_VIEW),
        name="filing-statistics-export",
    ),
    path(
        "filings/statistics/list/export/",
        export_view("filings", Permission.FILING_VIEW),
        name="filing-statistics-list-export",
    ),
]

ministry_urlpatterns = [
    *_STATISTICS,
    path("filings/", views.filing_list, name="filing-list"),
    path("filings/accept/", views.filing_accept, name="filing-accept"),
    path("filings/<int:filing_id>/", views.filing_detail, name="filing-detail"),
    path("filings/<int:filing_id>/paper/", views.filing_paper, name="filing-paper"),
    path("filings/<int:filing_id>/documents/", views.filing_documents_ask, name="filing-documents-ask"),
    path("filings/<int:filing_id>/<slug:action>/", views.filing_decide, name="filing-decide"),
]
"""The register of filings and the decisions on it."""

province_urlpatterns = [
    *_STATISTICS,
    path(
        "filing-requests/<str:number>/<int:request_id>/paper/",
        views.filing_receipt_paper,
        name="filing-receipt-paper",
    ),
    path("filing-documents/<int:pk>/", views.filing_documents, name="filing-documents"),
    path("filing-requests/<str:number>/", views.filing_request, name="filing-request"),
    path(
        "filing-requests/<str:number>/<int:request_id>/receipt/", views.filing_receipt, name="filing-receipt"
    ),
]
"""What became of an application at the ministry, with its receipt."""

urlpatterns: list = []
