"""Every page that gives a file has said so, and is counted (core/rates.py)."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import resolve

from cases.access import child_log as readings
from cases.matters.registry import KINDS
from core.models import TrailEntry, TrailKind
from core.rates import Rate, rated_of
from tests.factories.populated import HERE
from tests.security.conftest import Stage, about, addresses, matter_ids
from tests.security.test_matrix import THEIRS


def slow(person: str) -> Any:
    return pytest.param(person, marks=pytest.mark.slow)


@pytest.mark.slow
@pytest.mark.parametrize("person", ["head", "reception_leader"])
def test_no_page_gives_a_file_without_having_said_so(
    scene: Stage, settings: Any, person: str
) -> None:
    settings.PAGE_RATES = dict.fromkeys(Rate, "100000/min")
    client, ids = scene.client(person), matter_ids(scene, HERE)
    given, said = set(), set()
    for address in addresses():
        if address.name.startswith((*THEIRS, "api:")):
            continue
        url = address.at(pk=about(address, ids) or 1)
        declared = rated_of(resolve(url).func)
        if declared is not None and declared.rate is Rate.EXPORT:
            said.add(address.name)
        # One that does without having said so raises here.
        answers = [client.get(url), client.get(url, {"format": "xlsx"})]
        if any(one.has_header("Content-Disposition") for one in answers):
            given.add(address.name)
    assert given <= said
    if person == "head":
        # Copies for parties are none here, and the document is not signed.
        assert said - given == {"disclosure_pdf", "investigation_document_pdf"}


@pytest.mark.parametrize("person", [slow("head"), "main", slow("reception_leader")])
def test_every_page_and_answer_that_reads_of_a_child_says_so_in_words(
    scene: Stage, settings: Any, person: str
) -> None:
    settings.PAGE_RATES = dict.fromkeys(Rate, "100000/min")
    client, ids = scene.client(person), matter_ids(scene, HERE)
    for address in addresses():
        if not address.name.startswith(THEIRS):
            client.get(address.at(pk=about(address, ids) or 1))
    acts = TrailEntry.objects.filter(actor=scene.world.people[person], kind=TrailKind.READ)
    read = set(acts.exclude(children=[]).values_list("action", flat=True))
    worded = readings.WORDS.keys() | {act for kind in KINDS for act in kind.log_words}
    assert read - worded == set(), "say in readings.WORDS, or log_words of its kind, what was done"
    assert len(read) > 5
