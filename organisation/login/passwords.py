"""Passwords that have leaked: looked up in a file of our own, without asking anybody.

The file is the list of haveibeenpwned.com, one `SHA1:count` a line, sorted by the sum; a line may
hold the sum's beginning alone. It is searched by halving: about forty short readings however
large it is.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

SHORTEST = 10
"""Hexadecimal digits of a sum's beginning that say enough."""


def _line_at(file: BinaryIO, position: int) -> bytes:
    """The first whole line that begins at `position` or after it."""
    file.seek(max(0, position - 1))
    if position:
        file.readline()
    return file.readline()


def _prefix(line: bytes) -> bytes:
    return line.split(b":", 1)[0].strip().upper()


def listed(path: Path, password: str) -> bool:
    """Whether the password's SHA-1, or a beginning of it, is in the sorted file."""
    # The list is made of SHA-1 sums; nothing is protected by this one.
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as file:
        low, high = 0, file.seek(0, 2)
        # The first line not before the wanted sum begins in (low, high].
        while low < high:
            middle = (low + high) // 2
            line = _line_at(file, middle)
            if line and _prefix(line) < wanted[: len(_prefix(line))]:
                low = middle + 1
            else:
                high = middle
        found = _prefix(_line_at(file, low))
    return len(found) >= SHORTEST and wanted.startswith(found)


class BreachedPasswordValidator:
    """Refuses passwords of the file that PASSWORD_BREACHED_FILE names; without one, none."""

    def __init__(self, path: str | None = None) -> None:
        self._path = path

    def validate(self, password: str, user: Any = None) -> None:
        path = self._path or settings.PASSWORD_BREACHED_FILE
        if path and listed(Path(path), password):
            raise ValidationError(
                _("The password has leaked somewhere and is tried first. Choose another."),
                code="password_breached",
            )

    def get_help_text(self) -> str:
        return _("The password must not be one that is known to have leaked.")
