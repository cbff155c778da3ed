"""URLs of the account pages."""

from django.urls import path

from warrant.apps.accounts import views

urlpatterns = [
    path("account/sign-in/", views.sign_in, name="sign-in"),
    path("account/sign-out/", views.sign_out, name="sign-out"),
    path("account/password/", views.change_password, name="change-password"),
    path("accounts/", views.account_list, name="account-list"),
    path("accounts/new/", views.account_open, name="account-open"),
    path("accounts/<int:account_id>/", views.account_detail, name="account-detail"),
    path("accounts/<int:account_id>/roles/", views.role_assign, name="account-role-assign"),
    path(
        "accounts/<int:account_id>/roles/<int:assignment_id>/withdraw/",
        views.role_withdraw,
        name="account-role-withdraw",
    ),
    path("accounts/<int:account_id>/password/", views.password_reset, name="account-password-reset"),
    path("accounts/<int:account_id>/disable/", views.account_disable, name="account-disable"),
]
