"""Fixtures shared by all tests."""

import pytest

from tests.factories import World


@pytest.fixture
def world(db: None) -> World:
    """An organisation with people in every role; see `tests.factories.World`."""
    return World()
