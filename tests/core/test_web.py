"""Domain errors, and refusals of the database, as pages."""

from unittest.mock import patch

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from core.errors import Conflict, DomainError, Forbidden, Invalid, Missing
from organisation.services import delegation
from tests.factories import World


def statuses(world: World, error: Exception) -> tuple[int, str]:
    client = Client()
    client.force_login(world.sysadmin)
    with patch.object(delegation, "withdraw_delegation", side_effect=error):
        line = world.unit.delegations.create(decision="opening", role="reception")
        answer = client.post(reverse("organisation_delegation_withdraw", args=[line.pk]))
        line.delete()
    return answer.status_code, answer.content.decode()


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Invalid({"field": "Fel i fältet"}), 400),
        (Forbidden("Inte du"), 403),
        (Missing("Finns inte"), 404),
        (Conflict("Någon annan"), 409),
    ],
)
def test_a_domain_error_becomes_a_page_with_its_reason(
    world: World, error: DomainError, status: int
) -> None:
    answered, page = statuses(world, error)
    assert answered == status
    assert str(error) in page


def test_a_refusal_by_the_database_is_a_conflict_and_is_logged(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    answered, page = statuses(world, IntegrityError("duplicate key: Anna Andersson"))
    assert answered == 409
    assert "Anna" not in page
    assert "a constraint refused" in caplog.text
