"""The morning's mail: what stands waiting, in figures alone, with a link to the start page.

One mail a person and working day, made all at once in the morning. It counts what the person
answers for: handlers their own matters, group leaders their group's, unit heads their unit's. Who
is away gets none when a stand-in is at work; the stand-in's mail counts their matters too.

No mail is sent twice. It is claimed before it is handed to the mail server and marked as sent
after. A server that is away, or says no, gives the claim back, and the mail is tried again. If the
worker dies between the two, nobody knows whether it left, and it is not sent again: what it says
also stands in the notices, and the next morning's mail says it anew. The claim is taken only when
the server has answered, so that the gap is the moment of handing over and no longer.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date, datetime
from smtplib import SMTPException, SMTPResponseException
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from cases.deadlines.sweep import PEOPLE
from cases.notices.models import Digest
from cases.provisions.lookup import BLOCKED
from core.wording import day as day_in_words

DAYS_AHEAD = 7

# Held while the morning's mails are made, so that two workers do not make them at once.
MAKING = 0x6A616D76

MAKE = f"""
WITH {PEOPLE},
{BLOCKED},
waiting AS (
    SELECT d.* FROM cases_deadline d
    WHERE d.met_on IS NULL AND d.cancelled_on IS NULL AND d.missed_on IS NULL
      AND d.due_on <= %(on)s + %(ahead)s
),
answering AS (
    SELECT w.id, h.user_id
    FROM waiting w
    JOIN cases_matterworker h ON h.matter_id = w.matter_id
    WHERE h.from_on <= %(on)s AND (h.until_on IS NULL OR h.until_on >= %(on)s)
    UNION ALL
    SELECT w.id, h.user_id
    FROM waiting w
    JOIN held h ON (h.node_id = w.group_id AND h.role = 'group_leader')
    UNION ALL
    SELECT w.id, h.user_id
    FROM waiting w
    JOIN held h ON (h.node_id = w.unit_id AND h.role = 'unit_head')
),
own AS (
    SELECT DISTINCT t.recipient_id, a.id
    FROM answering a
    JOIN told t USING (user_id)
    JOIN waiting w ON w.id = a.id
    LEFT JOIN blocked b ON b.staff_id = t.recipient_id AND b.child_id = w.child_id
    WHERE b.child_id IS NULL
),
figures AS (
    SELECT recipient_id,
           count(*) FILTER (WHERE w.due_on < %(on)s) AS overdue,
           count(*) FILTER (WHERE w.due_on = %(on)s) AS due_today,
           count(*) FILTER (WHERE w.due_on > %(on)s) AS due_soon
    FROM own JOIN waiting w USING (id)
    GROUP BY recipient_id
),
notice AS (  -- of which child; of none for those of sign-ins and of other areas
    SELECT n.recipient_id,
           coalesce(e.child_id, m.child_id, d.child_id) AS child_id
    FROM cases_notice n
    LEFT JOIN cases_emergencyaccess e ON e.id = n.emergency_id
    LEFT JOIN cases_matter m ON m.id = n.matter_id
    LEFT JOIN cases_deadline d ON d.id = n.deadline_id
    WHERE n.read_at IS NULL
),
news AS (
    SELECT n.recipient_id, count(*) AS unread
    FROM notice n
    LEFT JOIN blocked b ON b.staff_id = n.recipient_id AND b.child_id = n.child_id
    WHERE b.child_id IS NULL
    GROUP BY n.recipient_id
),
opened AS (  -- in an emergency, and not reviewed yet: the unit head's
    SELECT t.recipient_id, count(DISTINCT e.id) AS emergencies
    FROM cases_emergencyaccess e
    JOIN held h ON h.node_id = e.unit_id AND h.role = 'unit_head'
    JOIN told t ON t.user_id = h.user_id
    LEFT JOIN blocked b ON b.staff_id = t.recipient_id AND b.child_id = e.child_id
    WHERE e.reviewed_at IS NULL AND e.user_id <> t.recipient_id AND b.child_id IS NULL
    GROUP BY t.recipient_id
)
INSERT INTO cases_digest
    (recipient_id, day, overdue, due_today, due_soon, emergencies, unread)
SELECT u.id, %(on)s, coalesce(f.overdue, 0), coalesce(f.due_today, 0), coalesce(f.due_soon, 0),
       coalesce(o.emergencies, 0), coalesce(n.unread, 0)
FROM organisation_user u
LEFT JOIN figures f ON f.recipient_id = u.id
LEFT JOIN news n ON n.recipient_id = u.id
LEFT JOIN opened o ON o.recipient_id = u.id
WHERE u.is_active AND u.email <> ''
  AND (f.recipient_id IS NOT NULL OR n.unread > 0 OR o.emergencies > 0)
  AND NOT (u.id IN (SELECT user_id FROM away) AND u.id IN (SELECT user_id FROM reachable))
ON CONFLICT DO NOTHING
"""  # noqa: S608 (constants of this module)


class NotDelivered(Exception):
    """The mail server could not be reached or did not take a mail; says neither to whom nor why
    in the server's words, which repeat the address."""


@transaction.atomic
def make(*, day: date) -> int:
    """Make the day's mails, once: of all who have something to say to them. Return how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [MAKING])
        if Digest.objects.filter(day=day).exists():
            return 0
        cursor.execute(MAKE, {"on": day, "ahead": DAYS_AHEAD})
        return int(cursor.rowcount)


def unsent(*, day: date) -> list[int]:
    """Ids of the day's mails that nobody has taken to send."""
    waiting = Digest.objects.filter(day=day, claimed_at__isnull=True, recipient__is_active=True)
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def letter(digest: Digest) -> EmailMessage:
    """The mail, in the recipient's language. Its Message-ID is the same however often it is made,
    so that a mail system recognises a copy."""
    with translation.override(digest.recipient.language):
        day = day_in_words(digest.day, digest.day)
        context = {"digest": digest, "day": day, "link": f"{settings.SITE_URL}/"}
        host = urlsplit(settings.SITE_URL).hostname or "localhost"
        return EmailMessage(
            subject=_("Jämvikt: your day, %(day)s") % {"day": day},
            body=render_to_string("cases/notices/mail/digest.txt", context),
            to=[digest.recipient.email],
            headers={
                "Message-ID": f"<digest-{digest.pk}-{digest.day}@{host}>",
                "Auto-Submitted": "auto-generated",
                "X-Auto-Response-Suppress": "All",
            },
        )


@contextlib.contextmanager
def mail_server() -> Iterator[Any]:
    """A connection that the mail server has answered. NotDelivered if it does not."""
    server = get_connection()
    with _reported():
        server.open()
    try:
        yield server
    finally:
        # What it took it has taken, whether or not it says good-bye.
        with contextlib.suppress(OSError, SMTPException):
            server.close()


@contextlib.contextmanager
def _reported() -> Iterator[None]:
    try:
        yield
    except (OSError, SMTPException) as error:
        code = f" {error.smtp_code}" if isinstance(error, SMTPResponseException) else ""
        raise NotDelivered(f"mail server: {type(error).__name__}{code}") from None


def deliver(digest_id: int, *, day: date, at: datetime) -> bool:
    """Send one of the day's mails; False when it is another's, sent already, or of another day.

    NotDelivered when the mail server does not take it: then it waits to be tried again.
    """
    digest = (
        Digest.objects.select_related("recipient")
        .filter(pk=digest_id, day=day, claimed_at__isnull=True, recipient__is_active=True)
        .first()
    )
    if digest is None or not digest.recipient.email:
        return False
    mail = letter(digest)
    claim = Digest.objects.filter(pk=digest_id)
    with mail_server() as server:
        if not claim.filter(claimed_at__isnull=True).update(claimed_at=at):
            return False
        try:
            with _reported():
                server.send_messages([mail])
        except Exception:
            claim.update(claimed_at=None)
            raise
    claim.update(sent_at=at)
    return True
