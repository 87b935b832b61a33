"""How notices are filtered."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from api.base import Filters
from api.fields import Code


class NoticeFilters(Filters):
    unread = Code(
        choices=[("true", "true"), ("false", "false")],
        required=False,
        help_text=_("`true`: only those not read yet; `false`: only those read."),
    )
