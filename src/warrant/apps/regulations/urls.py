"""Addresses of regulations."""

from django.urls import path

from warrant.apps.regulations.views import calendar, drafting, reading

urlpatterns = [
    path("work-calendar/", calendar.work_calendar, name="work-calendar"),
    path("work-calendar/<int:year>/", calendar.work_calendar, name="work-calendar-year"),
    path("regulations/", reading.regulation_list, name="regulation-list"),
    path("regulations/versions/<int:pk>/", reading.regulation_version, name="regulation-version"),
    path("regulations/versions/<int:pk>/heading/", drafting.regulation_heading, name="regulation-heading"),
    path("regulations/versions/<int:pk>/rest/", drafting.regulation_rest, name="regulation-rest"),
    path("regulations/versions/<int:pk>/line/", drafting.regulation_line, name="regulation-line"),
    path("regulations/versions/<int:pk>/line/new/", drafting.regulation_line_new, name="regulation-line-new"),
    path(
        "regulations/versions/<int:pk>/line/drop/", drafting.regulation_line_drop, name="regulation-line-drop"
    ),
    path(
        "regulations/versions/<int:pk>/line/restore/",
        drafting.regulation_line_restore,
        name="regulation-line-restore",
    ),
    path("regulations/versions/<int:pk>/rebase/", drafting.regulation_rebase, name="regulation-rebase"),
    path("regulations/versions/<int:pk>/act/<slug:action>/", drafting.regulation_act, name="regulation-act"),
    path("regulations/<slug:kind>/", reading.regulation_kind, name="regulation-kind"),
    path("regulations/<slug:kind>/draft/", drafting.regulation_draft, name="regulation-draft"),
    path("regulations/<slug:kind>/kept/<slug:digest>/", reading.regulation_kept, name="regulation-kept"),
]
