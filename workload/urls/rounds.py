"""Addresses of the Stockholm model, measurements, reviews, temperatures, and their settings."""

from django.urls import path
from django.urls.resolvers import URLPattern

from workload.views import measurements, meetings, reviews, surveys

urlpatterns: list[URLPattern] = [
    path("workload/survey/", surveys.survey, name="survey"),
    path("workload/survey/results/", surveys.survey_results, name="survey_results"),
    path("workload/survey/<int:pk>/", surveys.survey_answer, name="survey_answer"),
    path("workload/survey/<int:pk>/team/", surveys.survey_team, name="survey_team"),
    path("workload/survey/answers/<int:pk>/plan/", surveys.plan_offer, name="plan_offer"),
    path("workload/plans/<int:pk>/", surveys.plan, name="plan"),
    path("workload/plans/follow-ups/<int:pk>/", surveys.plan_follow_up, name="plan_follow_up"),
    path("workload/measurements/", measurements.measurements, name="measurements"),
    path(
        "workload/measurements/<int:pk>/",
        measurements.measurement_answer,
        name="measurement_answer",
    ),
    path(
        "workload/measurements/<int:pk>/team/",
        measurements.measurement_team,
        name="measurement_team",
    ),
    path(
        "workload/measurements/points/<int:pk>/",
        measurements.measurement_points,
        name="measurement_points",
    ),
    path("workload/reviews/", reviews.reviews, name="reviews"),
    path("workload/reviews/<int:pk>/", reviews.review, name="review"),
    path("workload/reviews/with/<int:pk>/", reviews.review_hold, name="review_hold"),
    path(
        "workload/reviews/tasks/<int:pk>/done/", reviews.review_task_done, name="review_task_done"
    ),
    path("workload/temperature/", meetings.temperatures, name="temperatures"),
    path("workload/temperature/<int:pk>/", meetings.temperature_take, name="temperature_take"),
    path("workload/rounds/", meetings.rounds_run, name="rounds_run"),
    path("workload/rounds/<int:pk>/survey/", meetings.survey_open, name="survey_open"),
    path(
        "workload/rounds/<int:pk>/measurement/",
        measurements.measurement_open,
        name="measurement_open",
    ),
    path("workload/rounds/<int:pk>/months/", meetings.rounds_months, name="rounds_months"),
    path("workload/rounds/<int:pk>/event/", meetings.event_mark, name="event_mark"),
    path("workload/rounds/events/<int:pk>/remove/", meetings.event_unmark, name="event_unmark"),
]
