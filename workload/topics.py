"""What the workload area has to tell people, for `cases.topics`: sentences without names."""

from django.utils.translation import gettext_lazy as _

from cases.topics import Topic

TOPICS: dict[str, Topic] = {
    "workload.warning": Topic(
        _("A load in your group asks for something"),
        view="workload_warnings",
        look=("exclamation-triangle", "soon"),
        takes_id=False,
    ),
}
