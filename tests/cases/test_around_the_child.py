"""Guardians and others around a child: changed once for several, ended, protected."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from time_machine import travel

from cases.disclosure import masking_terms
from cases.investigations import services as investigations
from cases.investigations.models import Investigation
from cases.investigations.progress import steps, with_progress
from cases.persons import guardians
from cases.persons.models import Guardian, Person, PersonChange
from cases.reports.services import ChildInput
from core.errors import Conflict, Forbidden, Invalid, Missing
from core.models import TrailEntry
from organisation.models import User
from tests.factories import World, moment

TODAY = date(2026, 3, 10)
NOW = moment("2026-03-10 10:00")
MOTHER: dict[str, Any] = {
    "relation": "mother",
    "first_name": "Maria",
    "last_name": "Ek",
    "has_custody": True,
    "contact": "070-111 22 33",
}


@pytest.fixture
def case(world: World) -> Investigation:
    return world.investigation()


def add(case: Investigation, world: World, *, by: User | None = None, **given: Any) -> Guardian:
    return guardians.add(case.child_id, **MOTHER | given, by=by or world.main, at=NOW)


def change(one: Guardian, world: World, *, by: User | None = None, **given: Any) -> Guardian:
    names = (
        "relation",
        "first_name",
        "last_name",
        "has_custody",
        "contact",
        "interpreter_language",
        "custody_from",
        "custody_until",
        "protected_identity",
    )
    now = Guardian.objects.get(pk=one.pk)
    values = {name: getattr(now, name) for name in names} | {"reason": "Stämde inte."}
    return guardians.change(one.child_id, one.pk, **values | given, by=by or world.main, at=NOW)


def as_(user: User) -> Client:
    client = Client(headers={"accept-language": "sv"})
    client.force_login(user)
    return client


def said(one: Guardian) -> dict[str, Any]:
    return Guardian.objects.filter(pk=one.pk).values().get() | {"version": None}


def test_a_change_keeps_what_was_and_who_and_why(world: World, case: Investigation) -> None:
    one = add(case, world)
    before = said(one)
    change(one, world, contact="070-999 88 77", custody_from=date(2025, 1, 1))
    rows = PersonChange.objects.filter(guardian=one).values_list("field", "old", "new")
    assert set(rows) == {
        ("contact", "070-111 22 33", "070-999 88 77"),
        ("custody_from", "", "2025-01-01"),
    }
    entry = TrailEntry.objects.get(action="person.guardian_changed")
    assert entry.details == {"guardian": one.pk, "fields": ["contact", "custody_from"]}
    change(one, world, contact="070-111 22 33", custody_from=None)
    assert said(one) == before


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"first_name": "", "last_name": " "}, "first_name"),
        ({"relation": "step_parent"}, "has_custody"),
        ({"relation": "grandparent"}, "has_custody"),
        ({"custody_from": date(2026, 3, 11)}, "custody_from"),
        ({"custody_until": date(2026, 3, 1)}, "custody_until"),
        (
            {
                "has_custody": False,
                "custody_from": date(2026, 3, 2),
                "custody_until": date(2026, 3, 1),
            },
            "custody_until",
        ),
        ({"relation": "uncle"}, "relation"),
        ({"protected_identity": "yes"}, "protected_identity"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    world: World, case: Investigation, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        add(case, world, **given)
    assert set(caught.value.fields) == {field}
    assert not Guardian.objects.exists()


def test_at_most_two_have_custody_and_nobody_without_a_name_is_asked(
    world: World, case: Investigation
) -> None:
    add(case, world)
    add(case, world, relation="father", first_name="Erik")
    with pytest.raises(Invalid) as caught:
        add(case, world, first_name="Sara")
    assert set(caught.value.fields) == {"has_custody"}
    with pytest.raises(Invalid) as caught:
        investigations.add_guardian(
            case.pk,
            relation="mother",
            first_name="Sara",
            last_name="Ek",
            has_custody=True,
            by=world.main,
            at=NOW,
        )
    assert set(caught.value.fields) == {"has_custody"}
    # What was written before this was refused: a nameless father, and others around the child.
    Guardian.objects.create(child=case.child, relation="father", has_custody=False)
    add(case, world, relation="grandparent", first_name="Rut", has_custody=False)
    (found,) = with_progress(Investigation.objects.filter(pk=case.pk))
    assert found.guardian_count == 2
    (step,) = [step for step in steps(found) if step.code == "guardians"]
    assert "0" in step.detail
    assert "2" in step.detail


def test_two_mothers_can_have_custody(world: World, case: Investigation) -> None:
    add(case, world)
    add(case, world, first_name="Sara")
    assert case.child.guardians.filter(has_custody=True).count() == 2


def test_an_end_takes_custody_with_it_and_can_be_taken_back(
    world: World, case: Investigation
) -> None:
    one = add(case, world, custody_from=date(2020, 1, 1))
    investigations.record_participation(
        case.pk, guardian_id=one.pk, took_part=True, on=TODAY, how="", by=world.main, at=NOW
    )
    before = said(one)
    guardians.end(
        case.child_id,
        one.pk,
        ended_on=date(2026, 3, 9),
        reason="Vårdnaden flyttad.",
        by=world.main,
        at=NOW,
    )
    assert said(one) == before | {
        "ended_on": date(2026, 3, 9),
        "end_reason": "Vårdnaden flyttad.",
        "has_custody": False,
        "custody_until": date(2026, 3, 9),
    }
    (found,) = with_progress(Investigation.objects.filter(pk=case.pk))
    assert (found.guardian_count, found.guardians_asked) == (0, 0)
    with pytest.raises(Conflict):
        change(one, world, first_name="Mia")
    add(case, world, relation="father", first_name="Erik")
    guardians.reopen(case.child_id, one.pk, reason="Fel.", by=world.main, at=NOW)
    assert said(one) == before


def siblings(world: World) -> list[Investigation]:
    """Three children of one report, each with an investigation of `main` and `co`."""
    rows = world.reports(children=[ChildInput(first_name=n, last_name="Ek") for n in "ABC"])
    cases = []
    for row in rows:
        opened = world.decide(row, "2026-03-02").investigation
        assert opened is not None
        investigations.assign_handlers(
            opened.pk,
            main=world.main,
            co=world.co,
            from_on=date(2026, 3, 2),
            by=world.head,
            at=moment("2026-03-02"),
        )
        cases.append(Investigation.objects.select_related("child").get(pk=opened.pk))
    return cases


def test_one_person_of_several_children_is_changed_once(world: World) -> None:
    first, second, third = siblings(world)
    mother = add(first, world)
    with travel(NOW, tick=False):
        page = as_(world.main).get(reverse("child_guardian_add", args=[second.child_id]))
    assert [pk for pk, _label in page.context["form"].fields["same_as"].choices[1:]] == [mother.pk]
    also = add(second, world, same_as=mother.pk, has_custody=False, contact="")
    apart = add(third, world)
    mother.refresh_from_db()
    assert also.adult_id == mother.adult_id
    assert (also.contact, also.has_custody) == ("070-111 22 33", False)
    change(mother, world, contact="08-1", first_name="Mia", everywhere=True)
    rows = {one.pk: one for one in Guardian.objects.all()}
    assert {(rows[pk].contact, rows[pk].first_name) for pk in (mother.pk, also.pk)} == {
        ("08-1", "Mia")
    }
    assert (rows[mother.pk].has_custody, rows[also.pk].has_custody) == (True, False)
    assert rows[apart.pk].contact == "070-111 22 33"
    assert PersonChange.objects.filter(guardian=also, field="contact").exists()
    change(mother, world, contact="08-2")
    assert Guardian.objects.get(pk=also.pk).contact == "08-1"


def test_nobody_is_offered_from_children_one_may_not_see(world: World) -> None:
    first, _second, _third = siblings(world)
    mother = add(first, world)
    other = world.report(children=[ChildInput(first_name="Annan", last_name="Ek")])
    with pytest.raises(Missing):
        guardians.add(other.child_id, same_as=mother.pk, **MOTHER, by=world.reception, at=NOW)


def test_who_may_change_those_around_a_child(world: World, case: Investigation) -> None:
    one = add(case, world)
    may = set()
    for number, (name, user) in enumerate(world.people.items()):
        try:
            change(one, world, by=user, contact=f"08-{number}")
        except (Forbidden, Missing):
            continue
        may.add(name)
    assert may == {"main", "co", "leader", "head", "reception", "reception_leader"}


# Protected


def test_the_contact_of_a_protected_parent_is_hidden_as_a_childs_whereabouts(
    world: World, case: Investigation
) -> None:
    report = case.reports.get()
    one = add(case, world, protected_identity="protected_registration", contact="Hemliga vägen 7")
    change(one, world, contact="Gömda vägen 8")
    with travel(NOW, tick=False):
        for name in ("main", "co", "leader", "head", "coordinator", "reception"):
            client = as_(world.people[name])
            for address in (
                reverse("child", args=[case.child_id]),
                reverse("investigation", args=[case.pk]) + "?tab=assessment",
                reverse("report", args=[report.pk]),
                f"/api/v1/reports/{report.pk}/",
                f"/api/v1/investigations/{case.pk}/",
                reverse("child_guardian", args=[case.child_id, one.pk]),
            ):
                text = client.get(address).content.decode()
                knows = name in ("main", "co", "leader", "head")
                if not knows:
                    assert "Gömda" not in text, (name, address)
                    assert "Hemliga" not in text, (name, address)
            shown = client.get(reverse("child", args=[case.child_id])).content.decode()
            assert ("Gömda vägen 8" in shown) == knows, name
    assert TrailEntry.objects.filter(action="whereabouts.read", actor=world.main).exists()


def test_whoever_may_not_see_a_protected_contact_does_not_write_over_it(
    world: World, case: Investigation
) -> None:
    one = add(case, world, protected_identity="secrecy_marking")
    change(
        one,
        world,
        by=world.reception,
        contact="",
        protected_identity="none",
        first_name="Mia",
    )
    one.refresh_from_db()
    assert (one.first_name, one.contact) == ("Mia", "070-111 22 33")
    assert one.protected_identity == "secrecy_marking"


def test_a_copy_never_tells_how_to_reach_a_protected_parent_but_to_itself(
    world: World, case: Investigation
) -> None:
    mother = add(case, world, protected_identity="secrecy_marking")
    father = add(case, world, relation="father", first_name="Erik", contact="070-444 55 66")
    child = Person.objects.get(pk=case.child_id)
    text = "Ring 070-111 22 33."
    assert masking_terms.for_everybody(child).marks(text)
    assert masking_terms.for_party(child, guardian=father).marks(text)
    assert not masking_terms.for_party(child, guardian=mother).marks(text)
    mother.protected_identity = "none"
    mother.save()
    terms = masking_terms.for_everybody(child).terms
    assert not [term for term in terms if "070" in str(term)]


def test_those_around_the_child_are_changed_on_its_page(world: World, case: Investigation) -> None:
    with travel(NOW, tick=False):
        client = as_(world.main)
        address = reverse("child_guardian_add", args=[case.child_id])
        wrong = client.post(address, {"relation": "mother", "has_custody": "yes"})
        done = client.post(
            address,
            {
                "relation": "grandparent",
                "first_name": "Rut",
                "has_custody": "no",
                "protected_identity": "none",
            },
        )
        one = case.child.guardians.get()
        changed = client.post(
            reverse("child_guardian", args=[case.child_id, one.pk]),
            {
                "relation": "grandparent",
                "first_name": "Rut",
                "last_name": "Ek",
                "has_custody": "no",
                "protected_identity": "none",
                "reason": "Efternamnet.",
                "version": one.version,
            },
        )
        ended = client.post(
            reverse("child_guardian_end", args=[case.child_id, one.pk]),
            {"ended_on": "2026-03-09", "reason": "Har avlidit.", "version": one.version + 1},
        )
        page = client.get(reverse("child", args=[case.child_id])).content.decode()
    assert [wrong.status_code, done.status_code] == [422, 302]
    assert [changed.status_code, ended.status_code] == [302, 302]
    assert "Rut Ek" in page
    assert "Har avlidit." in page
