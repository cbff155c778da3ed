"""URLs of training."""

from django.urls import path

from warrant.apps.exports.views import export_view
from warrant.apps.training import views
from warrant.apps.training.views import classes, closing, correcting, lessons, people, programmes, supervising
from warrant.core.access import Permission

urlpatterns = [
    path("training/assign/", views.assign, name="training-assign"),
    path("training/assignments/<int:pk>/withdraw/", views.assignment_withdraw, name="training-withdraw"),
    path("training/records/<int:pk>/correct/", views.training_correct, name="training-correct"),
    path("officers/<int:pk>/training/new/", views.new_training, name="training-new"),
    path("training/short/", supervising.training_short, name="training-short"),
    path("training/short/units/", supervising.training_short_units, name="training-short-units"),
    path(
        "training/short/export/",
        export_view("training-short", Permission.OFFICER_EXPORT),
        name="training-short-export",
    ),
    path("training/supervision/", supervising.training_supervision, name="training-supervision"),
    path("programmes/", programmes.programme_list, name="programme-list"),
    path("programmes/new/", programmes.programme_new, name="programme-new"),
    path("programmes/<int:pk>/", programmes.programme_detail, name="programme-detail"),
    path("programmes/<int:pk>/close/", programmes.programme_close, name="programme-close"),
    path("classes/", classes.class_list, name="class-list"),
    path("classes/new/", classes.class_new, name="class-new"),
    path("classes/enrol/", people.class_enrol, name="class-enrol"),
    path("classes/export/", export_view("classes", Permission.OFFICER_EXPORT), name="class-list-export"),
    path(
        "classes/people/export/",
        export_view("class-people", Permission.OFFICER_EXPORT),
        name="class-people-export",
    ),
    path("classes/<int:pk>/", classes.class_detail, name="class-detail"),
    path("classes/<int:pk>/sessions/new/", lessons.session_new, name="session-new"),
    path("classes/<int:pk>/sessions/<int:session>/remove/", lessons.session_remove, name="session-remove"),
    path("classes/<int:pk>/sessions/<int:session>/sheet/", lessons.session_sheet, name="session-sheet"),
    path("classes/<int:pk>/places/", lessons.class_places, name="class-places"),
    path("classes/<int:pk>/people/", people.class_people, name="class-people"),
    path(
        "classes/<int:pk>/people/<int:enrolment>/remove/",
        people.participant_remove,
        name="participant-remove",
    ),
    path("classes/<int:pk>/attendance/", people.class_attendance, name="class-attendance"),
    path("classes/<int:pk>/hand-in/", closing.class_hand_in, name="class-hand-in"),
    path("classes/<int:pk>/confirm/", closing.class_confirm, name="class-confirm"),
    path("classes/<int:pk>/return/", closing.class_return, name="class-return"),
    path("classes/<int:pk>/cancel/", closing.class_cancel, name="class-cancel"),
    path("classes/<int:pk>/correct/", correcting.class_correct, name="class-correct"),
    path("hours-corrections/<int:pk>/", correcting.hours_correction, name="hours-correction"),
    path(
        "hours-corrections/<int:pk>/decide/",
        correcting.hours_correction_decide,
        name="hours-correction-decide",
    ),
    path(
        "hours-corrections/<int:pk>/withdraw/",
        correcting.hours_correction_withdraw,
        name="hours-correction-withdraw",
    ),
]
