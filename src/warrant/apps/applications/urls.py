"""URLs of applications."""

from django.urls import path

from warrant.apps.applications import views

urlpatterns = [
    path("applications/", views.application_list, name="application-list"),
    path("officers/<int:pk>/application/new/", views.application_new, name="application-new"),
    path("applications/<str:number>/", views.application_detail, name="application-detail"),
    path("applications/<str:number>/statement/", views.application_statement, name="application-statement"),
    path("applications/<str:number>/<slug:action>/", views.application_act, name="application-act"),
]
