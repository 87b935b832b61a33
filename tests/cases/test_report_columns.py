"""What is written of a report stands everywhere a report does: each step of adding a column.

A column that somebody fills in has to be in the form, in the API both ways, in what the service
takes and stores, on the page, in the file of the list, in the demonstration, in the history and in
the database's own list of codes. Who leaves one out says so below, and why.
"""

from __future__ import annotations

import ast
import dataclasses
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from rest_framework import serializers

from cases.reports.api import inputs
from cases.reports.api.inputs import ReportBody
from cases.reports.api.outputs import ReportDetail, Reporter
from cases.reports.forms import logging
from cases.reports.forms.logging import ReportForm
from cases.reports.models import Report
from cases.reports.services import ReporterInput, ReportInput, intake
from cases.reports.views import listing
from demo.cases import reports as demo

TEMPLATES = Path(__file__).parents[2] / "templates" / "cases" / "reports"
BY_THE_SYSTEM = {
    "matter": "the matter's id",
    "group": "the reception's",
    "child": "a form of its own for each child",
    "number": "given out",
    "version": "counted",
    "status": "follows from what is done",
    "investigation": "set when one is opened",
    "received_on": "the day of received_at",
    "logged_by": "who asks",
    "logged_at": "when",
    "idempotency_digest": "made of what came",
    "feedback_asked_on": "when the reporter asks later",
}
"""Columns nobody fills in, and where they come from."""
WRITTEN = sorted({column.name for column in Report._meta.concrete_fields} - BY_THE_SYSTEM.keys())

NAMES = {"wants_feedback": "reporter_wants_feedback"}
"""What a column is called in the form, where otherwise."""
SIBLINGS = {"linked_to": "siblings are linked by being logged at once"}
NOT_IN: dict[str, dict[str, str]] = {
    "the form": SIBLINGS,
    "the page of the form": SIBLINGS,
    "what the form hands on": SIBLINGS,
    "the answers of the API": {
        "idempotency_key": "the sender's own",
        "linked_to": "as siblings",
    },
    "the page": {
        "unit": "in the group's name",
        "linked_to": "as siblings",
        "idempotency_key": "the sender's own",
        "reporter_organisation": "as organisation, by who may see it",
        "reasons": "in words, by cases.reports.views.case",
    },
    "the file": {
        "channel": "on the case's page",
        "concern": "text leaves as a party's copy only",
        "idempotency_key": "the sender's own",
        "child_suspected": "on the case's page",
        "is_crime_report": "on the case's page",
        "linked_to": "on the case's page",
        "reasons": "on the case's page",
        "reporter_contact": "tells who reported",
        "reporter_name": "tells who reported",
        "reporter_organisation": "tells who reported",
        "unit": "in the group's name",
        "wants_feedback": "on the case's page",
    },
    "the demonstration": {"unit": "the one that its book is of"},
    "what the service takes": {},
    "what the service stores": {},
    "the bodies of the API": {},
    "what the API hands on": {},
}
"""Where a column is left out, and why."""


def keywords(module: Any, call: str) -> set[str]:
    """Names given in the calls of that in the module."""
    tree = ast.parse(Path(module.__file__).read_text())
    return {
        keyword.arg.removesuffix("_id")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(call)
        for keyword in node.keywords
        if keyword.arg
    }


def sources(row: serializers.Serializer[Any]) -> Iterator[str]:
    for name, field in row.fields.items():
        yield str(field.source or name).split(".")[0]


def names(row: serializers.Serializer[Any]) -> set[str]:
    """The names of a body, those of the reporter as the report's."""
    found = set(row.fields) - {"reporter"}
    inner: Any = row.fields["reporter"]
    return found | of_reporter(inner.fields)


def of_reporter(found: Iterable[str]) -> set[str]:
    return {name if name == "wants_feedback" else f"reporter_{name}" for name in found}


def handed_on(module: Any) -> set[str]:
    """The columns the module gives the service."""
    return keywords(module, "ReportInput") | of_reporter(keywords(module, "ReporterInput"))


def places() -> dict[str, set[str]]:
    """Every place, and the columns of a report in it."""
    form = {column for column in WRITTEN if NAMES.get(column, column) in ReportForm.base_fields}
    takes = {one.name for one in dataclasses.fields(ReportInput)}
    takes |= of_reporter(one.name for one in dataclasses.fields(ReporterInput))
    page = "".join(
        path.read_text() for path in (TEMPLATES / "report.html", *TEMPLATES.glob("_*.html"))
    )
    on_page = {
        column for column in WRITTEN if re.search(rf"report\.(get_)?{column}(_display)?\b", page)
    }
    written = (TEMPLATES / "log.html").read_text()
    code = Path(listing.__file__).read_text()
    in_file = {
        column for column in WRITTEN if re.search(rf"report\.(get_)?{column}(_display)?\b", code)
    }
    return {
        "the form": form,
        "the page of the form": {
            column
            for column in WRITTEN
            if re.search(rf"\bform\.{NAMES.get(column, column)}\b", written)
        },
        "what the form hands on": handed_on(logging),
        "the bodies of the API": names(ReportBody()),
        "what the API hands on": handed_on(inputs)
        | of_reporter(ReportBody().fields["reporter"].fields),
        "the answers of the API": {*sources(ReportDetail()), *sources(Reporter())},
        "what the service takes": takes,
        "what the service stores": keywords(intake, "Report.objects.create"),
        "the page": on_page,
        "the file": in_file,
        "the demonstration": keywords(demo, "book.matter"),
    }


@pytest.mark.parametrize("place", sorted(NOT_IN))
def test_every_column_somebody_fills_in_is_there_or_is_left_out_for_a_reason(place: str) -> None:
    missing = set(WRITTEN) - places()[place] - NOT_IN[place].keys()
    assert missing == set(), f"not in {place}: add it, or say why not in NOT_IN"
    assert NOT_IN[place].keys() - set(WRITTEN) == set(), "these are columns no more"
    assert NOT_IN[place].keys() & places()[place] == set(), f"these are in {place}"


def test_every_column_is_filled_in_or_comes_from_somewhere() -> None:
    assert BY_THE_SYSTEM.keys() <= {column.name for column in Report._meta.concrete_fields}


def kept() -> list[Any]:
    return [model for model in apps.get_models() if hasattr(model, "pgh_tracked_model")]


@pytest.mark.parametrize("event", kept(), ids=lambda event: event.__name__)
def test_the_history_keeps_every_column(event: Any) -> None:
    tracked = event.pgh_tracked_model
    lost = {column.name for column in tracked._meta.concrete_fields}
    lost -= {column.name for column in event._meta.concrete_fields}
    assert lost == NOT_KEPT.get(tracked.__name__, set())


NOT_KEPT = {
    "User": {"last_login", "password", "session_epoch"},
    "Deadline": {"overdue_since"},
    "Disclosure": {"pdf"},
}
"""Columns that are not kept as they were: of signing in, counted, or too large and digested."""


def coded() -> list[Any]:
    return [
        column
        for model in apps.get_app_config("cases").get_models()
        if not hasattr(model, "pgh_tracked_model")
        for column in model._meta.concrete_fields
        if isinstance(column, models.CharField) and column.choices
    ]


def test_the_database_knows_the_codes_of_every_choice() -> None:
    free = {
        f"{column.model.__name__}.{column.name}"
        for column in coded()
        if not any(
            re.search(rf"'{column.name}(__in)?'", str(constraint.condition))
            for constraint in column.model._meta.constraints
            if isinstance(constraint, models.CheckConstraint)
        )
    }
    assert not free, "give it one_of(...) among its model's constraints"
