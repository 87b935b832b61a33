"""The pages of investigations: what each shows, to whom, and what is refused with which reason."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.access.conflicts import ChildNamed, declare
from cases.drafts import services as drafts
from cases.drafts.models import Draft
from cases.investigations import services
from cases.investigations.models import DOCUMENT_PARTS, DecisionDocument, Investigation
from cases.journal import services as notes
from cases.journal.models import Note
from cases.persons.models import Guardian, Person
from core.models import TrailEntry
from organisation.models import Absence, User
from tests.factories import LEFT, World, moment

TODAY = "2026-03-10 10:00"
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def _on_a_tuesday_in_march() -> Any:
    with time_machine.travel(moment(TODAY), tick=False):
        yield


def as_user(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def url(name: str, row: Any, **query: str) -> str:
    path = reverse(name, args=[row.pk])
    return path + ("?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else "")


def text(response: Any) -> str:
    return response.content.decode()


def note(case: Investigation, by: User, **changes: Any) -> Note:
    values: dict[str, Any] = {
        "kind": "child_conversation",
        "happened_at": moment("2026-03-09 13:00"),
        "text": "Vi talade om skolan.",
        "child_spoken_with": True,
        "child_alone": True,
    }
    return notes.write_note(case.pk, by=by, at=moment("2026-03-09 14:00"), **{**values, **changes})


def full_document(case: Investigation, by: User) -> DecisionDocument:
    return services.write_document(
        case.pk, parts=dict.fromkeys(DOCUMENT_PARTS, "Text"), by=by, at=moment("2026-03-09")
    )


NOTE = {
    "kind": "home_visit",
    "happened_at": "2026-03-10T09:00",
    "present": "Mor",
    "child": "with_others",
    "text": "Hembesök.",
}

CHANGED = {**NOTE, "happened_at": "2026-03-09T09:00", "version": 1}

SECTIONS = [
    "investigation_plan",
    "investigation_note",
    "investigation_guardian",
    "investigation_participation",
    "investigation_protection",
    "investigation_risk",
    "investigation_instrument",
    "investigation_safety",
    "investigation_move",
    "investigation_communicate",
]
LEADERS_SECTIONS = ["investigation_extend", "investigation_conclude", "intervention_grant"]


# The case page


def test_case_page_shows_child_handlers_deadline_and_next_step(world: World) -> None:
    case = world.investigation()
    page = as_user(world.main).get(url("investigation", case))
    assert page.status_code == 200
    body = text(page)
    assert case.child.name in body
    assert str(world.main) in body
    assert str(world.co) in body
    assert "Write the plan" in body
    assert case.number in body
    assert case.child.name not in body[body.index("<title>") : body.index("</title>")]


def test_a_part_without_a_day_is_earlier_not_to_come(world: World) -> None:
    case = world.investigation(allocated=False)
    services.assign_handlers(
        case.pk,
        main=world.main,
        co=world.co,
        from_on=date(2026, 3, 16),
        by=world.leader,
        at=moment("2026-03-10 09:00"),
    )
    shown = as_user(world.leader).get(url("investigation", case)).context["case"]
    assert {row.user for row in shown.coming_handlers} == {world.main, world.co}
    declare(
        ChildNamed(child_id=case.child_id),
        staff=world.main,
        category="neighbour",
        includes_siblings=False,
        from_on=date(2026, 3, 10),
        by=world.leader,
        at=moment(TODAY),
    )
    shown = as_user(world.leader).get(url("investigation", case)).context["case"]
    assert [row.user for row in shown.coming_handlers] == [world.co]
    with time_machine.travel(moment("2026-03-17"), tick=False):
        page = as_user(world.leader).get(url("investigation", case))
    assert [row.user for row in page.context["case"].earlier_handlers] == [world.main]
    assert "15 March" not in text(page)


def test_case_page_is_logged_as_read(world: World) -> None:
    case = world.investigation()
    as_user(world.main).get(url("investigation", case))
    entry = TrailEntry.objects.get(kind="read", actor=world.main)
    assert (entry.action, entry.targets) == ("investigation.read", [case.pk])


def test_case_of_others_does_not_exist(world: World) -> None:
    case = world.investigation()
    names = ["investigation", "investigation_document", *SECTIONS]
    for person in ["third", "worker2", "reception", "other_head", "stranger"]:
        client = as_user(world.people[person])
        answered = {name: client.get(url(name, case)).status_code for name in names}
        assert answered == dict.fromkeys(names, 404), person


def test_pages_ask_for_a_login(world: World) -> None:
    case = world.investigation()
    for name in ["investigation", "investigation_document", *SECTIONS]:
        assert Client().get(url(name, case)).status_code == 302


def test_stand_in_is_named_while_the_handler_is_away(world: World) -> None:
    case = world.investigation()
    Absence.objects.create(
        user=world.main,
        from_on=date(2026, 3, 9),
        until_on=date(2026, 3, 13),
        reason="illness",
        stand_in=world.third,
    )
    body = text(as_user(world.third).get(url("investigation", case)))
    assert f"{world.third} stands in" in body


def test_concluded_investigation_is_read_only_and_says_why(world: World) -> None:
    case = concluded(world)
    body = text(as_user(world.main).get(url("investigation", case)))
    assert "can no longer be changed" in body
    assert 'aria-disabled="true"' in body
    for name in SECTIONS:
        led = as_user(world.main).get(url(name, case))
        assert led.status_code == 302
        assert led["Location"].startswith(url("investigation", case))
        assert as_user(world.main).post(url(name, case), NOTE).status_code in (409, 422)
    assert not Note.objects.exists()


def concluded(world: World, **fields: Any) -> Investigation:
    case = world.investigation()
    world.hand_in(case, moment("2026-03-09"))
    services.conclude(
        case.pk,
        concluded_on=date(2026, 3, 9),
        outcome="no_intervention",
        rationale="Inget behov.",
        read_by_leader=True,
        left_open=LEFT,
        by=world.leader,
        at=moment("2026-03-09"),
        **fields,
    )
    case.refresh_from_db()
    return case


def test_reopening_within_thirty_days_is_flagged_with_the_earlier_case(world: World) -> None:
    earlier = concluded(world)
    later = Investigation.objects.create(
        unit=earlier.unit,
        group=earlier.group,
        number="ST-BOU-2026-U99",
        child=earlier.child,
        opened_on=date(2026, 3, 10),
        opened_by=world.head,
        reopens=earlier,
    )
    body = text(as_user(world.leader).get(url("investigation", later)))
    assert "Opened again within 30 days" in body
    assert url("investigation", earlier) in body


def test_move_of_a_child_with_protected_identity_hides_the_place(world: World) -> None:
    case = world.investigation()
    Person.objects.filter(pk=case.child_id).update(protected_identity="secrecy_marking")
    services.record_move(
        case.pk,
        moved_on=date(2026, 3, 9),
        moved_to="Hemligstad",
        by=world.main,
        at=moment("2026-03-09"),
    )
    assert "Hemligstad" in text(as_user(world.main).get(url("investigation", case)))
    for query in ("", "?tab=events"):
        seen = text(as_user(world.coordinator).get(url("investigation", case) + query))
        assert "Hemligstad" not in seen


def test_coordinator_reads_but_does_not_write(world: World) -> None:
    case = world.investigation()
    client = as_user(world.coordinator)
    assert client.get(url("investigation", case)).status_code == 200
    assert client.get(url("investigation_plan", case)).status_code == 403
    seen = as_user(world.main).get(url("investigation_plan", case)).context["form"]["seen"].value()
    answer = client.post(url("investigation_plan", case), {"plan": "x", "seen": seen})
    assert answer.status_code == 403
    case.refresh_from_db()
    assert case.plan == ""


# Sections


@pytest.mark.parametrize("name", SECTIONS)
def test_section_opens_as_a_page_and_in_place(world: World, name: str) -> None:
    case = world.investigation()
    client = as_user(world.main)
    page = client.get(url(name, case))
    assert page.status_code == 200
    assert "<html" in text(page)
    # By itself it is sent as any form: in place it would stay on a page without the case.
    assert f'hx-post="{url(name, case)}"' not in text(page)
    fragment = client.get(url(name, case), **HTMX)
    assert fragment.status_code == 200
    assert "<html" not in text(fragment)
    assert f'hx-post="{url(name, case)}"' in text(fragment)


@pytest.mark.parametrize("name", [*SECTIONS, *LEADERS_SECTIONS])
def test_section_sent_empty_shows_errors_beside_fields_and_on_top(world: World, name: str) -> None:
    case = world.investigation()
    response = as_user(world.leader).post(url(name, case), {})
    assert response.status_code == 422
    assert "error-summary" in text(response)
    assert "field-invalid" in text(response)


@pytest.mark.parametrize("name", LEADERS_SECTIONS)
def test_leaders_section_is_refused_to_the_pair(world: World, name: str) -> None:
    case = world.investigation()
    assert as_user(world.main).get(url(name, case)).status_code == 403


def test_plan_saved_in_place_gives_back_the_section_and_the_path(world: World) -> None:
    case = world.investigation()
    client = as_user(world.main)
    seen = client.get(url("investigation_plan", case)).context["form"]["seen"].value()
    answer = client.post(
        url("investigation_plan", case), {"plan": "Samtal med alla.", "seen": seen}, **HTMX
    )
    assert answer.status_code == 200
    body = text(answer)
    assert 'id="plan"' in body
    assert "Samtal med alla." in body
    assert 'id="case-head" hx-swap-oob="true"' in body
    assert "Write down a conversation with the child" in body


def test_plan_saved_without_scripts_leads_back_to_its_place(world: World) -> None:
    case = world.investigation()
    client = as_user(world.main)
    seen = client.get(url("investigation_plan", case)).context["form"]["seen"].value()
    answer = client.post(url("investigation_plan", case), {"plan": "Plan", "seen": seen})
    assert (answer.status_code, answer["Location"]) == (302, url("investigation", case) + "#plan")


def test_plan_changed_by_both_shows_both_and_keeps_what_was_typed(world: World) -> None:
    case = world.investigation()
    mine = as_user(world.main)
    seen = mine.get(url("investigation_plan", case)).context["form"]["seen"].value()
    services.write_plan(case.pk, plan="Co skrev.", by=world.co, at=moment("2026-03-10 09:59"))
    answer = mine.post(url("investigation_plan", case), {"plan": "Main skrev.", "seen": seen})
    assert answer.status_code == 409
    assert "Co skrev." in text(answer)
    assert "Main skrev." in text(answer)
    case.refresh_from_db()
    assert case.plan == "Co skrev."
    again = answer.context["form"]["seen"].value()
    both = {"plan": "Båda skrev.", "seen": again}
    assert mine.post(url("investigation_plan", case), both).status_code == 302
    case.refresh_from_db()
    assert case.plan == "Båda skrev."


def test_another_section_saved_meanwhile_is_no_conflict(world: World) -> None:
    case = world.investigation()
    client = as_user(world.main)
    seen = client.get(url("investigation_plan", case)).context["form"]["seen"].value()
    services.record_move(
        case.pk, moved_on=date(2026, 3, 9), moved_to="Umeå", by=world.co, at=moment(TODAY)
    )
    answer = client.post(url("investigation_plan", case), {"plan": "Plan", "seen": seen})
    assert answer.status_code == 302


def test_note_with_conversation_and_child_not_spoken_with_is_refused(world: World) -> None:
    case = world.investigation()
    answer = as_user(world.main).post(
        url("investigation_note", case), {**NOTE, "kind": "child_conversation", "child": "not"}
    )
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"child"}
    assert "Hembesök." in text(answer)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("happened_at", "2026-03-10T10:01"),
        ("happened_at", "1999-01-01T10:00"),
        ("kind", "no_such"),
        ("text", "a\x00b"),
        ("text", "x" * 50_001),
        ("text", ""),
        ("present", "x" * 501),
        ("child", ""),
    ],
)
def test_note_with_bad_input_names_the_field_and_stores_nothing(
    world: World, field: str, value: str
) -> None:
    case = world.investigation()
    answer = as_user(world.main).post(url("investigation_note", case), {**NOTE, field: value})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Note.objects.exists()


def test_note_saved_drops_its_draft(world: World) -> None:
    case = world.investigation()
    drafts.save(key=f"NewNote-{case.pk}", data={"text": ["x"]}, by=world.main, at=moment(TODAY))
    assert as_user(world.main).post(url("investigation_note", case), NOTE).status_code == 302
    saved = Note.objects.get()
    assert (saved.child_spoken_with, saved.child_alone, saved.author) == (True, False, world.main)
    assert not Draft.objects.exists()


def test_note_text_is_shown_as_text(world: World) -> None:
    case = world.investigation()
    note(case, world.main, text="<script>alert(1)</script>")
    assert "<script>alert(1)" not in text(as_user(world.main).get(url("investigation", case)))


def test_own_note_is_changed_and_the_earlier_version_kept(world: World) -> None:
    written = note(world.investigation(), world.main)
    answer = as_user(world.main).post(url("note_change", written), CHANGED)
    assert answer.status_code == 302
    versions = text(as_user(world.main).get(reverse("text_versions", args=["note", written.pk])))
    assert "Hembesök." in versions
    assert "Vi talade om skolan." in versions


def test_note_is_not_moved_to_after_it_was_written(world: World) -> None:
    written = note(world.investigation(), world.main)
    answer = as_user(world.main).post(
        url("note_change", written), {**CHANGED, "happened_at": "2026-03-10T09:00"}
    )
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"happened_at"}


def test_note_of_another_is_not_changed(world: World) -> None:
    written = note(world.investigation(), world.main)
    assert as_user(world.co).get(url("note_change", written)).status_code == 403
    assert as_user(world.worker2).get(url("note_change", written)).status_code == 404


def test_note_changed_in_two_windows_shows_both(world: World) -> None:
    written = note(world.investigation(), world.main)
    client = as_user(world.main)
    first = {**CHANGED, "text": "Första fönstret"}
    assert client.post(url("note_change", written), first).status_code == 302
    second = {**CHANGED, "text": "Andra fönstret"}
    answer = client.post(url("note_change", written), second)
    assert answer.status_code == 409
    assert "Första fönstret" in text(answer)
    assert "Andra fönstret" in text(answer)
    written.refresh_from_db()
    assert written.text == "Första fönstret"


def test_guardian_and_take_part_are_recorded_with_custody(world: World) -> None:
    case = world.investigation()
    client = as_user(world.main)
    guardian = {"relation": "mother", "first_name": "Eva", "has_custody": "yes"}
    assert client.post(url("investigation_guardian", case), guardian).status_code == 302
    eva = Guardian.objects.get()
    refused = client.post(
        url("investigation_participation", case),
        {"guardian": eva.pk, "took_part": "no", "on": "2026-03-10"},
    )
    assert refused.context["form"].errors.keys() == {"how"}
    part = {"guardian": eva.pk, "took_part": "yes", "on": "2026-03-10", "how": "Samtal"}
    assert client.post(url("investigation_participation", case), part).status_code == 302
    assert "has custody" in text(client.get(url("investigation", case)))


def test_guardian_of_another_child_cannot_be_chosen(world: World) -> None:
    case, other = world.investigation(), world.investigation()
    stranger = Guardian.objects.create(child=other.child, relation="father", has_custody=True)
    answer = as_user(world.main).post(
        url("investigation_participation", case),
        {"guardian": stranger.pk, "took_part": "yes", "on": "2026-03-10"},
    )
    assert answer.context["form"].errors.keys() == {"guardian"}


def test_violence_without_police_report_or_reason_is_refused(world: World) -> None:
    case = world.investigation()
    answer = as_user(world.main).post(
        url("investigation_protection", case),
        {"violence": "yes", "violence_description": "Slag.", "police_report": "not_made"},
    )
    assert answer.status_code in (409, 422)
    seen = as_user(world.main).get(url("investigation_protection", case))
    form = seen.context["form"]
    assert form["violence"].value() is None
    assert form["police_report"].value() is None
    answer = as_user(world.main).post(
        url("investigation_protection", case),
        {
            "violence": "yes",
            "violence_description": "Slag.",
            "police_report": "not_made",
            "seen": form["seen"].value(),
        },
    )
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"police_report_reason"}


def test_instrument_outside_the_childs_age_is_refused(world: World) -> None:
    case = world.investigation()
    Person.objects.filter(pk=case.child_id).update(birth_date=date(2018, 1, 1))
    answer = as_user(world.main).post(
        url("investigation_instrument", case),
        {"instrument": "savry", "used_on": "2026-03-10", "level": "low"},
    )
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"instrument"}


@pytest.mark.parametrize(("value", "status"), [("0", 302), ("10", 302), ("11", 422), ("-1", 422)])
def test_safety_scale_goes_from_nought_to_ten(world: World, value: str, status: int) -> None:
    case = world.investigation()
    answer = as_user(world.main).post(
        url("investigation_safety", case),
        {"rater": "child", "value": value, "rated_on": "2026-03-10"},
    )
    assert answer.status_code == status


def test_safety_chart_is_drawn_from_the_second_rating(world: World) -> None:
    case = world.investigation()
    client = as_user(world.main)
    for value, day in ((3, "2026-03-08"), (6, "2026-03-10")):
        assert "chart-svg" not in text(client.get(url("investigation", case)))
        services.rate_safety(
            case.pk,
            rater="child",
            value=value,
            rated_on=date.fromisoformat(day),
            by=world.main,
            at=moment(TODAY),
        )
    assert "chart-svg" in text(client.get(url("investigation", case)))


def test_extension_shows_the_last_day_and_moves_it(world: World) -> None:
    case = world.investigation()
    client = as_user(world.leader)
    assert "2 July" in text(client.get(url("investigation_extend", case)))
    answer = client.post(
        url("investigation_extend", case),
        {"until": "2026-08-01", "reason": "Tolk.", "decided_on": "2026-03-10"},
    )
    assert answer.status_code == 302
    assert "Extended to" in text(client.get(url("investigation", case)))


def test_extension_after_the_time_is_out_is_refused_on_the_button(world: World) -> None:
    case = world.investigation()
    with time_machine.travel(moment("2026-07-03"), tick=False):
        client = as_user(world.leader)
        assert "The time is out" in text(client.get(url("investigation", case)))
        refused = client.post(
            url("investigation_extend", case),
            {"until": "2026-08-01", "reason": "Tolk.", "decided_on": "2026-07-03"},
        )
        assert refused.status_code == 422
    case.refresh_from_db()
    assert case.extended_to is None


# The document


def test_two_people_on_the_document_lose_nothing(world: World) -> None:
    case = world.investigation()
    main, co = as_user(world.main), as_user(world.co)
    address = url("investigation_document", case)
    forms = [client.get(address).context["form"] for client in (main, co)]
    sent = [{name: form[name].value() for name in form.fields} for form in forms]
    assert co.post(address, {**sent[1], "background": "Co:s bakgrund"}).status_code == 302
    answer = main.post(address, {**sent[0], "assessment": "Mains bedömning"})
    assert answer.status_code == 409
    assert "Co:s bakgrund" in text(answer)
    assert "Mains bedömning" in text(answer)
    assert str(world.co) in text(answer)
    assert DecisionDocument.objects.get().assessment == ""
    form = answer.context["form"]
    merged = {name: form[name].value() for name in form.fields}
    assert main.post(address, merged).status_code == 302
    document = DecisionDocument.objects.get()
    assert (document.background, document.assessment) == ("Co:s bakgrund", "Mains bedömning")


def test_same_part_written_by_both_keeps_ones_own_in_the_form(world: World) -> None:
    case = world.investigation()
    main = as_user(world.main)
    address = url("investigation_document", case)
    form = main.get(address).context["form"]
    services.write_document(
        case.pk, parts={"background": "Co"}, version=0, by=world.co, at=moment(TODAY)
    )
    sent = {name: form[name].value() for name in form.fields}
    answer = main.post(address, {**sent, "background": "Main"})
    assert answer.status_code == 409
    assert answer.context["form"]["background"].value() == "Main"
    assert [row["theirs"] for row in answer.context["conflict"]] == ["Co"]


def test_document_goes_to_the_leader_and_back(world: World) -> None:
    case = world.investigation()
    main, leader = as_user(world.main), as_user(world.leader)
    refused = main.post(url("investigation_submit", case))
    assert refused.status_code == 409
    full_document(case, world.main)
    assert main.post(url("investigation_submit", case)).status_code == 302
    assert "The document is with the leader" in text(main.get(url("investigation_document", case)))
    returned = leader.post(url("investigation_return", case), {"comment": "Mer om barnet."})
    assert returned.status_code == 302
    assert "Mer om barnet." in text(main.get(url("investigation", case)))
    assert main.post(url("investigation_submit", case)).status_code == 302
    assert leader.post(url("investigation_read", case)).status_code == 302
    assert DecisionDocument.objects.get().read_by == world.leader


def test_document_with_the_leader_is_the_leaders_next_step(world: World) -> None:
    case = world.investigation()
    full_document(case, world.main)
    services.submit_document(case.pk, by=world.main, at=moment("2026-03-09"))
    step = as_user(world.leader).get(url("investigation", case)).context["case"].next
    assert (step.label, bool(step.decision)) == ("Read the document", True)
    body = text(as_user(world.main).get(url("investigation", case)))
    assert "It is the group leader&#x27;s to do now." in body
    services.sign_reading(case.pk, by=world.leader, at=moment("2026-03-09"))
    step = as_user(world.leader).get(url("investigation", case)).context["case"].next
    assert (step.label, bool(step.decision)) == ("End the investigation", True)


def test_opening_an_act_as_a_page_changes_nothing(world: World) -> None:
    case = world.investigation()
    full_document(case, world.main)
    assert as_user(world.main).get(url("investigation_submit", case)).status_code == 302
    case.refresh_from_db()
    assert case.status == "ongoing"


def test_document_prints_with_its_seven_parts(world: World) -> None:
    case = world.investigation()
    full_document(case, world.main)
    body = text(as_user(world.main).get(url("investigation_document_print", case)))
    assert body.count('class="document-part"') == 7


# The end


def test_conclusion_preselects_no_outcome_and_warns_of_what_is_left(world: World) -> None:
    case = world.investigation()
    assert as_user(world.leader).get(url("investigation_conclude", case)).status_code == 409
    world.hand_in(case, moment("2026-03-09"))
    page = as_user(world.leader).get(url("investigation_conclude", case))
    assert page.context["form"]["outcome"].value() is None
    assert "Not done yet" in text(page)


def test_child_that_moved_is_completed_and_says_so(world: World) -> None:
    case = world.investigation()
    world.hand_in(case, moment("2026-03-09"))
    form = {
        "outcome": "child_moved_completed",
        "rationale": "Färdigutredd.",
        "concluded_on": "2026-03-10",
        "read_by_leader": "on",
    }
    refused = as_user(world.leader).post(url("investigation_conclude", case), form)
    assert refused.status_code == 422
    assert refused.context["form"].errors.keys() == {"outcome"}
    services.record_move(
        case.pk,
        moved_on=date(2026, 3, 9),
        moved_to="Grannkommunen",
        by=world.main,
        at=moment("2026-03-09"),
    )
    answer = as_user(world.leader).post(url("investigation_conclude", case), form)
    assert answer.status_code == 302
    body = text(as_user(world.main).get(url("investigation", case)))
    assert "Completed; the child has moved" in body


def test_conclusion_without_reading_is_refused_beside_the_box(world: World) -> None:
    case = world.investigation()
    world.hand_in(case, moment("2026-03-09"))
    answer = as_user(world.leader).post(
        url("investigation_conclude", case),
        {"outcome": "no_intervention", "rationale": "Skäl.", "concluded_on": "2026-03-10"},
    )
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"read_by_leader"}


def test_reading_granted_by_the_unit_head_opens_the_page_and_is_taken_back(world: World) -> None:
    case = world.investigation()
    head = as_user(world.head)
    grant = {
        "reader": world.worker2.pk,
        "purpose": "stated_need",
        "reason": "Syskonens handläggare.",
        "from_on": "2026-03-10",
        "until_on": "2026-03-24",
    }
    assert as_user(world.leader).get(url("investigation_grant", case)).status_code == 403
    assert head.post(url("investigation_grant", case), grant).status_code == 302
    assert as_user(world.worker2).get(url("investigation", case)).status_code == 200
    revoke = reverse("investigation_revoke", args=[case.pk, world.worker2.pk])
    assert head.post(revoke).status_code == 302
    assert as_user(world.worker2).get(url("investigation", case)).status_code == 404


# The list


def test_list_shows_only_what_one_may_see(world: World) -> None:
    mine = world.investigation()
    hidden = world.investigation(allocated=False, group="barn-2")
    body = text(as_user(world.main).get(reverse("investigation_list")))
    assert mine.number in body
    assert hidden.number not in body


def numbers(response: Any) -> list[str]:
    return [line.investigation.number for line in response.context["lines"]]


def test_list_filters_and_sorts(world: World) -> None:
    client = as_user(world.head)
    old = world.investigation("2025-10-01")
    soon = world.investigation("2025-11-15")
    waiting = world.investigation("2026-03-01", allocated=False, group="barn-2")
    done = concluded(world)

    def shown(**query: Any) -> list[str]:
        return numbers(client.get(reverse("investigation_list"), query))

    assert shown() == [old.number, soon.number, waiting.number]
    assert shown(sort="-due") == [waiting.number, soon.number, old.number]
    assert shown(status="waiting") == [waiting.number]
    assert shown(status="concluded") == [done.number]
    assert shown(due="overdue") == [old.number]
    assert shown(due="7") == [soon.number]
    assert shown(group=world.groups["barn-2"].pk) == [waiting.number]
    assert shown(handler=world.co.pk) == [old.number, soon.number]
    assert shown(type="short") == []
    assert len(shown(status="all", sort="number")) == 4
    assert shown(status="nonsense", due="x", group="y", sort="z") == [
        old.number,
        soon.number,
        waiting.number,
    ]


def test_list_export_is_for_leaders_and_logged(world: World) -> None:
    world.investigation()
    assert as_user(world.main).get(reverse("investigation_export")).status_code == 403
    answer = as_user(world.leader).get(reverse("investigation_export"))
    assert answer.status_code == 200
    assert answer["Content-Type"].endswith("sheet")
    assert TrailEntry.objects.get(kind="export").actor == world.leader


def test_empty_list_says_what_comes(world: World) -> None:
    body = text(as_user(world.main).get(reverse("investigation_list")))
    assert "No open investigations" in body
    filtered = text(as_user(world.main).get(reverse("investigation_list"), {"due": "overdue"}))
    assert "Clear the filter" in filtered


# The start page


def test_start_shows_own_cases_and_whose_one_stands_in_for(world: World) -> None:
    own = world.investigation("2025-11-12")
    borrowed = world.investigation("2026-02-01")
    with time_machine.travel(moment("2026-02-20"), tick=False):
        services.assign_handlers(
            borrowed.pk,
            main=world.third,
            co=world.co,
            from_on=date(2026, 2, 20),
            reason="Byte",
            by=world.leader,
            at=moment("2026-02-20"),
        )
    Absence.objects.create(
        user=world.third,
        from_on=date(2026, 3, 9),
        until_on=date(2026, 3, 13),
        reason="holiday",
        stand_in=world.main,
    )
    page = as_user(world.main).get(reverse("home"))
    shown = {one.line.investigation.pk: one.stands_in_for for one in page.context["cases"]}
    assert shown == {own.pk: None, borrowed.pk: world.third}
    assert f"You stand in for {world.third}" in text(page)
    assert page.context["this_week"] == 1
    assert [todo.number for day in page.context["week"] for todo in day.todos] == [own.number]


def test_start_lists_what_is_late_returned_and_with_the_leader(world: World) -> None:
    late, returned, with_leader = (
        world.investigation("2025-10-01"),
        world.investigation(),
        world.investigation(),
    )
    for case in (returned, with_leader):
        full_document(case, world.main)
        services.submit_document(case.pk, by=world.main, at=moment("2026-03-09"))
    services.return_document(
        returned.pk, comment="Mer.", by=world.leader, at=moment("2026-03-09 15:00")
    )
    page = as_user(world.main).get(reverse("home"))
    assert [todo.number for todo in page.context["late"]] == [late.number]
    assert [one.line.investigation for one in page.context["returned"]] == [returned]
    assert [one.line.investigation for one in page.context["with_leader"]] == [with_leader]
    assert len(page.context["notices"]) == 1 + 3


@pytest.mark.parametrize(
    ("today", "days"),
    [
        ("2026-03-10", ["2026-03-10", "2026-03-11", "2026-03-12", "2026-03-13"]),
        ("2026-03-14", [f"2026-03-{day}" for day in (16, 17, 18, 19, 20)]),
    ],
)
def test_week_runs_from_today_and_at_a_weekend_through_the_next(
    world: World, today: str, days: list[str]
) -> None:
    with time_machine.travel(moment(today), tick=False):
        page = as_user(world.main).get(reverse("home"))
    assert [one.day.isoformat() for one in page.context["week"]] == days


def test_empty_start_says_where_cases_come_from(world: World) -> None:
    body = text(as_user(world.third).get(reverse("home")))
    assert "No cases are given to you" in body


# The same number of queries whatever number of rows


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


def fill(case: Investigation, world: World, number: int) -> None:
    at = moment("2026-03-09 16:00")
    for _round in range(number):
        note(case, world.main)
        guardian = services.add_guardian(
            case.pk,
            relation="relative",
            first_name=f"E{case.child.guardians.count()}",
            last_name="",
            has_custody=False,
            by=world.main,
            at=at,
        )
        services.record_participation(
            case.pk,
            guardian_id=guardian.pk,
            took_part=True,
            on=date(2026, 3, 9),
            how="Samtal",
            by=world.main,
            at=at,
        )
        services.rate_safety(
            case.pk, rater="mother", value=4, rated_on=date(2026, 3, 9), by=world.main, at=at
        )
        services.assess_risk(
            case.pk,
            level="low",
            risk_factors="R",
            protective_factors="",
            assessed_on=date(2026, 3, 9),
            by=world.co,
            at=at,
        )
        services.record_instrument(
            case.pk,
            instrument="other",
            used_on=date(2026, 3, 9),
            level="low",
            by=world.main,
            at=at,
        )
        services.communicate(
            case.pk,
            recipient="child",
            communicated_on=date(2026, 3, 9),
            how="Samtal",
            by=world.main,
            at=at,
        )


def test_case_page_needs_the_same_queries_for_1_and_30_of_everything(world: World) -> None:
    case = world.investigation()
    client = as_user(world.main)
    pages = [url("investigation", case) + query for query in ("", "?notes=all", "?tab=events")]
    fill(case, world, 1)
    one = [queries(client, page) for page in pages]
    fill(case, world, 29)
    assert [queries(client, page) for page in pages] == one


def test_list_and_start_need_the_same_queries_for_1_and_30_rows(world: World) -> None:
    client = as_user(world.main)
    pages = [reverse("investigation_list"), reverse("home")]
    world.investigation("2025-11-12")
    one = [queries(client, page) for page in pages]
    for _row in range(29):
        world.investigation("2025-11-12")
    assert [queries(client, page) for page in pages] == one


def test_ending_an_investigation_leads_to_the_case_and_never_to_a_refusal(world: World) -> None:
    """The form's own address, opened again once it is done, said "Nothing was saved" beside it."""
    case = world.investigation()
    world.hand_in(case, moment("2026-03-09"))
    client = as_user(world.head)
    address = url("investigation_conclude", case)
    given = {
        "concluded_on": "2026-03-10",
        "outcome": "no_intervention",
        "rationale": "Skäl.",
        "read_by_leader": "on",
    }
    answer = client.post(address, given, headers={"HX-Request": "true"})
    assert answer.get("HX-Redirect") == url("investigation", case), answer.content[:2000]
    again = client.get(address, follow=True)
    assert again.status_code == 200
    assert again.redirect_chain[0][0].startswith(url("investigation", case))
    body = text(again)
    assert "can no longer be changed" in body
    assert "Nothing was saved" not in body


def test_the_next_step_of_the_case_opens_in_its_section(world: World) -> None:
    case = world.investigation()
    body = " ".join(as_user(world.main).get(url("investigation", case)).content.decode().split())
    assert 'data-next-step hx-boost="true" hx-target="#plan"' in body
    # On the other tab the sections are not there: there the step leads to a page.
    other = as_user(world.main).get(url("investigation", case), {"tab": "events"}).content.decode()
    assert "data-next-step>" in other
