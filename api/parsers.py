"""Reading a body: JSON as RFC 8259 has it, of a size a person could have meant."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from api.problems import TooLarge


def _no_such_number(text: str) -> NoReturn:
    raise ValueError(text)


class StrictJSONParser(BaseParser):
    """UTF-8 JSON; NaN, endless nesting and bodies beyond the server's limit are refused."""

    media_type = "application/json"

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        limit = int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise TooLarge(limit)
        try:
            return json.loads(body.decode("utf-8"), parse_constant=_no_such_number)
        except (ValueError, RecursionError):
            # Never the parser's own text: it could quote the body.
            raise ParseError(_("The body is not well-formed JSON in UTF-8.")) from None
