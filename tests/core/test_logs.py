"""A log says what went wrong and where, and never about whom."""

import json
import logging

import pytest
from django.db import IntegrityError
from django.test import RequestFactory

from core.logs import LinesFormatter, NoPersonalData, NoRoutine, ReadableFormatter

SECRET = "Astrid Lindqvist"


def written(formatter: logging.Formatter, message: str, *args: object, **extra: object) -> str:
    record = logging.getLogger("test").makeRecord(
        "test", logging.ERROR, __file__, 1, message, args, extra.pop("exc_info", None), extra=extra
    )
    assert NoPersonalData().filter(record)
    return formatter.format(record)


@pytest.fixture(params=[LinesFormatter("{message}", style="{"), ReadableFormatter()])
def formatter(request) -> logging.Formatter:
    return request.param


def test_query_of_an_address_is_left_out(formatter):
    line = written(formatter, "Not Found: %s", f"/search/?q={SECRET.replace(' ', '+')}")
    assert "/search/" in line
    assert "Astrid" not in line


def test_request_becomes_its_method_and_path(formatter):
    request = RequestFactory().post("/reports/?name=Astrid", {"name": SECRET})
    line = written(LinesFormatter("{message}", style="{"), "Forbidden", request=request)
    assert json.loads(line)["path"] == "/reports/"
    assert json.loads(line)["method"] == "POST"
    assert "Astrid" not in line


def test_error_keeps_its_kind_and_place_and_loses_its_text(formatter):
    try:
        try:
            raise ValueError(SECRET)
        except ValueError as inner:
            raise RuntimeError(f"about {SECRET}") from inner
    except RuntimeError as error:
        line = written(formatter, "failed", exc_info=(type(error), error, error.__traceback__))
    assert "RuntimeError" in line
    assert "ValueError" in line
    assert "test_error_keeps_its_kind" in line
    assert not [part for part in line.split("\\n") if SECRET in part and "raise" not in part]
    assert f"ValueError: {SECRET}" not in line


def test_database_error_keeps_the_constraint_and_loses_the_row(formatter):
    error = IntegrityError(
        'new row violates check constraint "cases_child_birth"\n'
        f"DETAIL:  Failing row contains ({SECRET})."
    )
    line = written(formatter, "failed", exc_info=(type(error), error, None))
    assert "cases_child_birth" in line
    assert SECRET not in line


def test_failed_task_is_named_without_arguments():
    error = ValueError(SECRET)
    record = logging.getLogger("celery.app.trace").makeRecord(
        "celery.app.trace",
        logging.ERROR,
        __file__,
        1,
        "Task %(name)s[%(id)s] raised unexpected: %(exc)s",
        ({"name": "cases.tasks.x", "id": "1", "exc": repr(error)},),
        (type(error), error, None),
        extra={"data": {"name": "cases.tasks.x", "id": "1", "exc": repr(error)}},
    )
    NoPersonalData().filter(record)
    line = ReadableFormatter().format(record)
    assert line.startswith("Task cases.tasks.x[1] raised ValueError")
    assert SECRET not in line


def celery_record(name: str, level: int, message: str, *args: object) -> logging.LogRecord:
    return logging.LogRecord(name, level, "", 0, message, args, None)


@pytest.mark.parametrize(
    ("record", "kept"),
    [
        (("celery.beat", logging.INFO, "Sending due task %s (%s)", "x", "core.tasks.beat"), False),
        (("celery.beat", logging.INFO, "Sending due task %s (%s)", "x", "cases.tasks.sweep"), True),
        (("celery.app.trace", logging.INFO, "Task core.tasks.beat[1] succeeded"), False),
        (("celery.app.trace", logging.ERROR, "Task core.tasks.beat[1] raised OSError"), True),
        (("core.dispatch", logging.INFO, "core.tasks.beat"), True),
    ],
)
def test_only_good_news_of_routine_tasks_is_dropped(record, kept):
    assert NoRoutine(["core.tasks.beat"]).filter(celery_record(*record)) is kept
