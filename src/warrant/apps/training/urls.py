"""URLs of training and examinations."""

from django.urls import path

from warrant.apps.training import views

urlpatterns = [
    path("training/assign/", views.assign, name="training-assign"),
    path("training/assignments/<int:pk>/withdraw/", views.assignment_withdraw, name="training-withdraw"),
    path("training/records/<int:pk>/correct/", views.training_correct, name="training-correct"),
    path("officers/<int:pk>/training/new/", views.new_training, name="training-new"),
    path("officers/<int:pk>/examinations/new/", views.new_examination, name="examination-new"),
]
