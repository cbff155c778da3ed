"""URLs of the certificates app."""

from django.urls import path

from warrant.apps.certificates.views import certificate, listing
from warrant.apps.exports.views import export_view
from warrant.core.access import Permission

urlpatterns = [
    path("certificates/", listing.certificate_list, name="certificate-list"),
    path("certificates/views/", listing.certificate_views, name="certificate-views"),
    path("certificates/views/save/", listing.certificate_view_save, name="certificate-view-save"),
    path(
        "certificates/views/<int:pk>/delete/", listing.certificate_view_delete, name="certificate-view-delete"
    ),
    path("certificates/columns/", listing.certificate_columns, name="certificate-columns"),
    path(
        "certificates/export/",
        export_view("certificates", Permission.OFFICER_EXPORT),
        name="certificate-export",
    ),
    path("certificates/<str:number>/", certificate.certificate_detail, name="certificate-detail"),
    path(
        "certificates/<str:number>/loss-notice/",
        certificate.certificate_loss_notice,
        name="certificate-loss-notice",
    ),
    path(
        "certificates/<str:number>/notices/<int:entry>/<slug:kind>/",
        certificate.certificate_notice,
        name="certificate-notice",
    ),
    path("certificates/<str:number>/<slug:action>/", certificate.certificate_act, name="certificate-act"),
]
