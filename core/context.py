"""What every page's frame needs: theme, navigation, unread notices, words for the scripts.

Everything is looked up when the frame asks for it, so a fragment that has no frame costs nothing.
Settings join the frame to other apps: `NAVIGATION_PROVIDERS` (see `core.navigation`), and the
dotted callables from a request `UNREAD_COUNTER`, `ROLE_TEXT` and `UNIT_NAME`.
"""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from core.middleware import ACTIVITY_STEP, seconds_left
from core.navigation import Navigation, navigation_for

THEMES = ("auto", "light", "dark")


class Shell:
    """The frame around a page, for one request."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def theme(self) -> str:
        """The reader's choice, kept in a cookie; "auto" follows the device."""
        chosen = self._request.COOKIES.get("theme", "auto")
        return chosen if chosen in THEMES else "auto"

    @property
    def bs_theme(self) -> str:
        """What the server can paint; theme.js corrects "auto" before anything is shown."""
        return "dark" if self.theme == "dark" else "light"

    @property
    def letter_shortcuts(self) -> bool:
        return self._request.COOKIES.get("shortcuts") != "off"

    @property
    def demo(self) -> bool:
        return bool(getattr(settings, "DEMO", False))

    @property
    def environment(self) -> str:
        return str(getattr(settings, "ENVIRONMENT", ""))

    @property
    def session_seconds(self) -> int:
        """How long an idle session lasts at least, 0 when there is none to end."""
        return settings.SESSION_COOKIE_AGE - ACTIVITY_STEP if self._signed_in else 0

    @property
    def session_left(self) -> int:
        """Seconds until the session ends whatever its user does."""
        return seconds_left(self._request)

    @property
    def user_name(self) -> str:
        user: Any = self._request.user
        return (user.get_full_name() or user.get_username()) if self._signed_in else ""

    @cached_property
    def role_text(self) -> str:
        """Role and place, as the callable of the setting ROLE_TEXT words them."""
        return str(self._ask("ROLE_TEXT", ""))

    @cached_property
    def unit_name(self) -> str:
        """The unit on printed pages, from the callable of the setting UNIT_NAME."""
        return str(self._ask("UNIT_NAME", ""))

    @cached_property
    def nav(self) -> Navigation:
        return navigation_for(self._request) if self._signed_in else Navigation()

    @cached_property
    def unread_count(self) -> int:
        return int(self._ask("UNREAD_COUNTER", 0))

    def _ask(self, setting: str, otherwise: Any) -> Any:
        dotted = getattr(settings, setting, "")
        if not dotted or not self._signed_in:
            return otherwise
        return import_string(dotted)(self._request)

    @property
    def _signed_in(self) -> bool:
        user = getattr(self._request, "user", None)
        return bool(user and user.is_authenticated)

    @property
    def strings(self) -> dict[str, str]:
        """The words static/js/words.js says; {0} and {1} are filled in there."""
        return {
            "draftSaved": _("Draft saved {0}"),
            "draftSaving": _("Saving draft …"),
            "draftFailed": _("The draft could not be saved. Trying again."),
            "draftSignedOut": _(
                "You have been signed out. Sign in in a new tab, and carry on here."
            ),
            "draftRestored": _("Restored draft from {0}"),
            "draftRestoredNoTime": _("Restored draft"),
            "draftDiscard": _("Discard the draft"),
            "signIn": _("Sign in"),
            "counter": _("{0} of {1} characters"),
            "chosen": _("Chosen: {0}"),
            "counterOver": _("{0} characters too many"),
            "pickType": _("write a part of the name"),
            "pickFound": _("{0} found {1}"),
            "pickNone": _("Nobody is called so"),
            "rowAdded": _("Row {0} added"),
            "rowRemoved": _("Row removed"),
            "sending": _("Sending …"),
            "confirm": _("Continue"),
            "netWaiting": _(
                "Not sent: the server does not answer. What you have written stays here, and is "
                "sent when it answers again."
            ),
            "netDown": _("No connection. Nothing you have typed is lost."),
            "netError": _("The server could not answer. Nothing you have typed is lost."),
            "netDenied": _("You may not do this."),
            "netGone": _("This is no longer here. Reload the page."),
            "netBusy": _("Too many requests. Wait a moment and try again."),
        }


def shell(request: HttpRequest) -> dict[str, Any]:
    """Template context: `shell`, and `nav` and `unread_count` by their own names."""
    frame = Shell(request)
    return {
        "shell": frame,
        "nav": SimpleLazyObject(lambda: frame.nav),
        "unread_count": SimpleLazyObject(lambda: frame.unread_count),
    }
