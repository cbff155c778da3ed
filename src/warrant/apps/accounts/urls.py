"""URLs of the account pages."""

from django.urls import path

from warrant.apps.accounts import views

urlpatterns = [
    path("account/sign-in/", views.sign_in, name="sign-in"),
    path("account/sign-out/", views.sign_out, name="sign-out"),
    path("account/password/", views.change_password, name="change-password"),
]
