"""URLs that every node has."""

from django.urls import path

from warrant.apps.foundation import views

urlpatterns = [
    path("", views.home, name="home"),
    path("language/", views.set_language, name="set-language"),
    path("healthz", views.healthz, name="healthz"),
    path("components/", views.components_page, name="components"),
]
