"""URLs of the certificates app."""

from django.urls import path

from warrant.apps.certificates import views
from warrant.apps.exports.views import export_view
from warrant.core.access import Permission

urlpatterns = [
    path("certificates/", views.certificate_list, name="certificate-list"),
    path(
        "certificates/export/",
        export_view("certificates", Permission.OFFICER_EXPORT),
        name="certificate-export",
    ),
    path("certificates/<str:number>/", views.certificate_detail, name="certificate-detail"),
    path(
        "certificates/<str:number>/loss-notice/",
        views.certificate_loss_notice,
        name="certificate-loss-notice",
    ),
    path(
        "certificates/<str:number>/notices/<int:entry>/<slug:kind>/",
        views.certificate_notice,
        name="certificate-notice",
    ),
    path("certificates/<str:number>/<slug:action>/", views.certificate_act, name="certificate-act"),
]
