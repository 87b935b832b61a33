"""The mail with the link to choose a new password: no name in it, and good once."""

from __future__ import annotations

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from organisation.models import User


def send(user_id: int) -> bool:
    """Send it to the address of the account; False when there is nobody to send to."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not user.email or not user.has_usable_password():
        return False
    key = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    path = reverse("account_reset_password_from_key", args=[user_pk_to_url_str(user), key])
    with translation.override(user.language):
        text = render_to_string(
            "organisation/mail/password_reset.txt", {"link": settings.SITE_URL + path}
        )
        subject = _("Choose a new password for Jämvikt")
    return bool(send_mail(subject, text, None, [user.email]))
