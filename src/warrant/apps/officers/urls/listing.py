"""URLs of the list and of finding somebody."""

from django.urls import URLPattern, path

from warrant.apps.officers import views

urlpatterns: list[URLPattern] = [
    path("officers/", views.officer_list, name="officer-list"),
    path("officers/find/", views.officer_find, name="officer-find"),
]
