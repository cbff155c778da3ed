"""URLs of annual reviews."""

from django.urls import path

from warrant.apps.reviews import views

urlpatterns = [
    path("reviews/", views.review_list, name="review-list"),
    path("reviews/<int:year>/", views.review_campaign, name="review-campaign"),
    path("reviews/<int:year>/propose/", views.review_propose, name="review-propose"),
    path("reviews/<int:year>/look-again/", views.review_look_again, name="review-look-again"),
    path("reviews/lines/<int:pk>/", views.review_line, name="review-line"),
    path("reviews/lines/<int:pk>/propose/", views.review_line_propose, name="review-line-propose"),
    path("reviews/batches/<int:pk>/", views.review_batch, name="review-batch"),
]

ministry_urlpatterns = [path("reviews/", views.review_provinces, name="review-provinces")]
