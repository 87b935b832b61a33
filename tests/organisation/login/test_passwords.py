"""Passwords that are too short, common, one's own name, or leaked: refused on every path."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import get_hasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from config.settings import base
from core.errors import Invalid
from organisation.login.passwords import listed
from organisation.models import User
from organisation.services import people
from tests.factories import World
from tests.organisation.login.conftest import NOW, PASSWORD

LEAKED = "sommaren-2019-var-varm"
COMMON = "1qaz2wsx3edc"  # twelve characters, in Django's list
BAD = {"short": "kort-losen1", "common": COMMON, "own": "main.test.main", "leaked": LEAKED}


def sums(words: list[str]) -> list[str]:
    return sorted(
        hashlib.sha1(word.encode(), usedforsecurity=False).hexdigest().upper() for word in words
    )


@pytest.fixture(autouse=True)
def leaked_list(settings: Any, tmp_path: Path) -> Path:
    path = tmp_path / "leaked.txt"
    lines = sums([f"ord nummer {n}" for n in range(300)] + [LEAKED])
    path.write_text("".join(f"{one}:{len(one) * n}\r\n" for n, one in enumerate(lines)))
    settings.PASSWORD_BREACHED_FILE = str(path)
    return path


def test_every_line_of_the_list_is_found_and_nothing_else(leaked_list: Path) -> None:
    assert all(listed(leaked_list, f"ord nummer {n}") for n in range(300))
    assert not any(listed(leaked_list, f"annat ord {n}") for n in range(300))


def test_beginnings_of_sums_are_enough(tmp_path: Path) -> None:
    path = tmp_path / "prefixes.txt"
    path.write_text("\n".join(one[:12] for one in sums([f"ord {n}" for n in range(50)])))
    assert all(listed(path, f"ord {n}") for n in range(50))
    assert not any(listed(path, f"ej {n}") for n in range(50))


@pytest.mark.parametrize("content", ["", "\n", "A", "ZZZ"])
def test_a_list_without_sums_refuses_nothing(tmp_path: Path, content: str) -> None:
    path = tmp_path / "odd.txt"
    path.write_text(content)
    assert not listed(path, PASSWORD)


def test_passwords_are_kept_by_argon2() -> None:
    assert base.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")
    import importlib

    module, name = base.PASSWORD_HASHERS[0].rsplit(".", 1)
    hasher = getattr(importlib.import_module(module), name)()
    assert hasher.encode(PASSWORD, hasher.salt()).startswith("argon2$argon2id$")
    assert get_hasher() is not None


@pytest.mark.parametrize("kind", BAD)
@pytest.mark.django_db
def test_a_bad_password_is_refused_wherever_it_is_chosen(world: World, kind: str) -> None:
    bad = BAD[kind]
    user: User = world.main
    user.username = "main.test"
    user.set_password(PASSWORD)
    user.save()
    with pytest.raises(ValidationError):
        validate_password(bad, user)
    with pytest.raises(Invalid):
        people.set_password(user.pk, password=bad, by=world.sysadmin, at=NOW)
    with pytest.raises(Invalid):
        people.add_user(
            username="main.test.main",
            first_name="M",
            last_name="T",
            email="",
            password=bad,
            by=world.sysadmin,
            at=NOW,
        )
    client = Client()
    client.force_login(user)
    answer = client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": bad, "password2": bad},
    )
    assert answer.status_code == 200
    assert answer.context["form"].errors
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
