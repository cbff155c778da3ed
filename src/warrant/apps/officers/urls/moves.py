"""URLs of transfers, leaving, duplicates and what officers propose themselves."""

from django.urls import URLPattern, path

from warrant.apps.officers.views import leaving, pairs, proposals, transfers

urlpatterns: list[URLPattern] = [
    path("transfers/", transfers.transfer_list, name="transfer-list"),
    path("transfers/new/", transfers.transfer_request, name="transfer-request"),
    path("transfers/units/", transfers.transfer_units, name="transfer-units"),
    path("transfers/<int:pk>/", transfers.transfer_detail, name="transfer-detail"),
    path("transfers/<int:pk>/proof/", transfers.transfer_proof, name="transfer-proof"),
    path("transfers/<int:pk>/<slug:action>/", transfers.transfer_act, name="transfer-act"),
    path("officers/retiring/", leaving.officer_retiring, name="officer-retiring"),
    path("officers/<int:pk>/leave/", leaving.officer_leave, name="officer-leave"),
    path("officers/leavings/", leaving.planned_leaving_list, name="planned-leavings"),
    path("officers/leavings/<int:pk>/cancel/", leaving.leaving_cancel, name="leaving-cancel"),
    path("officers/<int:pk>/return/", leaving.officer_return, name="officer-return"),
    path("officers/<int:pk>/transfer/", transfers.transfer_propose, name="transfer-propose"),
    path("duplicates/", pairs.duplicate_list, name="duplicate-list"),
    path("duplicates/scan/", pairs.duplicate_scan, name="duplicate-scan"),
    path("duplicates/<int:pk>/", pairs.duplicate_detail, name="duplicate-detail"),
    path("duplicates/<int:pk>/merge/", pairs.duplicate_merge, name="duplicate-merge"),
    path("duplicates/<int:pk>/confirm/", pairs.duplicate_confirm, name="duplicate-confirm"),
    path("duplicates/<int:pk>/<slug:action>/", pairs.duplicate_act, name="duplicate-act"),
    path("own/correction/", proposals.own_correction, name="own-correction"),
    path("proposals/<int:pk>/", proposals.proposal_detail, name="proposal-detail"),
    path("proposals/<int:pk>/answer/", proposals.proposal_answer, name="proposal-answer"),
    path("proposals/<int:pk>/withdraw/", proposals.proposal_withdraw, name="proposal-withdraw"),
]
