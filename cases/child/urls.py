"""Addresses of the child, of searching for one, and of putting right what is written of it."""

from django.urls import path
from django.urls.resolvers import URLPattern

from cases.child import correcting
from cases.child import views as child
from cases.matters.addresses import about

ONE = "children/<int:pk>/"
AROUND = ONE + "guardians/<int:guardian_pk>/"

urlpatterns: list[URLPattern] = [
    *about(
        "child",
        path(ONE, child.child, name="child"),
        path(ONE + "correct/", correcting.correct, name="child_correct"),
        path(ONE + "number/", correcting.number, name="child_number"),
        path(ONE + "birth/", correcting.birth, name="child_birth"),
        path(ONE + "death/", correcting.death, name="child_death"),
        path(ONE + "death/withdraw/", correcting.death_withdraw, name="child_death_withdraw"),
        path(ONE + "guardians/new/", correcting.guardian_add, name="child_guardian_add"),
        path(AROUND, correcting.guardian_change, name="child_guardian"),
        path(AROUND + "end/", correcting.guardian_end, name="child_guardian_end"),
        path(AROUND + "reopen/", correcting.guardian_reopen, name="child_guardian_reopen"),
        path(ONE + "merge/", correcting.merge, name="child_merge"),
        path(ONE + "merge/<int:other_pk>/", correcting.merge_with, name="child_merge_with"),
        path(ONE + "merge/<int:merge_pk>/undo/", correcting.merge_undo, name="child_merge_undo"),
    ),
    path("search/", child.search, name="search"),
]
