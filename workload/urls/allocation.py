"""Addresses of allocation weeks: the board, plans, wishes, pairs, proposals."""

from django.urls import path

from cases.matters.addresses import about
from workload.views import allocation, allocation_setup, forecast, proposals

urlpatterns = [
    path("allocation/", allocation.allocation, name="allocation"),
    path("allocation/groups/<int:pk>/", allocation.board, name="allocation_board"),
    path("allocation/groups/<int:pk>/give/", allocation.give, name="allocation_give"),
    path("allocation/groups/<int:pk>/week/", allocation_setup.week, name="allocation_week"),
    path("allocation/groups/<int:pk>/pairs/", allocation_setup.pairs, name="allocation_pairs"),
    path("allocation/pairs/<int:pk>/end/", allocation_setup.pair_end, name="allocation_pair_end"),
    path("allocation/groups/<int:pk>/propose/", proposals.propose, name="allocation_propose"),
    path("allocation/proposals/<int:pk>/", proposals.proposal, name="allocation_proposal"),
    path(
        "allocation/proposals/<int:pk>/accept/",
        proposals.accept,
        name="allocation_proposal_accept",
    ),
    path("forecast/", forecast.forecast, name="forecast"),
    *about(
        "investigation",
        path("investigations/<int:pk>/pair/", allocation.plan, name="investigation_pair"),
        path("investigations/<int:pk>/effect/", allocation.effect, name="investigation_effect"),
        path(
            "investigations/<int:pk>/wishes/", allocation_setup.wishes, name="investigation_wishes"
        ),
    ),
    path(
        "allocation/wishes/<int:pk>/withdraw/", allocation_setup.wish_withdraw, name="wish_withdraw"
    ),
]
