"""Every field that can tell of somebody has been given its place in a party's copy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps

from cases.law.classification import FACTS, GROUNDS, SHARING, Share, share_of
from cases.matters.registry import KINDS, holds_words

DAYS_OF_A_PERSON = {"Person.birth_date", "Person.died_on", "Person.expected_on"}


def models() -> Iterator[Any]:
    """Those of every app that has a kind of matter; only `cases` and they are classified."""
    labels = {"cases"} | {kind.model._meta.app_label for kind in KINDS}
    for label in sorted(labels):
        for model in apps.get_app_config(label).get_models():
            if not hasattr(model, "pgh_tracked_model"):
                yield model


def fields_with_words() -> set[str]:
    found: set[str] = set()
    for model in models():
        for field in model._meta.concrete_fields:
            one: Any = field
            if holds_words(one):
                found.add(f"{model.__name__}.{one.name}")
    return found


def test_every_field_that_can_hold_words_about_somebody_is_classified() -> None:
    assert set(SHARING) - DAYS_OF_A_PERSON == fields_with_words()


def test_every_stored_column_is_classified_once() -> None:
    stored = {
        f"{model.__name__}.{field.name}"
        for model in models()
        for field in model._meta.concrete_fields
    }
    assert set(SHARING) | set(FACTS) == stored
    assert not set(SHARING) & set(FACTS)


def test_every_mask_the_table_calls_for_has_its_ground() -> None:
    masking = set(Share) - {Share.OPEN, Share.SCAN, Share.LEFT_OUT}
    assert set(GROUNDS) == masking


def test_which_private_person_reported_is_never_given_out_as_it_stands() -> None:
    names = ("name", "contact", "organisation")
    shares = {name: share_of("Report", f"reporter_{name}") for name in names}
    assert set(shares.values()) == {Share.PRIVATE_REPORTER}
