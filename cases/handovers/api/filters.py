"""How hand-overs are filtered."""

from __future__ import annotations

from api.base import Filters, only_codes
from cases.enums import HandoverStatus


class HandoverFilters(Filters):
    status = only_codes(HandoverStatus)
