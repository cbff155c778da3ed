"""URLs of the public site, and of the ministry's view of what is published."""

from django.urls import path, re_path

from warrant.apps.publication import api, views

urlpatterns = [
    path("", views.entry, name="public-entry"),
    path("c/<str:number>", views.certificate_answer, name="public-answer"),
    path("c/<str:number>/photo", views.certificate_photo, name="public-photo"),
    re_path(r"^[qQ]/(?P<text>[A-Za-z2-7 ]+)$", views.link_answer, name="public-link"),
    path(".well-known/warrant/keys", api.key_directory, name="public-keys"),
    path(".well-known/warrant/keys.json", api.key_directory_json, name="public-keys-json"),
    path("status-lists/<str:name>", api.status_list, name="public-status-list"),
    path("api/v1/certificates/<str:number>", api.certificate, name="public-certificate-api"),
]

ministry_urlpatterns = [path("published/", views.published_list, name="published-list")]
