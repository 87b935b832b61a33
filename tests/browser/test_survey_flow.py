"""The Stockholm model as the people who do it: opened, answered, a plan made and followed up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from tests.factories import World, moment
from workload.models import ActionPlan, SurveyAnswer, SurveyRound
from workload.scales import Statement
from workload.services.tending import tend

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@contextmanager
def on(day: str) -> Iterator[None]:
    with time_machine.travel(moment(f"{day} 09:00"), tick=True):
        yield


def test_an_answer_becomes_a_plan_that_is_followed_up(
    world: World,
    new_page: Callable[..., Any],
    login: Callable[..., None],
    assert_accessible: Callable[..., None],
) -> None:
    leader, worker = new_page(), new_page(width=390, height=844)
    with on("2026-03-02"):
        head = new_page()
        login(head, world.head)
        head.goto(reverse("rounds_run"))
        head.get_by_role("button", name="Öppna Stockholmsmodellen nu").click()
        head.locator("dialog[open]").get_by_role("button", name="Öppna").click()
        head.get_by_text("Stockholmsmodellen har redan haft en omgång").wait_for()
        round_ = SurveyRound.objects.get()
        login(worker, world.main)
        worker.goto(reverse("survey_answer", args=[round_.pk]))
        send = worker.get_by_role("button", name="Skicka ditt svar")
        send.click()
        worker.get_by_text("3 saker behöver rättas").wait_for()
        for statement in Statement.values:
            worker.locator(f'input[name="{statement}"][value="2"]').check()
        worker.locator('textarea[name="situation_reason"]').fill("För många ärenden på en gång.")
        assert_accessible(worker)
        send.click()
        worker.wait_for_url("**" + reverse("survey"))
        assert SurveyAnswer.objects.get(user=world.main).answered_at is not None
        login(leader, world.leader)
        leader.goto(reverse("survey_team", args=[round_.pk]))
        leader.get_by_role("heading", name="Dina medarbetares svar").wait_for()
        assert "För många" not in leader.content()
    with on("2026-03-25"):
        tend(on=date(2026, 3, 25), at=moment("2026-03-25 06:00"))
        login(leader, world.leader)
        leader.goto(reverse("survey_team", args=[round_.pk]))
        leader.get_by_text("För många ärenden på en gång.").wait_for()
        leader.get_by_role("button", name="Erbjud en plan").click()
        leader.get_by_role("heading", name="Handlingsplan för").wait_for()
        plan = ActionPlan.objects.get()
        login(worker, world.main)
        worker.goto(reverse("plan", args=[plan.pk]))
        worker.get_by_label("Ja, jag vill ha en plan").check()
        worker.get_by_role("button", name="Svara").click()
        worker.get_by_text("Accepterad").wait_for()
        leader.reload()
        leader.get_by_label("Det här gör vi").fill(
            "Inga nya ärenden till påsk; mentor varje vecka."
        )
        leader.get_by_role("button", name="Spara planen").click()
        leader.get_by_text("Sparat.").wait_for()
        leader.get_by_label("Följs upp den").fill("2026-04-15")
        leader.get_by_role("button", name="Bestäm dagen").click()
        leader.get_by_role("link", name="Skriv ner uppföljningen").wait_for()
        assert_accessible(leader)
    with on("2026-04-15"):
        login(leader, world.leader)
        leader.goto(reverse("plan", args=[plan.pk]))
        leader.get_by_role("link", name="Skriv ner uppföljningen").click()
        leader.get_by_label("Hölls den").fill("2026-04-15")
        leader.get_by_label("Det här såg vi").fill("Lugnare. Fortsätter en månad till.")
        leader.locator("main form button").last.click()
        leader.get_by_text("Lugnare. Fortsätter en månad till.").wait_for()
        follow_up = plan.follow_ups.get()
        assert (follow_up.due_on, follow_up.done_on) == (date(2026, 4, 15), date(2026, 4, 15))
