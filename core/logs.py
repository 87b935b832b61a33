"""Logging without personal data: what a record may say, and how it is written.

Query strings, request bodies, task arguments, values in database errors and the texts of
exceptions can all hold a child's name. None of them reaches a log; addresses without their query,
the kind of an error and where in the code it happened do.
"""

import logging
import re
import traceback
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from pythonjsonlogger.json import JsonFormatter

QUERY = re.compile(r"\?[^\s\"'>]*")
# Errors whose first line is written by the database and names a constraint, never a value.
NAMED_BY_DATABASE = ("IntegrityError", "CheckViolation", "UniqueViolation", "ExclusionViolation")

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None]


class NoPersonalData(logging.Filter):
    """Take out of a record whatever may be about a person."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = record.__dict__.pop("request", None)
        if request is not None and hasattr(request, "path"):
            record.__dict__["method"] = request.method
            record.__dict__["path"] = request.path
        record.__dict__.pop("server_time", None)
        if record.name == "celery.app.trace":
            self._name_task(record)
        if isinstance(record.args, dict):
            record.args = {key: without_query(value) for key, value in record.args.items()}
        elif record.args:
            record.args = tuple(without_query(value) for value in record.args)
        if isinstance(record.msg, str):
            record.msg = without_query(record.msg)
        return True

    def _name_task(self, record: logging.LogRecord) -> None:
        """Celery's own text holds the arguments, the result and the error's text."""
        data: dict[str, Any] = record.__dict__.pop("data", None) or {}
        if not data:
            return
        if record.exc_info and record.exc_info[0]:
            outcome = f"raised {record.exc_info[0].__name__}"
        else:
            outcome = "succeeded" if record.levelno <= logging.INFO else "did not succeed"
        record.msg, record.args = f"Task {data.get('name')}[{data.get('id')}] {outcome}", None


class NoRoutine(logging.Filter):
    """Drop the good news of tasks that run every minute or oftener; what goes wrong stays.

    Three lines each time would bury everything else. `/readyz` tells whether they run.
    """

    def __init__(self, tasks: Sequence[str]) -> None:
        super().__init__()
        self.tasks = tuple(tasks)

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno > logging.INFO or not record.name.startswith("celery."):
            return True
        message = record.getMessage()
        return not any(task in message for task in self.tasks)


def without_query(value: Any) -> Any:
    """Text without the query part of any address in it; other values as they are."""
    return QUERY.sub("", value) if isinstance(value, str) and "?" in value else value


def place_of(error: BaseException) -> str:
    """Where an error and its causes came from, as a traceback that holds no texts of theirs."""
    parts: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        frames = "".join(traceback.format_tb(current.__traceback__))
        parts.append(f"Traceback (most recent call last):\n{frames}{kind_of(current)}")
        current = current.__cause__ or (
            None if current.__suppress_context__ else current.__context__
        )
    return "\n\nfrom\n\n".join(parts)


def kind_of(error: BaseException) -> str:
    name = type(error).__name__
    if name in NAMED_BY_DATABASE and str(error):
        return f"{name}: {str(error).splitlines()[0]}"
    return name


class ReadableFormatter(logging.Formatter):
    """For a person at a terminal."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 (the base class's name)
        return place_of(ei[1]) if ei and ei[1] else ""


class LinesFormatter(JsonFormatter):
    """One JSON object a line, for machines."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 (the base class's name)
        return place_of(ei[1]) if ei and ei[1] else ""
