"""Two records of one child made one, with everything of both, and taken back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from time_machine import travel

from cases.access import emergency
from cases.access import grants as access_services
from cases.access.child_log import of_child
from cases.access.conflicts import ChildNamed, declare
from cases.child import corrections, merging
from cases.deadlines.store import differences
from cases.disclosure import services as disclosures
from cases.investigations import services as investigations
from cases.investigations.models import Investigation
from cases.journal import services as notes
from cases.journal.models import Note
from cases.matters.models import Matter
from cases.persons import guardians, protection
from cases.persons.models import EarlierNumber, Person, PersonMerge
from cases.provisions.lookup import blocked_from
from cases.reports.models import Report
from cases.reports.services import ChildInput
from cases.signing import services as signing
from core.errors import Conflict, Forbidden, Invalid, Missing
from organisation.models import User
from organisation.permissions import access_for
from tests.cases.test_person_corrections import COORDINATED, GIRL, number
from tests.factories import World, moment

TODAY = date(2026, 3, 10)
NOW = moment("2026-03-10 10:00")
LATER = moment("2026-03-20 10:00")
WHY = "Samma barn enligt modern."
ONLY_OF_MERGING = {"cases_personmerge.kept_id", "cases_personmerge.gone_id"}


def of_one(world: World, **given: Any) -> Person:
    """A child with an investigation open in barn-1, and everything hanging on it."""
    values = {"first_name": "Alva", "last_name": "Ek", "gender": "girl"} | given
    report = world.decide(world.report(children=[ChildInput(**values)]), "2026-03-02")
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


def reported(world: World, **given: Any) -> Person:
    """A child of a report that led to nothing."""
    values = {"first_name": "Alva", "last_name": "Ek", "gender": "girl"} | given
    report = world.report(children=[ChildInput(**values)])
    return world.decide(report, "2026-03-02", "do_not_open").child


def filled(world: World, child: Person) -> Person:
    """The child with a row of everything that can hang on it."""
    case = Investigation.objects.get(child=child)
    who: dict[str, Any] = {"by": world.main, "at": NOW}
    mother = guardians.add(
        child.pk, relation="mother", first_name="Maria", last_name="Ek", has_custody=True, **who
    )
    investigations.record_participation(
        case.pk, guardian_id=mother.pk, took_part=True, on=TODAY, how="", **who
    )
    note = notes.write_note(case.pk, kind="home_visit", happened_at=NOW, text="Hembesök.", **who)
    signing.sign("note", note.pk, **who)
    signing.add("note", note.pk, kind="correction", text="Rättat.", **who)
    notes.write_note(case.pk, kind="home_visit", happened_at=NOW, text="Ett till.", **who)
    access_services.grant_reading(
        case.pk,
        reader=world.worker2,
        reason="Syskon.",
        from_on=TODAY,
        until_on=TODAY + timedelta(days=30),
        by=world.head,
        at=NOW,
    )
    emergency.open_case(
        child.pk, reason="Polisen söker barnet i natt.", hours=1, by=world.on_duty, at=NOW
    )
    declare(
        ChildNamed(child_id=child.pk),
        staff=world.third,
        category="relative",
        includes_siblings=False,
        from_on=TODAY,
        by=world.leader,
        at=NOW,
    )
    protection.protect(
        child.pk, kind="secrecy_marking", source="authority", authority="SKV", from_on=TODAY, **who
    )
    disclosures.prepare(
        child.pk,
        matter_ids=[case.pk],
        relation="guardian",
        guardian_id=mother.pk,
        requested_on=TODAY,
        **who,
    )
    corrections.correct(
        child.pk,
        first_name=child.first_name,
        last_name=child.last_name,
        birth_date=date(2014, 3, 12),
        gender="girl",
        reason="Känt nu.",
        **who,
    )
    return Person.objects.get(pk=child.pk)


def merge(kept: Person, gone: Person, by: User, **given: Any) -> PersonMerge:
    values: dict[str, Any] = {"chosen": {}, "reason": WHY, "at": NOW} | given
    return merging.merge(kept.pk, gone.pk, by=by, **values)


def everything() -> dict[str, Any]:
    """Every row that points at a child, and the children, without the versions of the latter."""
    state: dict[str, Any] = {}
    for field in merging.columns():
        rows = field.model._base_manager.order_by("pk")
        state[merging._label(field)] = list(rows.values_list("pk", field.attname))
    names = [f.attname for f in Person._meta.concrete_fields if f.attname != "version"]
    state["people"] = list(Person.objects.order_by("pk").values(*names))
    return state


def as_(user: User) -> Client:
    client = Client(headers={"accept-language": "sv"})
    client.force_login(user)
    return client


@pytest.mark.django_db
def test_every_key_to_a_child_in_the_database_is_moved() -> None:
    """Asked of the database itself, so that no table is forgotten, whoever makes it."""
    tables = {model._meta.db_table for model in apps.get_models() if model._meta.managed}
    found = set()
    with connection.cursor() as cursor:
        for table in sorted(tables & set(connection.introspection.table_names(cursor))):
            relations = connection.introspection.get_relations(cursor, table)
            for column, (_to, other) in {
                name: (to[0], to[1]) for name, to in relations.items()
            }.items():
                if other == "cases_person":
                    found.add(f"{table}.{column}")
    moved = {f"{f.model._meta.db_table}.{f.column}" for f in merging.columns()}
    assert found - moved == ONLY_OF_MERGING


def test_everything_of_both_is_with_the_one_that_stays(world: World) -> None:
    kept = reported(world, personal_identity_number=GIRL)
    gone = filled(world, of_one(world))
    before = {
        merging._label(field): set(
            field.model._base_manager.filter(
                **{f"{field.attname}__in": [kept.pk, gone.pk]}
            ).values_list("pk", flat=True)
        )
        for field in merging.columns()
        if field.model is not Person
    }
    names = {name for name, rows in before.items() if rows}
    assert names >= {
        "cases.matter.child_id",
        "cases.report.child_id",
        "cases.investigation.child_id",
        "cases.note.child_id",
        "cases.addition.child_id",
        "cases.deadline.child_id",
        "cases.guardian.child_id",
        "cases.identityprotection.child_id",
        "cases.emergencyaccess.child_id",
        "cases.conflictofinterest.child_id",
        "cases.disclosure.child_id",
        "cases.personchange.child_id",
    }
    merge(kept, gone, world.head)
    for field in merging.columns():
        rows = field.model._base_manager.all()
        if field.model is Person:
            assert list(rows.filter(merged_into=kept)) == [gone]
            continue
        here = set(rows.filter(**{field.attname: kept.pk}).values_list("pk", flat=True))
        assert here == before[merging._label(field)], field
        assert not rows.filter(**{field.attname: gone.pk}).exists(), field
    now = Person.objects.get(pk=kept.pk)
    assert now.protected_identity == "secrecy_marking"
    assert now.birth_date == date(2014, 3, 12)
    assert blocked_from(kept.pk, on=TODAY) == {world.third.pk}
    assert not list(differences())
    assert of_child(now).filter(children=[gone.pk]).exists()


def test_undoing_brings_back_the_same_state(world: World) -> None:
    kept = reported(world, personal_identity_number=GIRL, last_name="Ek-Lind")
    gone = filled(world, of_one(world))
    before = everything()
    row = merge(kept, gone, world.head, chosen={"last_name": "gone"})
    assert everything() != before
    merging.undo(row.pk, reason="Det var två barn.", by=world.head, at=LATER)
    assert everything() == before
    assert not list(differences())


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_merging_and_undoing_is_nothing_whatever_the_records_say(
    world: World, data: st.DataObject
) -> None:
    def record(identity_number: str) -> Person:
        some = data.draw(
            st.fixed_dictionaries(
                {
                    "first_name": st.sampled_from(["Alva", "Alva Maria", ""]),
                    "last_name": st.sampled_from(["Ek", "Ek-Lind"]),
                    "gender": st.sampled_from(["girl", "unknown"]),
                    "birth_date": st.sampled_from([None, date(2014, 3, 12)]),
                }
            )
        )
        known = data.draw(st.booleans())
        return reported(world, **some, personal_identity_number=identity_number if known else "")

    Person.objects.filter(personal_identity_number__isnull=False).update(
        personal_identity_number=None
    )
    kept, gone = record(GIRL), record("")
    if data.draw(st.booleans()):
        kept, gone = gone, kept
    before = everything()
    chosen = {
        one.name: data.draw(st.sampled_from(["kept", "gone"]))
        for one in merging.differences(kept, gone)
    }
    row = merge(kept, gone, world.head, chosen=chosen)
    now = Person.objects.get(pk=kept.pk)
    for name, whose in chosen.items():
        assert getattr(now, name) == getattr({"kept": kept, "gone": gone}[whose], name)
    merging.undo(row.pk, reason="Nej.", by=world.head, at=NOW)
    assert everything() == before


def test_what_differs_is_chosen(world: World) -> None:
    kept, gone = reported(world), reported(world, first_name="Alva Maria")
    with pytest.raises(Invalid) as caught:
        merge(kept, gone, world.head)
    assert set(caught.value.fields) == {"first_name"}


def test_two_children_with_numbers_of_their_own_are_never_one(world: World) -> None:
    kept = reported(world, personal_identity_number=GIRL)
    twin = reported(world, personal_identity_number=number("20140312", "240"))
    with pytest.raises(Conflict, match=r"two children|två barn"):
        merge(kept, twin, world.head)
    access = access_for(world.head, on=TODAY, at=NOW)
    assert merging.candidates(kept, access) == []
    assert Report.objects.filter(child=twin).exists()


def test_a_coordination_number_and_a_personal_one_of_one_child_can_be(world: World) -> None:
    kept = reported(world, personal_identity_number=COORDINATED)
    gone = reported(world, personal_identity_number=GIRL)
    before = everything()
    row = merge(kept, gone, world.head)
    now = Person.objects.get(pk=kept.pk)
    assert now.personal_identity_number == GIRL.replace("-", "")
    assert [e.number for e in now.earlier_numbers.all()] == [COORDINATED.replace("-", "")]
    merging.undo(row.pk, reason="Nej.", by=world.head, at=NOW)
    assert everything() == before
    assert not EarlierNumber.objects.exists()


def test_another_first_name_with_a_coordination_number_is_a_twin(world: World) -> None:
    kept = reported(world, personal_identity_number=COORDINATED, first_name="Elin")
    gone = reported(world, personal_identity_number=GIRL)
    with pytest.raises(Conflict):
        merge(kept, gone, world.head, chosen={"first_name": "kept"})


def test_two_open_investigations_are_not_made_one(world: World) -> None:
    kept, gone = of_one(world), of_one(world)
    with pytest.raises(Conflict):
        merge(kept, gone, world.head)
    assert Matter.objects.filter(child=gone).exists()


def test_who_may_merge(world: World) -> None:
    kept, other = of_one(world), reported(world)
    may = set()
    for name, user in world.people.items():
        try:
            row = merge(kept, other, user)
        except (Forbidden, Missing):
            continue
        merging.undo(row.pk, reason="Prov.", by=world.head, at=NOW)
        may.add(name)
    # Whoever leads a group of both: the reports are reception's, the investigation barn-1's alone.
    assert may == {"head", "reception_leader"}


def test_it_is_undone_within_thirty_days(world: World) -> None:
    kept, gone = reported(world), reported(world)
    row = merge(kept, gone, world.head)
    with pytest.raises(Conflict):
        merging.undo(row.pk, reason="Nej.", by=world.head, at=moment("2026-04-10 10:00"))
    with pytest.raises(Forbidden):
        merging.undo(row.pk, reason="Nej.", by=world.reception, at=moment("2026-04-09 10:00"))
    merging.undo(row.pk, reason="Nej.", by=world.head, at=moment("2026-04-09 10:00"))
    with pytest.raises(Conflict):
        merging.undo(row.pk, reason="Nej.", by=world.head, at=moment("2026-04-09 10:00"))


def test_what_was_written_since_stays_when_it_is_undone(world: World) -> None:
    kept, gone = of_one(world), reported(world)
    row = merge(kept, gone, world.head)
    corrections.correct(
        kept.pk,
        first_name="Alma",
        last_name="Ek",
        birth_date=None,
        gender="girl",
        reason="Nytt.",
        by=world.main,
        at=NOW,
    )
    new = world.report("2026-03-10 09:00", children=[ChildInput(child_id=gone.pk)])
    # A choice made before the merging is of the record that stays.
    assert new.child_id == kept.pk
    merging.undo(row.pk, reason="Nej.", by=world.head, at=LATER)
    assert Person.objects.get(pk=kept.pk).first_name == "Alma"
    assert Report.objects.get(pk=new.pk).child_id == kept.pk
    assert Report.objects.filter(child=gone).count() == 1


def test_a_signed_note_is_moved_by_a_merging_and_by_nothing_else(world: World) -> None:
    gone = filled(world, of_one(world))
    kept = reported(world)
    note = Note.objects.exclude(signed_at=None).get()
    with pytest.raises(DatabaseError), transaction.atomic():
        Note.objects.filter(pk=note.pk).update(child=kept)
    merge(kept, gone, world.head)
    note.refresh_from_db()
    assert note.child_id == kept.pk
    with pytest.raises(DatabaseError), transaction.atomic():
        Note.objects.filter(pk=note.pk).update(text="Annat.")


def test_the_merged_record_is_found_no_more_and_its_page_leads_on(world: World) -> None:
    kept, gone = of_one(world), reported(world)
    with travel(NOW, tick=False):
        client = as_(world.head)
        found = client.get(reverse("child_merge", args=[kept.pk])).context["offered"]
        assert found == [gone]
        seen = client.get(reverse("child_merge_with", args=[kept.pk, gone.pk]))
        assert seen.status_code == 200
        done = client.post(
            reverse("child_merge_with", args=[kept.pk, gone.pk]),
            {"reason": WHY, "version": kept.version},
        )
        assert done.status_code == 302
        assert [
            row["child"]
            for row in client.post(reverse("search"), {"q": "Alva Ek"}).context["people"]
        ] == [kept]
        assert client.get(reverse("child", args=[gone.pk])).url == kept.get_absolute_url()
        assert as_(world.other_head).get(reverse("child", args=[gone.pk])).status_code == 404
        page = client.get(reverse("child", args=[kept.pk])).content.decode()
        assert WHY in page
        row = PersonMerge.objects.get()
        undone = client.post(
            reverse("child_merge_undo", args=[kept.pk, row.pk]), {"reason": "Två barn."}
        )
    assert undone.status_code == 302
    assert Report.objects.filter(child=gone).exists()


@pytest.mark.parametrize("name", ["main", "coordinator", "other_head"])
def test_pages_of_merging_are_for_leaders(world: World, name: str) -> None:
    kept, gone = of_one(world), reported(world)
    with travel(NOW, tick=False):
        client = as_(world.people[name])
        for address in (
            reverse("child_merge", args=[kept.pk]),
            reverse("child_merge_with", args=[kept.pk, gone.pk]),
        ):
            assert client.get(address).status_code in (403, 404)


def test_merging_does_not_tell_where_a_protected_child_is(world: World) -> None:
    kept, gone = of_one(world), reported(world)
    for one, place in ((kept, "Hemliga gatan 7"), (gone, "Andra gatan 8")):
        one.address = place
        one.save()
    protection.protect(
        kept.pk,
        kind="secrecy_marking",
        source="authority",
        authority="SKV",
        from_on=TODAY,
        by=world.main,
        at=NOW,
    )
    address = reverse("child_merge_with", args=[kept.pk, gone.pk])
    with travel(NOW, tick=False):
        for name, knows in (("reception_leader", False), ("head", True)):
            page = as_(world.people[name]).get(address).content.decode()
            assert ("Hemliga gatan 7" in page) == knows, name
            assert 'name="address"' in page
