"""The command that fills an empty database: when it refuses."""

from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from cases.reports.models import Report
from organisation.models import OrgUnit, User
from tests.factories import World

ON = date(2026, 3, 18)


def fill() -> None:
    call_command("demo_data", on=ON, stdout=StringIO(), stderr=StringIO())


@pytest.mark.django_db
def test_demo_data_is_refused_where_there_is_an_organisation(world: World) -> None:
    before = User.objects.count()
    with pytest.raises(CommandError, match="already has an organisation: nothing was changed"):
        fill()
    assert User.objects.count() == before
    assert not Report.objects.exists()


@pytest.mark.django_db
def test_demo_data_is_refused_where_the_demo_is_off(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="set DEMO=true"):
        fill()
    assert not OrgUnit.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "words",
    [
        ["--scale", "0"],
        ["--scale", "many"],
        ["--on", "2026-02-30"],
        ["--on", "20260228"],
        ["--on", "2999-01-01"],
        ["--seed", "x"],
    ],
)
def test_demo_data_refuses_bad_input_in_one_line(words: list[str]) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("demo_data", *words)
    assert "\n" not in str(refused.value)
    assert not OrgUnit.objects.exists()
