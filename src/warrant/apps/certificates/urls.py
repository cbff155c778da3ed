"""URLs of the certificates app."""

from django.urls import path

from warrant.apps.certificates import views

urlpatterns = [
    path("certificates/", views.certificate_list, name="certificate-list"),
    path("certificates/<str:number>/", views.certificate_detail, name="certificate-detail"),
    path("certificates/<str:number>/<slug:action>/", views.certificate_act, name="certificate-act"),
]
