"""A new installation: from an empty database to somebody who can build the organisation."""

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from organisation.models import OrgUnit, User
from tests.factories import World


def begin(monkeypatch: pytest.MonkeyPatch, password: str, **changes: Any) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    values = {"municipality": "Staden", "code": "STAD", "first_name": "A", "last_name": "B"}
    call_command("begin", "anna", stdout=io.StringIO(), **(values | changes))


@pytest.mark.django_db
def test_the_first_administrator_can_sign_in_and_open_the_organisation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begin(monkeypatch, "en lång lösenfras")
    client = Client()
    assert client.login(username="anna", password="en lång lösenfras")
    assert client.get(reverse("organisation")).headers["Location"] == reverse(
        "account_change_password"
    )
    own = "min egen lösenfras"
    client.post(
        reverse("account_change_password"),
        {"oldpassword": "en lång lösenfras", "password1": own, "password2": own},
    )
    page = client.get(reverse("organisation"))
    assert page.status_code == 200
    assert "Staden" in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("password", "changes"),
    [
        ("kort", {}),
        ("", {}),
        ("en lång lösenfras", {"municipality": " "}),
        ("en lång lösenfras", {"code": "två ord"}),
        ("en lång lösenfras", {"email": "ingen adress"}),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_made(
    monkeypatch: pytest.MonkeyPatch, password: str, changes: dict[str, str]
) -> None:
    with pytest.raises(CommandError) as refused:
        begin(monkeypatch, password, **changes)
    assert "\n" not in str(refused.value)
    assert not OrgUnit.objects.exists()
    assert not User.objects.exists()


def test_an_installation_begins_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError):
        begin(monkeypatch, "en lång lösenfras")
    assert not User.objects.filter(username="anna").exists()
