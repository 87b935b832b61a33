"""The ground of how lists are filtered."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

UNIT = _("The unit's code. A unit that is not yours, or does not exist, has an empty list.")
