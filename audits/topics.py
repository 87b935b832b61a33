"""What the self-audits have to tell people, for `cases.notices.topics`: sentences without names."""

from django.utils.translation import gettext_lazy as _

from cases.notices.topics import Topic

LOG_CHECK_OPENED = "log_check_opened"
LOG_CHECK_REVIEWER = "log_check_reviewer"
TRAIL_BROKEN = "trail_broken"

TOPICS: dict[str, Topic] = {
    LOG_CHECK_OPENED: Topic(
        _("Last month's log check is drawn and waits for you"),
        "log_check",
        look=("shield-check", "info"),
    ),
    LOG_CHECK_REVIEWER: Topic(
        _("You have been named second reviewer of a log check"),
        "log_check",
        look=("shield-check", "info"),
    ),
    TRAIL_BROKEN: Topic(
        _("The trail is not as it was written: ask those who run the system to verify it"),
        "home",
        look=("exclamation-octagon-fill", "late"),
        takes_id=False,
    ),
}
