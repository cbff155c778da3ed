"""URLs of the card centre."""

from django.urls import path, re_path

from warrant.apps.cardcentre.views import (
    balance,
    batches,
    box,
    designs,
    destructions,
    hand_over,
    key_sets,
    keys,
    movements,
    printing,
    station,
    stock,
    visits,
)

design_urlpatterns = [
    path("card-designs/", designs.card_design_list, name="card-designs"),
    path("card-designs/<int:design>.pdf", designs.card_design_sheet, name="card-design-sheet"),
    path(
        "card-designs/drafts/<int:pk>/<int:design>.pdf",
        designs.card_design_draft_sheet,
        name="card-design-draft-sheet",
    ),
]
"""The common face: the ministry sets it, everybody who reads regulations sees it."""

key_urlpatterns = [
    path("keys/", keys.key_act_list, name="key-acts"),
    path("keys/propose/<slug:kind>/", keys.key_act_propose, name="key-act-propose"),
    path("keys/<int:pk>/", keys.key_act_detail, name="key-act-detail"),
    re_path(
        r"^keys/(?P<pk>[0-9]{1,18})/(?P<decision>acknowledge|confirm)/$",
        keys.key_act_decide,
        name="key-act-decide",
    ),
    path("keys/<int:pk>/record.pdf", key_sets.key_act_record, name="key-act-record"),
    path("keys/versions/<int:pk>/", key_sets.key_set_detail, name="key-set-detail"),
    path("keys/versions/<int:pk>/<slug:kind>/", key_sets.key_set_change, name="key-set-change"),
    path("keys/<int:pk>/reject/", keys.key_act_reject, name="key-act-reject"),
]
"""What a ministry offers too: it keeps keys and makes no cards."""

urlpatterns = [
    path("card-centre/", station.card_centre, name="card-centre"),
    path("card-centre/readers/", station.card_readers_state, name="card-readers"),
    path("card-centre/start/", station.card_job_start, name="card-job-start"),
    path("card-centre/take/", station.card_batch_take, name="card-batch-take"),
    path("card-centre/batches/<int:pk>/put-back/", station.card_batch_put_back, name="card-batch-put-back"),
    path("card-centre/visit/", visits.card_visit, name="card-visit"),
    path("card-centre/box/", box.card_box, name="card-box"),
    path("card-jobs/<int:pk>/", station.card_job_detail, name="card-job-detail"),
    path("card-jobs/<int:pk>/resume/", station.card_job_resume, name="card-job-resume"),
    path("card-jobs/<int:pk>/pass/", station.card_job_pass, name="card-job-pass"),
    path("card-jobs/<int:pk>/spoil/", station.card_job_spoil, name="card-job-spoil"),
    path("card-jobs/<int:pk>/erase/", station.card_job_erase, name="card-job-erase"),
    path("cards/", stock.card_stock, name="card-stock"),
    path("cards/receive/", batches.card_receive, name="card-receive"),
    path("card-batches/", batches.card_batch_list, name="card-batches"),
    path("card-batches/<int:pk>/", batches.card_batch_detail, name="card-batch-detail"),
    path("card-batches/<int:pk>/count/", batches.card_batch_count, name="card-batch-count"),
    path("card-batches/<int:pk>/settle/", batches.card_batch_settle, name="card-batch-settle"),
    path("card-movements/", movements.card_movement_list, name="card-movements"),
    path("card-movements/new/", movements.card_movement_new, name="card-movement-new"),
    path("card-movements/<int:pk>/", movements.card_movement_detail, name="card-movement-detail"),
    path("card-movements/<int:pk>/take/", movements.card_movement_take, name="card-movement-take"),
    path("card-movements/<int:pk>/refuse/", movements.card_movement_refuse, name="card-movement-refuse"),
    path("card-destructions/", destructions.card_destruction_list, name="card-destructions"),
    path("card-destructions/new/", destructions.card_destruction_new, name="card-destruction-new"),
    path("card-destructions/<int:pk>/", destructions.card_destruction_detail, name="card-destruction-detail"),
    path(
        "card-destructions/<int:pk>/witness/",
        destructions.card_destruction_witness,
        name="card-destruction-witness",
    ),
    path(
        "card-destructions/<int:pk>/withdraw/",
        destructions.card_destruction_withdraw,
        name="card-destruction-withdraw",
    ),
    path(
        "card-destructions/<int:pk>/record.pdf",
        destructions.card_destruction_record,
        name="card-destruction-record",
    ),
    path("card-balance/", balance.card_balance, name="card-balance"),
    path("card-balance/close/<int:pk>/", balance.stock_day_close, name="stock-day-close"),
    path("card-balance/days/", balance.stock_day_list, name="stock-days"),
    path("card-balance/days/<int:pk>/", balance.stock_day_detail, name="stock-day-detail"),
    path("card-balance/days/<int:pk>/confirm/", balance.stock_day_confirm, name="stock-day-confirm"),
    path("card-balance/days/<int:pk>/reject/", balance.stock_day_reject, name="stock-day-reject"),
    path("card-stores/", movements.card_store_list, name="card-stores"),
    path("card-stores/<int:pk>/close/", movements.card_store_close, name="card-store-close"),
    path("cards/<str:serial>/", stock.card_detail, name="card-detail"),
    path("cards/<str:serial>/take-back/", stock.card_take_back, name="card-take-back"),
    path("cards/<str:serial>/find/", stock.card_find, name="card-find"),
    path("cards/<str:serial>/spoil/", stock.card_spoil, name="card-spoil"),
    path("card-faces/made.pdf", printing.card_faces_made, name="card-faces-made"),
    path("card-faces/<str:number>.pdf", printing.card_face, name="card-face"),
    path("hand-over/", hand_over.card_hand_over_list, name="card-hand-over-list"),
    path("hand-over/<str:number>/", hand_over.card_hand_over, name="card-hand-over"),
    *design_urlpatterns,
    *key_urlpatterns,
]
