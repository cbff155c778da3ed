"""URLs of the audit ledger."""

from django.urls import path

from warrant.apps.audit import views

urlpatterns = [path("audit/", views.audit_list, name="audit-list")]
