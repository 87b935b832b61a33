"""Addresses of loads, weights, staffing and warnings, all below `workload/`."""

from django.urls import path

from cases.matters.addresses import about
from workload.views import cases, loads, staffing, turnover, warnings, weights

urlpatterns = [
    path("", loads.workload, name="workload"),
    path("groups/", loads.groups, name="workload_groups"),
    path("mine/", loads.own, name="workload_own"),
    path("people/<int:pk>/", loads.person, name="workload_person"),
    *about(
        "matter",
        path("cases/<int:pk>/", cases.case, name="workload_case"),
        path("cases/<int:pk>/contacts/new/", cases.contact_add, name="workload_contact_add"),
    ),
    path("contacts/<int:pk>/withdraw/", cases.contact_withdraw, name="workload_contact_withdraw"),
    path("weights/", weights.weight_sets, name="weight_sets"),
    path("weights/begin/<int:pk>/", weights.weight_set_begin, name="weight_set_begin"),
    path("weights/<int:pk>/", weights.weight_set, name="weight_set"),
    path("weights/<int:pk>/use/", weights.weight_set_use, name="weight_set_use"),
    path("weights/<int:pk>/discard/", weights.weight_set_discard, name="weight_set_discard"),
    path("weights/<int:pk>/factors/<slug:code>/", weights.weight_factor, name="weight_factor"),
    path(
        "weights/<int:pk>/factors/<slug:code>/remove/",
        weights.weight_factor_remove,
        name="weight_factor_remove",
    ),
    path("reductions/", staffing.reductions, name="reductions"),
    path("reductions/new/", staffing.reduction_add, name="reduction_add"),
    path("reductions/<int:pk>/end/", staffing.reduction_end, name="reduction_end"),
    path("competences/", staffing.competences, name="competences"),
    path("competences/new/", staffing.competence_add, name="competence_add"),
    path("competences/<int:pk>/end/", staffing.competence_end, name="competence_end"),
    path("introductions/", staffing.introductions, name="introductions"),
    path("introductions/new/", staffing.introduction_add, name="introduction_add"),
    path("introductions/<int:pk>/", staffing.introduction, name="introduction"),
    path(
        "introductions/<int:pk>/mentor/", staffing.introduction_mentor, name="introduction_mentor"
    ),
    path("warnings/", warnings.warnings, name="workload_warnings"),
    path("staffing/", turnover.turnover, name="staffing"),
    path("steps/<int:pk>/mark/", staffing.step_mark, name="introduction_step_mark"),
    path("steps/<int:pk>/change/", staffing.step_change, name="introduction_step_change"),
    path("steps/<int:pk>/remove/", staffing.step_remove, name="introduction_step_remove"),
]
