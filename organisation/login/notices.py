"""Telling a person what has happened to their own sign-in: in the product, and by a bare mail."""

from __future__ import annotations

import logging
from datetime import datetime
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from core import dispatch
from core.calendar import in_stockholm
from organisation.enums import LoginEvent
from organisation.models import User

logger = logging.getLogger(__name__)


def tell(user: User, event: str, *, at: datetime) -> None:
    """Put a notice in the person's list (the setting LOGIN_NOTICE does) and send a mail after it.

    Sent by the worker; by this process only when the broker is away, for this mail is not made
    again by anything.
    """
    import_string(settings.LOGIN_NOTICE)(user.pk, event, at=at)

    def leave() -> None:
        if not dispatch.send("organisation.tasks.tell_of_login", user.pk, event, at.isoformat()):
            try:
                send(user.pk, event, at=at)
            except (OSError, SMTPException) as error:
                logger.warning("a mail about a sign-in was not sent: %s", type(error).__name__)

    transaction.on_commit(leave)


def send(user_id: int, event: str, *, at: datetime) -> bool:
    """Send the mail: what kind of thing and when, nobody's name, no address, no case."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not user.email:
        return False
    with translation.override(user.language):
        text = render_to_string(
            "organisation/mail/login_event.txt",
            {
                "event": LoginEvent(event).label,
                "when": date_format(in_stockholm(at), "j F Y H.i"),
                "link": settings.SITE_URL,
            },
        )
        subject = _("About your sign-in to Jämvikt")
    return bool(send_mail(subject, text, None, [user.email]))
