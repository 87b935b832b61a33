"""The hour that comes twice and the one that never comes can be written in every form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django import forms
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from cases.journal import forms as notes
from cases.reports import services as reports
from cases.reports.forms import logging, steps
from core.calendar import STOCKHOLM, comes_twice, on_clock
from core.forms import MomentField
from tests.factories import World

clock = datetime.fromisoformat


class Asked(forms.Form):
    at = MomentField()


class Either(forms.Form):
    at = MomentField(either=True)


def read(form: type[forms.Form], at: str, hour: str | None = None) -> str:
    bound = form({"at": at} | ({"at_hour": hour} if hour else {}))
    assert bound.is_valid(), bound.errors
    found: datetime = bound.cleaned_data["at"]
    return found.astimezone(UTC).strftime("%d %H:%M")


@pytest.mark.parametrize(
    ("form", "at", "hour", "expected"),
    [
        (Asked, "2026-10-25T01:59", None, "24 23:59"),
        (Asked, "2026-10-25T02:30", "first", "25 00:30"),
        (Asked, "2026-10-25T02:30", "second", "25 01:30"),
        (Either, "2026-10-25T02:30", None, "25 00:30"),
        (Either, "2026-10-25T02:30", "second", "25 01:30"),
        (Asked, "2026-10-25T03:00", None, "25 02:00"),
        # Set forward: what a clock that was not would show.
        (Asked, "2027-03-28T02:30", None, "28 01:30"),
        (Asked, "2027-03-28T02:30", "second", "28 01:30"),
        (Asked, "2027-03-28T03:30", None, "28 01:30"),
        # An answer left behind when the day was changed says nothing.
        (Asked, "2026-10-24T02:30", "second", "24 00:30"),
        (Asked, "2026-10-25T02:30+01:00", None, "25 01:30"),
    ],
)
def test_a_time_is_the_moment_the_clock_showed_it(
    form: type[forms.Form], at: str, hour: str | None, expected: str
) -> None:
    assert read(form, at, hour) == expected


def test_which_of_two_is_asked_where_it_stands() -> None:
    bound = Asked({"at": "2026-10-25T02:30"})
    assert [error.code for error in bound.errors.as_data()["at"]] == ["twice"]
    html = str(bound["at"])
    assert 'name="at_hour"' in html
    assert 'value="2026-10-25T02:30"' in html
    assert "at_hour" not in str(Asked({"at": "2026-10-25T03:30"})["at"])
    chosen = str(Asked({"at": "2026-10-25T02:30", "at_hour": "second"})["at"])
    assert 'value="second" selected' in chosen


@pytest.mark.parametrize(
    "junk",
    ["x", "2026-02-30T10:00", "2026-10-25T24:61", "0001-01-01T00:00", "|", "|second", "9" * 99],
)
def test_junk_is_refused_at_the_field(junk: str) -> None:
    bound = Asked({"at": junk})
    assert bound.errors["at"]
    assert str(bound["at"])


@given(st.datetimes(clock("2000-01-01"), clock("2040-01-01")))
def test_what_was_prefilled_comes_back_the_same(at: datetime) -> None:
    exact = at.replace(tzinfo=UTC, second=0, microsecond=0)
    form = Asked(initial={"at": exact.astimezone(STOCKHOLM)})
    context = form["at"].field.widget.get_context("at", form["at"].value(), {})["widget"]
    given = {"at": context["value"]} | ({"at_hour": context["hour"]} if context["twice"] else {})
    bound = Asked(given)
    assert bound.is_valid()
    assert bound.cleaned_data["at"] == exact


@given(st.datetimes(clock("2000-01-01"), clock("2040-01-01")))
def test_a_clock_shows_a_time_twice_an_hour_apart(at: datetime) -> None:
    apart = on_clock(at, second=True).astimezone(UTC) - on_clock(at).astimezone(UTC)
    assert apart == timedelta(hours=comes_twice(at))


def test_every_form_with_a_moment_reads_it_so() -> None:
    found = {
        (form.__name__, name)
        for module in (logging, steps, notes)
        for form in vars(module).values()
        if isinstance(form, type) and issubclass(form, forms.Form)
        for name, field in form.base_fields.items()
        if isinstance(field, forms.DateTimeField) and not isinstance(field, MomentField)
    }
    assert found == set()


@pytest.mark.django_db
def test_a_report_is_logged_with_the_time_the_form_proposes_that_night(world: World) -> None:
    """At 02.30 for the second time, and assessed twenty minutes after it came for the first."""
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    client = Client(headers={"accept-language": "sv"})
    client.force_login(world.reception)
    with time_machine.travel(second, tick=False):
        page = client.get(reverse("report_log"))
        html = page.content.decode()
        assert 'value="2026-10-25T02:30"' in html
        assert 'value="second" selected' in html
        report = world.report("2026-10-25 09:00")
        type(report).objects.filter(pk=report.pk).update(
            received_at=datetime(2026, 10, 25, 0, 50, tzinfo=UTC)
        )
        page = client.get(reverse("report", args=[report.pk]) + "?open=assess")
        assert 'name="assess-assessed_at_hour"' in page.content.decode()
        reports.assess_protection(
            report.pk,
            assessed_at=on_clock(clock("2026-10-25T02:10"), second=True),
            outcome="no_immediate_need",
            child_spoken_with=False,
            rationale="Trygg.",
            by=world.reception,
            at=second,
        )
