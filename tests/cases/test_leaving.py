"""Staff change: a new surname, somebody who leaves, and comes back."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from cases.access.departures import end_grants, release_departed
from cases.access.grants import grant_reading
from cases.interventions import services as interventions
from cases.interventions.models import Intervention
from cases.investigations.models import DecisionDocument, Investigation
from cases.journal import services as journal
from cases.journal.models import Note
from cases.notices.models import Notice
from cases.provisions.models import ReadingGrant
from cases.signing import services as signing
from cases.signing.texts import broken_signatures, unchanged
from core.errors import Invalid
from core.models import TrailEntry
from organisation.models import Absence, Employment, FormerName, RoleAssignment, User
from organisation.permissions import access_for
from organisation.services import employments, leaving, people, roles
from tests.factories import LONG_AGO, World, give, make_user, moment

AT = moment("2026-03-18 09:00")
TODAY = date(2026, 3, 18)


def change(world: World, user: User, **given: object) -> User:
    values = {
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "phone": "",
        "is_active": True,
        "by": world.sysadmin,
        "at": AT,
    }
    return people.change_user(user.pk, **values | given)  # type: ignore[arg-type]


def granted(world: World, investigation: Investigation) -> Intervention:
    return interventions.grant(
        investigation.pk,
        kind="family_treatment",
        goal="Trygghet.",
        decided_on=date(2026, 3, 10),
        started_on=date(2026, 3, 10),
        responsible=world.third,
        by=world.leader,
        at=moment("2026-03-10"),
    )


# A new name


def test_a_signed_text_keeps_the_name_it_was_signed_with(world: World) -> None:
    case = world.investigation("2026-03-02")
    world.hand_in(case, moment("2026-03-10"))
    document = DecisionDocument.objects.get()
    assert document.signed_name == "Main Test"
    digest = document.signed_digest

    renamed = change(world, world.main, last_name="Åkesson-Lind", email="ny@example.test")

    assert (str(renamed), renamed.email) == ("Main Åkesson-Lind", "ny@example.test")
    document = DecisionDocument.objects.select_related("signed_by").get()
    assert document.signer == "Main Test"
    assert str(document.signed_by) == "Main Åkesson-Lind"
    assert document.signed_digest == digest
    assert unchanged("document", document)
    assert broken_signatures() == []
    client = Client()
    client.force_login(world.leader)
    shown = client.get(reverse("investigation", args=[case.pk])).content.decode()
    assert "Main Test" in shown
    assert "Main Åkesson-Lind" in shown


def test_nobody_rewrites_the_name_of_a_signature(world: World) -> None:
    case = world.investigation("2026-03-02")
    note = journal.write_note(
        case.pk,
        kind="journal",
        happened_at=moment("2026-03-10 08:00"),
        text="Samtal.",
        by=world.main,
        at=moment("2026-03-10 09:00"),
    )
    signing.sign("note", note.pk, by=world.main, at=moment("2026-03-10 09:05"))
    with pytest.raises(DatabaseError), transaction.atomic():
        Note.objects.filter(pk=note.pk).update(signed_name="Någon Annan")
    assert Note.objects.get(pk=note.pk).signed_name == "Main Test"


def test_the_database_names_the_signer_whoever_writes_the_row(world: World) -> None:
    case = world.investigation("2026-03-02")
    note = journal.write_note(
        case.pk,
        kind="journal",
        happened_at=moment("2026-03-10 08:00"),
        text="Samtal.",
        by=world.main,
        at=moment("2026-03-10 09:00"),
    )
    Note.objects.filter(pk=note.pk).update(
        signed_at=AT, signed_by=world.main, signed_digest="1:" + "a" * 64
    )
    assert Note.objects.get(pk=note.pk).signed_name == "Main Test"


def found(client: Client, asked: str) -> set[str]:
    page = client.post(reverse("staff_list"), {"name": asked}).context["page"]
    return {person.username for person in page}


def test_staff_is_found_by_the_old_name_and_shown_by_the_new(world: World) -> None:
    change(world, world.main, first_name="Eva", last_name="Perić")
    change(world, User.objects.get(pk=world.main.pk), first_name="Eva", last_name="Berg-Lind")
    change(world, world.co, phone="08-123")
    rows = FormerName.objects.filter(user=world.main).order_by("pk")
    assert [(str(row), row.until_on) for row in rows] == [
        ("Main Test", TODAY),
        ("Eva Perić", TODAY),
    ]
    assert not FormerName.objects.filter(user=world.co).exists()
    client = Client()
    client.force_login(world.sysadmin)
    for asked in ("Main Test", "Peric", "eva perić", "Berg Lind", "Lind"):
        assert "main" in found(client, asked), asked
    assert found(client, "Peric") == {"main"}
    shown = client.post(reverse("staff_list"), {"name": "Peric"}).content.decode()
    assert "Eva Berg-Lind" in shown
    assert "Eva Perić" in shown
    page = client.get(reverse("staff", args=[world.main.pk])).content.decode()
    assert "Eva Perić" in page
    assert "Main Test" in page


# Leaving


def test_a_closed_account_gives_everything_back_at_once(world: World) -> None:
    case = world.investigation("2026-03-02")
    intervention = granted(world, case)
    change(world, world.third, is_active=False)
    (now,) = intervention.matter.workers.current()
    assert (now.user, now.part, now.from_on) == (world.leader, "responsible", TODAY)
    told = Notice.objects.filter(kind="unassigned", matter=intervention.pk)
    assert set(told.values_list("recipient__username", flat=True)) == {"leader"}
    # The sweep that comes later finds nothing to do.
    assert release_departed(on=TODAY, at=AT) == 0


def test_a_role_that_was_over_yesterday_gives_everything_back_at_once(world: World) -> None:
    intervention = granted(world, world.investigation("2026-03-02"))
    role = RoleAssignment.objects.get(user=world.third)
    roles.end_role(role.pk, until_on=date(2026, 3, 17), by=world.sysadmin, at=AT)
    (now,) = intervention.matter.workers.current()
    assert (now.user, now.from_on) == (world.leader, TODAY)


def test_a_role_with_today_as_its_last_day_works_today(world: World) -> None:
    intervention = granted(world, world.investigation("2026-03-02"))
    role = RoleAssignment.objects.get(user=world.third)
    roles.end_role(role.pk, until_on=TODAY, by=world.sysadmin, at=AT)
    (now,) = intervention.matter.workers.current()
    assert now.user == world.third
    assert release_departed(on=date(2026, 3, 19), at=moment("2026-03-19 00:10")) == 1
    (now,) = intervention.matter.workers.current()
    assert (now.user, now.from_on) == (world.leader, date(2026, 3, 19))


def test_an_employment_that_ends_takes_the_roles_with_it_when_so_said(world: World) -> None:
    intervention = granted(world, world.investigation("2026-03-02"))
    job = Employment.objects.get(user=world.third)
    employments.end_employment(
        job.pk,
        ended_on=date(2026, 3, 17),
        end_reason="own_request_external",
        roles_end=True,
        by=world.sysadmin,
        at=AT,
    )
    assert RoleAssignment.objects.get(user=world.third).until_on == date(2026, 3, 17)
    (now,) = intervention.matter.workers.current()
    assert now.user == world.leader


def test_the_stand_in_who_left_stands_in_no_more(world: World) -> None:
    Absence.objects.create(
        user=world.main,
        from_on=date(2026, 3, 16),
        until_on=date(2026, 6, 30),
        reason="leave",
        stand_in=world.co,
    )
    case = world.investigation("2026-03-02")
    change(world, world.co, is_active=False)
    assert Absence.objects.get().stand_in is None
    back = change(world, User.objects.get(pk=world.co.pk), is_active=True)
    roles.give_role(
        user=back,
        role="investigator",
        node=world.groups["barn-2"],
        from_on=date(2026, 3, 20),
        by=world.sysadmin,
        at=AT,
    )
    access = access_for(back, on=date(2026, 3, 20))
    assert access.acts_for == {back.pk}
    assert not Investigation.objects.visible_to(access).filter(pk=case.pk).exists()


def test_a_stand_in_whose_last_role_ran_out_is_released_by_the_night(world: World) -> None:
    Absence.objects.create(
        user=world.main,
        from_on=date(2026, 3, 16),
        until_on=date(2026, 6, 30),
        reason="leave",
        stand_in=world.co,
    )
    RoleAssignment.objects.filter(user=world.co).update(until_on=TODAY)
    assert leaving.release_stand_ins(on=TODAY, at=AT) == 0
    assert leaving.release_stand_ins(on=date(2026, 3, 19), at=AT) == 1
    assert leaving.release_stand_ins(on=date(2026, 3, 19), at=AT) == 0


# Coming back


def test_who_comes_back_has_the_account_and_nothing_else(world: World) -> None:
    case = world.investigation("2026-03-02")
    other = world.investigation("2026-03-03", group="barn-2", allocated=False)
    note = journal.write_note(
        case.pk,
        kind="journal",
        happened_at=moment("2026-03-10 08:00"),
        text="Samtal.",
        by=world.main,
        at=moment("2026-03-10 09:00"),
    )
    signing.sign("note", note.pk, by=world.main, at=moment("2026-03-10 09:05"))
    grant_reading(
        other.pk,
        reader=world.main,
        reason="Behov.",
        from_on=date(2026, 3, 10),
        until_on=date(2026, 12, 31),
        by=world.head,
        at=moment("2026-03-10"),
    )
    client = Client()
    client.force_login(world.main)
    assert client.get(reverse("home")).status_code == 200
    user = world.main
    assert access_for(user, on=TODAY).granted == {other.pk}

    change(world, user, is_active=False)

    assert client.get(reverse("home")).status_code == 302
    user = User.objects.get(pk=user.pk)
    assert access_for(user, on=TODAY).held == ()
    september = date(2026, 9, 1)
    later = moment("2026-09-01 08:00")
    back = change(world, user, is_active=True, at=later)
    assert access_for(back, on=september).held == ()
    employments.end_employment(
        Employment.objects.get(user=back).pk,
        ended_on=TODAY,
        end_reason="own_request_external",
        by=world.sysadmin,
        at=later,
    )
    employments.employ(
        user=back,
        administration=world.administration,
        profession="Socialsekreterare",
        form="permanent",
        started_on=september,
        by=world.sysadmin,
        at=later,
    )
    roles.give_role(
        user=back,
        role="investigator",
        node=world.groups["barn-1"],
        from_on=september,
        by=world.sysadmin,
        at=later,
    )
    access = access_for(back, on=september)
    assert access.granted == frozenset()
    assert not Investigation.objects.visible_to(access).exists()
    assert client.get(reverse("home")).status_code == 302
    assert (back.pk, back.employments.count()) == (world.main.pk, 2)
    signed = Note.objects.get(pk=note.pk)
    assert (signed.signed_by, signed.signer) == (back, "Main Test")
    assert broken_signatures() == []
    act = TrailEntry.objects.get(action="access.reader_left")
    assert (act.actor, act.details["reader"]) == (world.sysadmin, back.pk)


def test_a_grant_ends_with_the_last_role_in_the_unit_by_the_sweep(world: World) -> None:
    case = world.investigation("2026-03-03", group="barn-2", allocated=False)
    grant = grant_reading(
        case.pk,
        reader=world.main,
        reason="Behov.",
        from_on=date(2026, 3, 10),
        until_on=date(2026, 12, 31),
        by=world.head,
        at=moment("2026-03-10"),
    )
    RoleAssignment.objects.filter(user=world.main).update(until_on=TODAY)
    give(world.main, "investigator", world.other_groups["barn-1"], from_on=LONG_AGO)
    assert end_grants(on=TODAY, at=AT) == 0
    assert end_grants(on=date(2026, 3, 19), at=AT) == 1
    assert end_grants(on=date(2026, 3, 19), at=AT) == 0
    row = ReadingGrant.objects.get(pk=grant.pk)
    assert (row.ended_at, row.ended_by) == (AT, None)
    give(world.main, "investigator", world.groups["barn-1"], from_on=date(2026, 5, 1))
    assert access_for(world.main, on=date(2026, 5, 1)).granted == frozenset()


def test_the_same_employee_number_is_the_same_account(world: World) -> None:
    gone = make_user("gone", employee_number="4711", is_active=False)
    with pytest.raises(Invalid) as refused:
        people.add_user(
            username="gone2",
            first_name="Gone",
            last_name="Test",
            email="",
            employee_number="4711",
            by=world.sysadmin,
            at=AT,
        )
    assert set(refused.value.fields) == {"employee_number"}
    assert "gone" in refused.value.fields["employee_number"]
    assert User.objects.filter(employee_number="4711").get() == gone
