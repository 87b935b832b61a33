"""The answer to "may this happen?": yes, or no with a reason a person can act on.

Pure: no Django, no clock. Rules and permissions return a `Decision`; views show its reason on the
button it disables, and services raise it.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Allowed:
    """Yes. True in a condition."""

    def __bool__(self) -> Literal[True]:
        return True


@dataclass(frozen=True, slots=True)
class Denied:
    """No, and why. False in a condition; `reason` is a whole sentence in the reader's language."""

    reason: str

    def __bool__(self) -> Literal[False]:
        return False


Decision: TypeAlias = Allowed | Denied


def both(*decisions: Decision) -> Decision:
    """Yes when all say yes, else the first no."""
    return next((one for one in decisions if not one), Allowed())
