"""What the workload area has to tell people, for `cases.notices.topics`: sentences without
names."""

from django.utils.translation import gettext_lazy as _

from cases.notices.topics import Topic

TOPICS: dict[str, Topic] = {
    "workload.warning": Topic(
        _("A load in your group asks for something"),
        view="workload_warnings",
        look=("exclamation-triangle", "soon"),
        takes_id=False,
    ),
    "survey_open": Topic(
        _("The Stockholm model is open: give your answer"),
        "survey_answer",
        look=("info-circle", "info"),
    ),
    "survey_remind": Topic(
        _("The Stockholm model closes soon and waits for your answer"),
        "survey_answer",
        look=("hourglass-split", "soon"),
    ),
    "survey_plans": Topic(
        _("Somebody in your group is to be offered an action plan"),
        "survey_team",
        look=("clipboard-heart", "soon"),
    ),
    "plan_offered": Topic(
        _("You have been offered an action plan"), "plan", look=("clipboard-heart", "info")
    ),
    "measurement_open": Topic(
        _("The workload measurement is open: check your points"),
        "measurement_answer",
        look=("speedometer2", "info"),
    ),
    "measurement_remind": Topic(
        _("The workload measurement closes soon and waits for you"),
        "measurement_answer",
        look=("hourglass-split", "soon"),
    ),
    "review_held": Topic(
        _("A case review with you has been written down"), "review", look=("journal-check", "info")
    ),
    "review_task": Topic(
        _("A task from a case review is soon due"), "review", look=("list-check", "soon")
    ),
    "plan_follow_up": Topic(
        _("An action plan is to be followed up"), "plan_follow_up", look=("clipboard-check", "soon")
    ),
}
