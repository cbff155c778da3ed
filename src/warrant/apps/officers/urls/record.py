"""URLs of one officer's record."""

from django.urls import URLPattern, path

from warrant.apps.officers import views
from warrant.apps.officers.views import correcting, history, requests

urlpatterns: list[URLPattern] = [
    path("officers/new/", views.officer_enter, name="officer-enter"),
    path("officers/id-number/", views.id_number_reading, name="officer-id-reading"),
    path("officers/<int:pk>/", views.officer_detail, name="officer-detail"),
    path("officers/<int:pk>/glance/", views.officer_glance, name="officer-glance"),
    path("officers/<int:pk>/change/", views.officer_change, name="officer-change"),
    path("officers/<int:pk>/photo/", views.officer_photo, name="officer-photo"),
    path("officers/<int:pk>/photo/new/", views.officer_photo_upload, name="officer-photo-upload"),
    path("officers/<int:pk>/education/new/", views.officer_education_add, name="officer-education-add"),
    path(
        "officers/educations/<int:pk>/correct/",
        correcting.officer_education_correct,
        name="officer-education-correct",
    ),
    path("officers/<int:pk>/account/", views.officer_account_open, name="officer-account-open"),
    path("officers/<int:pk>/id-number/", views.officer_unmask, name="officer-unmask"),
    path("officers/<int:pk>/history/", history.officer_history, name="officer-history"),
    path("officers/<int:pk>/entries/<slug:kind>/new/", views.officer_entry_add, name="officer-entry-add"),
    path("officers/entries/<int:pk>/", views.officer_entry, name="officer-entry"),
    path("officers/entries/<int:pk>/correct/", views.officer_entry_correct, name="officer-entry-correct"),
    path("officers/entries/<int:pk>/withdraw/", views.officer_entry_withdraw, name="officer-entry-withdraw"),
    path("officers/<int:pk>/deletion/", requests.deletion_request, name="deletion-request"),
    path("officers/<int:pk>/id-number/correct/", requests.id_number_correction, name="id-number-correction"),
    path("record-requests/", requests.record_request_list, name="record-request-list"),
    path("record-requests/<int:pk>/", requests.record_request, name="record-request"),
    path("record-requests/<int:pk>/decide/", requests.record_request_decide, name="record-request-decide"),
    path(
        "record-requests/<int:pk>/withdraw/",
        requests.record_request_withdraw,
        name="record-request-withdraw",
    ),
    path("record-requests/<int:pk>/undo/", requests.record_request_undo, name="record-request-undo"),
    path("drafts/<slug:form>/<int:subject>/", views.draft_save, name="draft-save"),
    path("drafts/<slug:form>/<int:subject>/discard/", views.draft_discard, name="draft-discard"),
    path("own/", views.own_record, name="own-record"),
    path("own/history/", history.own_history, name="own-history"),
    path("documents/<int:pk>/", views.document_open, name="document-open"),
]
