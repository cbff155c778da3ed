"""URLs of the background jobs, on nodes that have accounts."""

from django.urls import path

from warrant.apps.foundation import job_pages

urlpatterns = [
    path("jobs/", job_pages.job_list, name="job-list"),
    path("jobs/<int:pk>/", job_pages.job_detail, name="job-detail"),
    path("jobs/<int:pk>/cancel/", job_pages.job_cancel, name="job-cancel"),
]
