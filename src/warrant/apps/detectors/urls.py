"""URLs of findings."""

from django.urls import path

from warrant.apps.detectors import views
from warrant.apps.exports.views import export_view
from warrant.core.access import Permission

urlpatterns = [
    path("findings/", views.finding_overview, name="finding-overview"),
    path("findings/list/", views.finding_list, name="finding-list"),
    path("findings/look/", views.finding_look, name="finding-look"),
    path("findings/export/", export_view("findings", Permission.OFFICER_EXPORT), name="finding-export"),
    path("findings/case-figures/", views.case_figures_list, name="case-figures-list"),
    path("findings/case-figures/new/", views.case_figures_new, name="case-figures-new"),
    path("findings/<int:pk>/", views.finding_detail, name="finding-detail"),
    path("findings/<int:pk>/assign/", views.finding_assign, name="finding-assign"),
    path("findings/<int:pk>/put-back/", views.finding_put_back, name="finding-put-back"),
    path("findings/<int:pk>/close/", views.finding_close, name="finding-close"),
]

ministry_urlpatterns = [path("findings/", views.finding_provinces, name="finding-provinces")]
