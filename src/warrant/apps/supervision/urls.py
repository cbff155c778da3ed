"""URLs of the statistics."""

from django.urls import URLPattern, path

from warrant.apps.supervision import views

urlpatterns: list[URLPattern] = [
    path("statistics/", views.statistics_overview, name="statistics-overview"),
    path("statistics/cross/", views.statistics_cross, name="statistics-cross"),
    path("statistics/people/", views.statistics_people, name="statistics-people"),
    path("statistics/flows/", views.statistics_flows, name="statistics-flows"),
    path("statistics/flows/people/", views.statistics_flow_people, name="statistics-flow-people"),
    path("statistics/export/", views.statistics_export, name="statistics-export"),
]

ministry_urlpatterns: list[URLPattern] = [
    path("year-figures/", views.year_figures, name="year-figures"),
    path("year-figures/<slug:node>/", views.year_figures_province, name="year-figures-province"),
]
"""What provinces told of training, examinations and assessments."""
