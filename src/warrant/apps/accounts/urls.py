"""URLs of the account pages."""

from django.urls import path

from warrant.apps.accounts.views import accounts, delegations, leaves

urlpatterns = [
    path("account/sign-in/", accounts.sign_in, name="sign-in"),
    path("account/sign-out/", accounts.sign_out, name="sign-out"),
    path("account/password/", accounts.change_password, name="change-password"),
    path("accounts/", accounts.account_list, name="account-list"),
    path("accounts/new/", accounts.account_open, name="account-open"),
    path("accounts/<int:account_id>/", accounts.account_detail, name="account-detail"),
    path("accounts/<int:account_id>/roles/", accounts.role_assign, name="account-role-assign"),
    path(
        "accounts/<int:account_id>/roles/<int:assignment_id>/withdraw/",
        accounts.role_withdraw,
        name="account-role-withdraw",
    ),
    path("accounts/<int:account_id>/password/", accounts.password_reset, name="account-password-reset"),
    path("accounts/<int:account_id>/disable/", accounts.account_disable, name="account-disable"),
    path("delegations/", delegations.delegation_list, name="delegation-list"),
    path("delegations/new/", delegations.delegation_new, name="delegation-new"),
    path("leaves/new/", leaves.leave_new, name="leave-new"),
    path("leaves/<int:pk>/end/", leaves.leave_end, name="leave-end"),
    path("delegations/<int:pk>/<slug:action>/", delegations.delegation_act, name="delegation-act"),
]
