"""Notices of other apps' topics: told once, worded by the app, leading where it says."""

from __future__ import annotations

import ast

import pytest
from django.core.checks import run_checks
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from cases.enums import NoticeKind
from cases.notices import topics
from cases.notices.models import Notice
from cases.notices.services import tell, tell_topic
from cases.notices.topics import Topic
from tests.factories import World, moment
from tests.test_architecture import modules

AT = moment("2026-03-02 09:00")


@pytest.fixture(autouse=True)
def example_topic(monkeypatch: pytest.MonkeyPatch) -> None:
    example = Topic("Något väntar på dig", "absence_end", look=("hourglass", "soon"))
    known = {**topics.TOPICS, "example": example}
    monkeypatch.setattr(topics, "_topics", lambda: known)


def test_each_is_told_once_of_the_same_thing_and_the_actor_never(world: World) -> None:
    people = [world.main.pk, world.co.pk, world.leader.pk]
    assert tell_topic(people, "example", 7, at=AT, by=world.leader) == 2
    assert tell_topic(people, "example", 7, at=AT) == 1
    assert tell_topic(people, "example", 8, at=AT) == 3
    told = Notice.objects.filter(recipient=world.main).values_list("kind", "topic_id")
    assert sorted(told) == [("example", 7), ("example", 8)]


def test_the_notice_is_worded_by_the_topic_and_leads_to_its_row(world: World) -> None:
    tell_topic([world.main.pk], "example", 7, at=AT)
    client = Client()
    client.force_login(world.main)
    with override("sv"):
        assert "Något väntar på dig" in client.get(reverse("notices")).content.decode()
    notice = Notice.objects.get()
    answer = client.get(reverse("notice_open", args=[notice.pk]))
    assert answer.headers["Location"] == reverse("absence_end", args=[7])
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_a_notice_is_of_a_case_or_of_a_topic(world: World) -> None:
    report = world.report()
    tell([world.main.pk], "assigned", at=AT, on=AT.date(), about=report)
    tell_topic([world.main.pk], "example", 7, at=AT)
    given = Notice.objects.filter(recipient=world.main).order_by("pk")
    assert list(given.values_list("kind", "matter", "topic_id")) == [
        ("assigned", report.pk, None),
        ("example", None, 7),
    ]


def test_nobody_is_told_of_what_no_app_has_a_topic_for(world: World) -> None:
    report = world.report()
    before = Notice.objects.count()
    with pytest.raises(KeyError):
        tell([world.main.pk], "unheard_of", at=AT, on=AT.date(), about=report)
    with pytest.raises(KeyError):
        tell_topic([world.main.pk], "unheard_of", 7, at=AT)
    with pytest.raises(IntegrityError, match="cases_notice_kind_is_a_code"), transaction.atomic():
        Notice.objects.create(recipient=world.main, created_at=AT, kind="Något väntar")
    assert Notice.objects.count() == before


def test_every_notice_has_a_swedish_sentence_that_keeps_its_number() -> None:
    for code, topic in topics._topics().items():
        if code == "example":
            continue
        with override("en"):
            in_code = str(topic.text)
        with override("sv"):
            said = str(topic.text)
        assert said != in_code, f"{code} is not translated"
        assert ("%(number)s" in said) == ("%(number)s" in in_code), code


def test_every_notice_is_told_by_somebody() -> None:
    told = {
        node.attr
        for path, module in modules()
        if path not in {"cases/notices/topics.py", "cases/enums.py"} and "demo/" not in path
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "NoticeKind"
    }
    silent = {kind.name for kind in NoticeKind} - told - {"DEADLINE"}  # by the ladder
    assert silent == set(), "tell of these where they happen: notices.tell(..., NoticeKind....)"


@pytest.mark.parametrize(
    ("topic", "wrong"),
    [
        (
            Topic("", "home", look=("clock", "soon"), takes_id=False),
            "have no sentence: it is empty",
        ),
        (Topic("Ord", "nowhere", look=("clock", "soon")), "lead nowhere: no 'nowhere'"),
        (Topic("Ord", look=("clock", "soon")), "lead nowhere: neither a number nor a view"),
        (Topic("%(number)s", look=("", "soon")), "have no look"),
        (Topic("%(number)s", look=("clock", "purple")), "have no look"),
    ],
)
def test_a_notice_that_lacks_something_does_not_start(
    monkeypatch: pytest.MonkeyPatch, topic: Topic, wrong: str
) -> None:
    assert [one for one in run_checks() if one.id == "cases.E003"] == []
    monkeypatch.setattr(topics, "_topics", lambda: {**topics.TOPICS, "example": topic})
    [error] = [one for one in run_checks() if one.id == "cases.E003"]
    assert f"notices of the kind 'example' {wrong}" in error.msg


def test_a_kind_of_notice_without_a_topic_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    without = {code: topic for code, topic in topics.TOPICS.items() if code != "assigned"}
    monkeypatch.setattr(topics, "_topics", lambda: without)
    [error] = [one for one in run_checks() if one.id == "cases.E003"]
    assert "notices of the kind 'assigned' have no sentence" in error.msg
    with pytest.raises(TypeError, match="look"):
        Topic("Ord")  # type: ignore[call-arg]
