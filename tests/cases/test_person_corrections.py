"""What is written of a child, put right: particulars, numbers, birth and death, with a trace."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from time_machine import travel

from cases.access import conflicts
from cases.access.conflicts import ChildNamed
from cases.child import corrections
from cases.deadlines.models import Deadline
from cases.investigations import services as investigations
from cases.investigations.models import Investigation
from cases.notices.models import Notice
from cases.persons import identity, plausibility
from cases.persons.models import EarlierNumber, Person, PersonChange
from cases.provisions.lookup import blocked_from
from cases.reports.models import Report
from cases.reports.services import ChildInput
from core.errors import Conflict, Forbidden, Invalid, Missing
from core.models import TrailEntry
from organisation.models import User
from organisation.permissions import access_for
from tests.factories import LEFT, World, moment

TODAY = date(2026, 3, 10)
NOW = moment("2026-03-10 10:00")

BECAUSE = "Enligt folkbokföringen."


def number(day: str, serial: str) -> str:
    """A number with its check digit (Luhn over the last nine digits)."""
    digits = (day + serial)[2:]
    total = sum(sum(divmod(int(d) * (2 - i % 2), 10)) for i, d in enumerate(digits))
    return f"{day}-{serial}{-total % 10}"


GIRL, BOY = number("20140312", "238"), number("20140312", "239")
COORDINATED = number("20140372", "238")


def child(world: World, **given: Any) -> Person:
    """A child of the day's report, open with `main` and `co`."""
    values = {"first_name": "Alva", "last_name": "Ek", "gender": "girl"} | given
    report = world.report(children=[ChildInput(**values)])
    report = world.decide(report, "2026-03-02")
    assert report.investigation is not None
    investigations.assign_handlers(
        report.investigation.pk,
        main=world.main,
        co=world.co,
        from_on=date(2026, 3, 2),
        by=world.head,
        at=moment("2026-03-02"),
    )
    return report.child


def correct(one: Person, by: User, **given: Any) -> Person:
    values = {
        "first_name": one.first_name,
        "last_name": one.last_name,
        "birth_date": one.birth_date,
        "gender": one.gender,
        "reason": BECAUSE,
    }
    return corrections.correct(one.pk, **values | given, by=by, at=NOW)


def said(one: Person) -> dict[str, Any]:
    names = (
        "first_name",
        "last_name",
        "birth_date",
        "gender",
        "personal_identity_number",
        "expected_on",
        "died_on",
    )
    return Person.objects.filter(pk=one.pk).values(*names).get()


def as_(user: User) -> Client:
    client = Client(headers={"accept-language": "sv"})
    client.force_login(user)
    return client


def who_may(world: World, act: Any) -> set[str]:
    """Those of the world who may do it; the others are told why not, or that there is nothing."""
    may = set()
    for name, user in world.people.items():
        try:
            act(user)
        except (Forbidden, Missing):
            continue
        may.add(name)
    return may


# Particulars


def test_a_correction_keeps_what_was_and_why(world: World) -> None:
    one = child(world, first_name="Ava", birth_date=date(2014, 3, 12))
    correct(one, world.main, first_name="Alva", gender="boy")
    rows = PersonChange.objects.filter(child=one).values_list("field", "old", "new", "reason")
    assert set(rows) == {
        ("first_name", "Ava", "Alva", BECAUSE),
        ("gender", "girl", "boy", BECAUSE),
    }
    entry = TrailEntry.objects.get(action="person.corrected")
    assert (entry.actor, entry.children, entry.reason) == (world.main, [one.pk], BECAUSE)
    assert entry.details == {"fields": ["first_name", "gender"]}


def test_who_may_correct_a_child(world: World) -> None:
    one = child(world)
    names = iter(f"Namn {n}" for n in range(99))
    assert who_may(world, lambda user: correct(one, user, first_name=next(names))) == {
        "main",
        "co",
        "leader",
        "head",
        "reception",
        "reception_leader",
    }


def test_a_correction_of_what_another_has_changed_meanwhile_is_refused(world: World) -> None:
    one = child(world)
    correct(one, world.main, first_name="Alma")
    with pytest.raises(Conflict):
        correct(one, world.co, first_name="Elsa", version=one.version)
    assert said(one)["first_name"] == "Alma"


def test_a_reason_is_needed(world: World) -> None:
    one = child(world)
    with pytest.raises(Invalid) as caught:
        correct(one, world.main, first_name="Alma", reason=" ")
    assert set(caught.value.fields) == {"reason"}


def test_a_birth_date_that_differs_from_the_number_needs_a_confirmation(world: World) -> None:
    one = child(world, personal_identity_number=GIRL)
    with pytest.raises(Invalid) as caught:
        correct(one, world.main, birth_date=date(2014, 3, 13))
    assert set(caught.value.fields) == {"birth_date"}
    correct(one, world.main, birth_date=date(2014, 3, 13), differs_from_number=True)
    assert said(one)["birth_date"] == date(2014, 3, 13)


def test_nobody_is_corrected_to_an_age_no_report_is_about(world: World) -> None:
    one = child(world)
    with pytest.raises(Invalid) as caught:
        correct(one, world.main, birth_date=date(2005, 3, 2))
    assert set(caught.value.fields) == {"birth_date"}
    correct(one, world.main, birth_date=date(2005, 3, 3))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=st.sampled_from(["Alva", "Åsa", "İbrahim", "D’Souza"]),
    born=st.dates(date(2006, 1, 1), date(2026, 3, 1)),
    gender=st.sampled_from(["girl", "boy", "unknown"]),
)
def test_the_opposite_correction_brings_back_the_same_state(
    world: World, first: str, born: date, gender: str
) -> None:
    one = child(world, first_name="Alva", birth_date=date(2014, 3, 12))
    before = said(one)
    correct(one, world.main, first_name=first, birth_date=born, gender=gender)
    correct(
        one, world.main, first_name="Alva", birth_date=date(2014, 3, 12), gender=before["gender"]
    )
    assert said(one) == before


# Numbers


def test_a_number_found_later_is_the_childs_alone(world: World) -> None:
    world.report(children=[ChildInput(personal_identity_number=BOY, first_name="Elis")])
    one = child(world)
    with pytest.raises(Invalid) as caught:
        corrections.give_number(one.pk, number=BOY, reason=BECAUSE, by=world.main, at=NOW)
    assert set(caught.value.fields) == {"number"}
    corrections.give_number(one.pk, number=GIRL, reason=BECAUSE, by=world.main, at=NOW)
    assert said(one)["personal_identity_number"] == GIRL.replace("-", "")
    assert said(one)["birth_date"] == date(2014, 3, 12)


def test_a_coordination_number_becomes_a_personal_one_and_leads_to_the_child(
    world: World,
) -> None:
    one = child(world, personal_identity_number=COORDINATED)
    corrections.change_number(
        one.pk,
        number=GIRL,
        why_changed="coordination",
        reason=BECAUSE,
        by=world.main,
        at=NOW,
    )
    with travel(NOW, tick=False):
        for asked in (COORDINATED, GIRL):
            page = as_(world.main).post(reverse("search"), {"q": asked})
            assert [row["child"] for row in page.context["people"]] == [one]
        assert (
            as_(world.other_worker).post(reverse("search"), {"q": COORDINATED}).context["people"]
            == []
        )
        page = as_(world.main).get(reverse("child", args=[one.pk])).content.decode()
    assert COORDINATED in page
    # A report under the earlier number is about the same child.
    again = world.report(
        "2026-03-10 09:00", children=[ChildInput(personal_identity_number=COORDINATED)]
    )
    assert again.child_id == one.pk


@pytest.mark.parametrize("why", ["adoption", "legal_gender"])
def test_what_must_not_show_shows_for_the_leaders_of_the_case_alone(world: World, why: str) -> None:
    one = child(world, personal_identity_number=GIRL, first_name="Gammalt")
    correct(one, world.main, first_name="Gammalnamn")

    def change(user: User) -> None:
        corrections.change_number(
            one.pk,
            number=BOY,
            why_changed=why,
            first_name="Nytt",
            gender="boy",
            reason="Hemligt skäl.",
            by=user,
            at=moment("2026-03-10 10:01"),
        )

    with pytest.raises(Forbidden):
        change(world.main)
    change(world.leader)
    with travel(moment("2026-03-10 11:00"), tick=False):
        for name in ("main", "co", "reception", "coordinator", "leader", "head"):
            client = as_(world.people[name])
            page = client.get(reverse("child", args=[one.pk])).content.decode()
            found = client.post(reverse("search"), {"q": GIRL}).context["people"]
            knows = name in ("leader", "head")
            for secret in (GIRL, "Gammalt", "Gammalnamn", "Hemligt skäl"):
                assert (secret in page) == knows, (name, secret)
            assert bool(found) == knows, name
    assert not TrailEntry.objects.filter(reason__contains="Hemligt").exists()


def test_a_number_changed_back_leaves_the_state_as_it_was(world: World) -> None:
    one = child(world, personal_identity_number=GIRL)
    before = said(one)
    for new in (BOY, GIRL):
        corrections.change_number(
            one.pk, number=new, why_changed="wrong", reason=BECAUSE, by=world.main, at=NOW
        )
    assert said(one) == before
    assert not EarlierNumber.objects.exists()


def test_a_temporary_number_is_kept_and_is_no_key(world: World) -> None:
    rows = [
        child(world, personal_identity_number="20150401-tf10", first_name=name)
        for name in ("Alva", "Elin")
    ]
    assert [row.temporary_number for row in rows] == ["20150401-TF10"] * 2
    assert rows[0] != rows[1]
    assert rows[0].birth_date == date(2015, 4, 1)
    assert rows[0].identity_number == "20150401-TF10"
    with travel(NOW, tick=False):
        page = as_(world.main).post(reverse("search"), {"q": "20150401-TF10"})
        form = as_(world.main).post(
            reverse("child_lookup"),
            {"row": "children-0", "children-0-personal_identity_number": "20150401-TF10"},
        )
    assert {row["child"] for row in page.context["people"]} == set(rows)
    assert form.status_code == 200
    assert {one.child for one in form.context["known"]} == set(rows)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("20150401-TF10", "20150401-TF10"),
        ("20150401tf10", "20150401-TF10"),
        ("20140312-2383", ""),
        ("2015-TF10", ""),
        ("20150401-T1", ""),
    ],
)
def test_temporary_numbers_are_known_by_their_letter(text: str, kept: str) -> None:
    assert identity.temporary(text) == kept


def test_a_conflict_of_interest_is_not_lifted_by_a_correction(world: World) -> None:
    one = child(world, birth_date=date(2014, 3, 12))
    conflicts.declare(
        ChildNamed(first_name="Alva", last_name="Ek", birth_date=date(2014, 3, 12)),
        staff=world.third,
        category="relative",
        includes_siblings=False,
        from_on=TODAY,
        by=world.third,
        at=NOW,
    )
    conflicts.declare(
        ChildNamed(personal_identity_number=GIRL),
        staff=world.worker2,
        category="relative",
        includes_siblings=False,
        from_on=TODAY,
        by=world.worker2,
        at=NOW,
    )
    assert blocked_from(one.pk, on=TODAY) == {world.third.pk}
    correct(one, world.main, first_name="Alma", birth_date=date(2014, 3, 12))
    corrections.give_number(one.pk, number=GIRL, reason=BECAUSE, by=world.main, at=NOW)
    assert blocked_from(one.pk, on=TODAY) == {world.third.pk, world.worker2.pk}
    corrections.change_number(
        one.pk, number=BOY, why_changed="adoption", reason=BECAUSE, by=world.head, at=NOW
    )
    assert blocked_from(one.pk, on=TODAY) == {world.third.pk, world.worker2.pk}


def test_a_worker_who_is_blocked_by_the_new_number_is_off_the_case_at_once(world: World) -> None:
    one = child(world)
    conflicts.declare(
        ChildNamed(personal_identity_number=GIRL),
        staff=world.co,
        category="relative",
        includes_siblings=False,
        from_on=TODAY,
        by=world.co,
        at=NOW,
    )
    access = access_for(world.co, on=TODAY, at=NOW)
    assert Person.objects.visible_to(access).filter(pk=one.pk).exists()
    corrections.give_number(one.pk, number=GIRL, reason=BECAUSE, by=world.main, at=NOW)
    access = access_for(world.co, on=TODAY, at=NOW)
    assert not Person.objects.visible_to(access).filter(pk=one.pk).exists()


# Twins, and who a report is about


def test_a_twin_is_never_completed_with_the_others_number(world: World) -> None:
    one = child(world, birth_date=date(2014, 3, 12))
    for typed, field in (
        ({"first_name": "Elin", "personal_identity_number": GIRL}, "child.first_name"),
        ({"personal_identity_number": BOY}, "child.personal_identity_number"),
        (
            {"personal_identity_number": number("20140313", "238")},
            "child.personal_identity_number",
        ),
    ):
        with pytest.raises(Invalid) as caught:
            world.report(children=[ChildInput(child_id=one.pk, **typed)])
        assert set(caught.value.fields) == {field}
    assert said(one)["personal_identity_number"] is None
    again = world.report(
        children=[ChildInput(child_id=one.pk, first_name="alva", personal_identity_number=GIRL)]
    )
    assert again.child_id == one.pk
    assert said(one)["personal_identity_number"] == GIRL.replace("-", "")


def test_the_id_of_one_child_with_the_number_of_another_is_refused_at_the_field(
    world: World,
) -> None:
    one, other = child(world), child(world, first_name="Elis", personal_identity_number=BOY)
    for known in (one, other):
        with pytest.raises(Invalid) as caught:
            world.report(
                children=[
                    ChildInput(
                        child_id=known.pk,
                        personal_identity_number=BOY if known == one else GIRL,
                    )
                ]
            )
        assert set(caught.value.fields) == {"child.personal_identity_number"}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"birth_date": date(1950, 1, 1)}, "child.birth_date"),
        ({"birth_date": date(2005, 3, 2)}, "child.birth_date"),
        ({"birth_date": date(2005, 3, 3)}, ""),
        ({"personal_identity_number": number("20040301", "238")}, "child.personal_identity_number"),
        ({"expected_on": date(2028, 9, 2)}, "child.expected_on"),
        ({"expected_on": date(2026, 12, 3)}, "child.expected_on"),
        ({"expected_on": date(2026, 12, 2)}, ""),
        ({"expected_on": date(2026, 1, 10)}, "child.expected_on"),
    ],
)
def test_a_report_is_about_a_child(world: World, given: dict[str, Any], field: str) -> None:
    logged = ChildInput(first_name="Kim", **given)
    if not field:
        assert world.report("2026-03-02 09:00", children=[logged])
        return
    with pytest.raises(Invalid) as caught:
        world.report("2026-03-02 09:00", children=[logged])
    assert set(caught.value.fields) == {field}
    assert not Report.objects.exists()


@given(
    expected=st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    born=st.dates(date(2025, 1, 1), date(2027, 6, 1)),
)
def test_a_birth_fits_what_was_expected_within_reason(expected: date, born: date) -> None:
    days = (born - expected).days
    assert plausibility.birth_fits(expected, born) == (-130 <= days <= 35)


# Born, and dead


def test_an_unborn_childs_report_is_the_born_childs(world: World) -> None:
    report = world.report(children=[ChildInput(last_name="Ek", expected_on=date(2026, 3, 8))])
    born = number("20260307", "238")
    with travel(NOW, tick=False):
        page = as_(world.reception).post(
            reverse("child_lookup"),
            {
                "row": "children-0",
                "children-0-personal_identity_number": born,
                "children-0-last_name": "Ek",
            },
        )
    assert [one.child for one in page.context["known"]] == [report.child]
    again = world.report(
        "2026-03-10 09:00",
        children=[
            ChildInput(child_id=report.child_id, first_name="Alva", personal_identity_number=born)
        ],
    )
    assert again.child_id == report.child_id
    assert said(report.child) | {"gender": "girl"} == {
        "first_name": "Alva",
        "last_name": "Ek",
        "birth_date": date(2026, 3, 7),
        "gender": "girl",
        "personal_identity_number": born.replace("-", ""),
        "expected_on": None,
        "died_on": None,
    }


def test_a_birth_is_registered_on_the_childs_page(world: World) -> None:
    one = child(world, first_name="", expected_on=date(2026, 4, 1), gender="unknown")
    with travel(NOW, tick=False):
        client = as_(world.main)
        wrong = client.post(reverse("child_birth", args=[one.pk]), {"birth_date": "2025-09-01"})
        done = client.post(
            reverse("child_birth", args=[one.pk]),
            {"birth_date": "2026-03-09", "first_name": "Alva", "gender": "girl"},
        )
    assert wrong.status_code == 422
    assert done.status_code == 302
    assert said(one)["birth_date"] == date(2026, 3, 9)
    assert said(one)["expected_on"] is None


def duties(one: Person) -> list[tuple[str, Any, Any, str]]:
    rows = Deadline.objects.filter(child=one, missed_on=None).order_by("kind", "starts_on")
    return list(rows.values_list("kind", "met_on", "cancelled_on", "cancel_reason"))


def test_a_death_ends_the_clocks_and_its_withdrawal_starts_them_again(world: World) -> None:
    one = child(world)
    before, state = duties(one), said(one)
    assert ("investigation", None, None, "") in before
    corrections.register_death(
        one.pk, died_on=date(2026, 3, 6), reason="Polisen.", by=world.main, at=NOW
    )
    rows = duties(one)
    assert ("investigation", None, date(2026, 3, 6), "child_died") in rows
    assert not [row for row in rows if row[1] is None and row[2] is None]
    access = access_for(world.leader, on=TODAY, at=NOW)
    assert [matter.kind for matter in corrections.to_end(one_of(one), access)] == ["investigation"]
    corrections.withdraw_death(one.pk, reason="Fel barn.", by=world.main, at=NOW)
    assert duties(one) == before
    assert said(one) == state


def one_of(one: Person) -> Person:
    return Person.objects.get(pk=one.pk)


def test_an_investigation_of_a_child_that_died_ends_with_its_own_outcome(world: World) -> None:
    one = child(world)
    case = Investigation.objects.get(child=one)
    world.hand_in(case, moment("2026-05-20"))
    ending: dict[str, Any] = {
        "concluded_on": date(2026, 8, 3),
        "outcome": "child_died",
        "rationale": "Barnet har avlidit.",
        "read_by_leader": False,
        "left_open": LEFT,
        "by": world.leader,
        "at": moment("2026-08-03 10:00"),
    }
    with pytest.raises(Invalid) as caught:
        investigations.conclude(case.pk, **ending)
    assert set(caught.value.fields) == {"outcome"}
    corrections.register_death(
        one.pk,
        died_on=date(2026, 6, 1),
        reason="Polisen.",
        by=world.main,
        at=moment("2026-08-03 09:00"),
    )
    done = investigations.conclude(case.pk, **ending)
    # Its last day was the 2nd of July: the child died before.
    assert not done.is_late
    assert ("investigation", None, date(2026, 6, 1), "child_died") in duties(one)
    assert not Notice.objects.filter(
        kind="overdue", deadline__child=one, created_at__gt=moment("2026-08-03 09:00")
    ).exists()


PAGES = ("child_correct", "child_number", "child_death")


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_corrections_are_for_those_who_may(world: World, name: str) -> None:
    one = child(world)
    address = reverse(name, args=[one.pk])
    with travel(NOW, tick=False):
        answers = {
            who: as_(world.people[who]).get(address).status_code
            for who in ("main", "leader", "head", "coordinator", "worker2", "other_head")
        }
    assert answers == {
        "main": 200,
        "leader": 200,
        "head": 200,
        "coordinator": 403,
        "worker2": 404,
        "other_head": 404,
    }


def test_a_correction_by_the_page_shows_in_the_history(world: World) -> None:
    one = child(world)
    with travel(NOW, tick=False):
        client = as_(world.main)
        done = client.post(
            reverse("child_correct", args=[one.pk]),
            {
                "first_name": "Alma",
                "last_name": "Ek",
                "gender": "girl",
                "reason": "Hördes fel.",
                "version": one.version,
            },
        )
        page = client.get(reverse("child", args=[one.pk])).content.decode()
    assert done.status_code == 302
    assert "Alva → Alma" in page
    assert "Hördes fel." in page
