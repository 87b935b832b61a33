"""A family moves between units of the city: asked, accepted, and on by the original clock."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.access import child_log, conflicts
from cases.deadlines import store
from cases.deadlines.models import Deadline
from cases.disclosure.collection import Collector
from cases.disclosure.masking_terms import for_party
from cases.enums import FilePart, NoticeKind
from cases.handovers import services
from cases.handovers.models import HandedText, Handover
from cases.investigations import services as investigations
from cases.investigations.models import Investigation
from cases.journal import services as notes
from cases.law import rules
from cases.notices.models import Notice
from cases.persons.models import Guardian, Person
from cases.reports import services as reports
from cases.reports.earlier_matters import find_children, known_of
from cases.reports.services import ChildInput, ReporterInput
from cases.signing import services as signing
from core.calendar import Month
from core.errors import Conflict, Forbidden, Invalid, Missing
from core.models import TrailEntry
from organisation.acting import access
from tests.factories import World, moment
from unitstats.statistics import counted
from workload.services.rounds import cases_and_employees

NUMBER = "201504010024"
EVERYTHING = [part.value for part in FilePart]
ALVA = ChildInput(first_name="Alva", last_name="Ek", birth_date=date(2015, 4, 1), gender="girl")
NILS = ChildInput(first_name="Nils", last_name="Ek", birth_date=date(2017, 3, 2), gender="boy")


def pages(world: World, client: Client, who: str, address: str, on: str) -> Any:
    with time_machine.travel(moment(on), tick=False):
        client.force_login(getattr(world, who))
        return client.get(address)


@pytest.fixture
def family(world: World) -> list[Investigation]:
    """Two children of one report, both investigated since 2 March, one with a signed note."""
    reports = world.reports(
        "2026-03-02 09:00",
        children=[ALVA, NILS],
        reporter=ReporterInput(category="private", name="Greta Granne", contact="070-123 45 67"),
        concern="Grannen hör skrik om nätterna.",
    )
    cases = []
    for report in reports:
        case = world.decide(report, "2026-03-02").investigation
        assert case is not None
        investigations.assign_handlers(
            case.pk,
            main=world.main,
            co=world.co,
            from_on=date(2026, 3, 2),
            by=world.head,
            at=moment("2026-03-02"),
        )
        cases.append(case)
    first = cases[0]
    investigations.write_plan(
        first.pk, plan="Tala med skolan.", by=world.main, at=moment("2026-03-03")
    )
    investigations.add_guardian(
        first.pk,
        relation="mother",
        first_name="Maria",
        last_name="Ek",
        has_custody=True,
        contact="070-999 88 77",
        by=world.main,
        at=moment("2026-03-03"),
    )
    note = notes.write_note(
        first.pk,
        kind="journal",
        happened_at=moment("2026-03-04 09:00"),
        text="Alva berättar om hemmet.",
        by=world.main,
        at=moment("2026-03-04 10:00"),
    )
    signing.sign("note", note.pk, by=world.main, at=moment("2026-03-04 10:05"))
    return [Investigation.objects.get(pk=case.pk) for case in cases]


def offer(world: World, case: Investigation, **given: Any) -> Handover:
    values: dict[str, Any] = {
        "to_unit": world.other_unit,
        "ground": "needed_care",
        "reason": "Familjen har flyttat till väst.",
        "parts": EVERYTHING,
        "by": world.leader,
        "at": moment("2026-04-01 10:00"),
    }
    return services.offer(case.pk, **values | given)


def accept(world: World, handover: Handover, at: str = "2026-04-07 10:00") -> Investigation:
    services.accept(
        handover.pk, group=world.other_groups["barn-1"], by=world.other_head, at=moment(at)
    )
    case = handover.cases.order_by("pk")[0]
    return Investigation.objects.get(pk=case.to_matter_id)


def test_the_clock_runs_on_from_the_original_day(world: World, family: list[Investigation]) -> None:
    old = family[0]
    investigations.extend(
        old.pk,
        until=date(2026, 8, 2),
        reason="Väntar på BUP.",
        decided_on=date(2026, 3, 20),
        by=world.leader,
        at=moment("2026-03-20"),
    )
    new = accept(world, offer(world, old))
    old.refresh_from_db()
    assert (old.status, old.handed_over_on) == ("handed_over", date(2026, 4, 7))
    assert (new.status, new.opened_on, new.extended_to) == (
        "waiting",
        date(2026, 3, 2),
        date(2026, 8, 2),
    )
    assert (new.unit, new.continues, new.taken_over_on) == (
        world.other_unit,
        old,
        date(2026, 4, 7),
    )
    assert new.number.startswith("EV-BOU-2026-U")
    here, there = (
        Deadline.objects.get(matter=case.pk, kind="investigation") for case in (old, new)
    )
    assert (here.cancelled_on, here.cancel_reason) == (date(2026, 4, 7), "handed_over")
    assert (there.starts_on, there.due_on, there.cancelled_on) == (
        date(2026, 3, 2),
        date(2026, 8, 2),
        None,
    )
    assert list(store.differences()) == []


def test_nothing_is_seen_before_and_only_what_was_handed_over_after(
    world: World, family: list[Investigation], client: Client
) -> None:
    old = family[0]
    people = ("other_head", "other_leader", "other_reception", "other_worker")
    handover = offer(world, old, parts=["plan", "around"])
    for name in people:
        who = access(getattr(world, name), moment("2026-04-02"))
        assert not Investigation.objects.visible_to(who).exists()
        assert not Person.objects.filter(unit=world.other_unit).exists()
        page = pages(world, client, name, reverse("handover", args=[handover.pk]), "2026-04-02")
        assert page.status_code == (200 if name == "other_head" else 404)
        html = page.content.decode()
        assert "Alva berättar" not in html
        assert "Tala med skolan" not in html
        assert "Maria" not in html
    assert HandedText.objects.count() == 0

    new = accept(world, handover)
    assert not Investigation.objects.visible_to(
        access(world.other_head, moment("2026-04-08"))
    ).filter(pk=old.pk)
    page = pages(world, client, "other_head", reverse("investigation", args=[new.pk]), "2026-04-08")
    html = page.content.decode()
    assert "Tala med skolan" in html
    assert "Maria" in html
    for kept in ("Alva berättar", "Grannen hör", "Greta"):
        assert kept not in html
    assert (
        pages(
            world, client, "other_head", reverse("investigation", args=[old.pk]), "2026-04-08"
        ).status_code
        == 404
    )
    assert (
        pages(
            world, client, "other_worker", reverse("investigation", args=[new.pk]), "2026-04-08"
        ).status_code
        == 404
    )


def test_each_named_part_is_whole_and_who_reported_privately_never_goes_along(
    world: World, family: list[Investigation]
) -> None:
    new = accept(world, offer(world, family[0]))
    told = "\n".join(text.text for text in HandedText.objects.filter(matter=new.pk))
    for given in ("Grannen hör skrik", "Tala med skolan", "Alva berättar"):
        assert given in told
    for hidden in ("Greta", "070-123 45 67"):
        assert hidden not in told
    assert {text.part for text in HandedText.objects.filter(matter=new.pk)} == {
        "reports",
        "plan",
        "notes",
    }
    there = Guardian.objects.get(child=new.child)
    assert (there.first_name, there.has_custody, there.contact) == ("Maria", True, "070-999 88 77")


def test_a_text_that_was_handed_over_never_changes(
    world: World, family: list[Investigation]
) -> None:
    new = accept(world, offer(world, family[0]))
    rows = HandedText.objects.filter(matter=new.pk)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        rows.update(text="Annat.")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        rows.delete()


def test_the_partys_copy_of_the_new_unit_holds_what_was_handed_over(
    world: World, family: list[Investigation]
) -> None:
    new = accept(world, offer(world, family[0]))
    pieces = Collector(new.child, for_party(new.child, guardian=None), None).collect([new.matter])
    assert any("Alva berättar" in piece.text for piece in pieces)


def test_brothers_and_sisters_go_together_each_with_its_own_file(
    world: World, family: list[Investigation]
) -> None:
    alva, nils = family
    signing.sign(
        "note",
        notes.write_note(
            nils.pk,
            kind="journal",
            happened_at=moment("2026-03-05 09:00"),
            text="Nils är tyst.",
            by=world.main,
            at=moment("2026-03-05 10:00"),
        ).pk,
        by=world.main,
        at=moment("2026-03-05 10:05"),
    )
    handover = offer(world, alva, with_siblings=[nils.pk])
    accept(world, handover)
    news = {
        one.child.first_name: one for one in Investigation.objects.filter(unit=world.other_unit)
    }
    assert set(news) == {"Alva", "Nils"}
    words = {
        name: " ".join(HandedText.objects.filter(matter=case.pk).values_list("text", flat=True))
        for name, case in news.items()
    }
    assert ("Alva berättar" in words["Alva"], "Nils är tyst" in words["Alva"]) == (True, False)
    assert ("Alva berättar" in words["Nils"], "Nils är tyst" in words["Nils"]) == (False, True)


def test_all_of_them_or_none(world: World, family: list[Investigation]) -> None:
    alva, nils = family
    handover = offer(world, alva, with_siblings=[nils.pk])
    Investigation.objects.filter(pk=nils.pk).update(status="annulled")
    with pytest.raises(Conflict):
        accept(world, handover)
    alva.refresh_from_db()
    assert alva.status == "ongoing"
    assert not Investigation.objects.filter(unit=world.other_unit).exists()


def test_it_is_counted_once(world: World, family: list[Investigation]) -> None:
    march, april, may = (Month(date(2026, month, 1)) for month in (3, 4, 5))
    new = accept(world, offer(world, family[0]))

    def figures(month: Month, code: str) -> tuple[Any, Any]:
        return tuple(
            counted(unit.pk, month)[f"investigations.{code}"].value
            for unit in (world.unit, world.other_unit)
        )

    assert figures(march, "opened") == (2, 0)
    assert figures(march, "open_at_month_end") == (2, 0)
    assert figures(april, "open_at_month_end") == (1, 1)
    assert figures(april, "concluded") == (0, 0)
    assert cases_and_employees(world.unit.pk, on=date(2026, 4, 6))[0] == 2
    assert cases_and_employees(world.other_unit.pk, on=date(2026, 4, 6))[0] == 0
    assert cases_and_employees(world.unit.pk, on=date(2026, 4, 7))[0] == 1
    assert cases_and_employees(world.other_unit.pk, on=date(2026, 4, 7))[0] == 1
    Investigation.objects.filter(pk=new.pk).update(
        status="concluded",
        outcome="no_intervention",
        concluded_on=date(2026, 5, 4),
        concluded_by=world.other_head,
    )
    assert figures(may, "concluded") == (0, 1)
    assert figures(may, "open_at_month_end") == (1, 0)
    # March and April stay as they were closed.
    assert figures(march, "open_at_month_end") == (2, 0)
    assert figures(april, "open_at_month_end") == (1, 1)


def test_an_overdue_one_is_late_where_it_is(world: World, family: list[Investigation]) -> None:
    july, august = (Month(date(2026, month, 1)) for month in (7, 8))
    handover = offer(world, family[0], at=moment("2026-08-03"))
    accept(world, handover, "2026-08-04 10:00")

    def late(month: Month) -> tuple[Any, Any]:
        return tuple(
            counted(unit.pk, month)["investigations.overdue_at_month_end"].value
            for unit in (world.unit, world.other_unit)
        )

    assert late(july) == (2, 0)
    assert late(august) == (1, 1)


def test_the_old_unit_keeps_reading_its_closed_record(
    world: World, family: list[Investigation], client: Client
) -> None:
    old = family[0]
    accept(world, offer(world, old))
    for name in ("main", "leader", "head"):
        address = reverse("investigation", args=[old.pk])
        page = pages(world, client, name, address, "2026-05-01")
        assert page.status_code == 200
        assert "Alva berättar" in page.content.decode()
    with pytest.raises(Conflict):
        investigations.write_plan(old.pk, plan="Mer.", by=world.main, at=moment("2026-05-01 10:00"))
    with pytest.raises(Conflict):
        investigations.reverse_conclusion(
            old.pk, reason="Fel.", by=world.leader, at=moment("2026-05-01 10:00")
        )
    late = notes.write_note(
        old.pk,
        kind="journal",
        happened_at=moment("2026-04-30 09:00"),
        text="Ett brev kom hit.",
        late=True,
        by=world.main,
        at=moment("2026-05-01 10:00"),
    )
    assert late.after_closing


def test_a_later_report_sees_that_something_is_ongoing(
    world: World, family: list[Investigation]
) -> None:
    on = date(2026, 4, 20)
    handover = offer(world, family[0])
    assert find_children(world.other_unit.pk, first_name="Alva", last_name="Ek", on=on) == []
    new = accept(world, handover)
    (there,) = known_of(
        find_children(world.other_unit.pk, first_name="Alva", last_name="Ek", on=on), on=on
    )
    assert there.open_investigation == new
    (here,) = known_of(
        find_children(world.unit.pk, first_name="Alva", last_name="Ek", on=on), on=on
    )
    assert here.open_investigation is None
    assert here.handed_over is not None
    assert here.handed_over.continued_by.unit == world.other_unit


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("leader", None),
        ("head", None),
        ("main", Forbidden),
        ("leader2", Missing),
        ("coordinator", Forbidden),
        ("other_head", Missing),
    ],
)
def test_who_may_ask(
    world: World, family: list[Investigation], name: str, refused: type[Exception] | None
) -> None:
    if refused is None:
        assert offer(world, family[0], by=getattr(world, name)).is_waiting
    else:
        with pytest.raises(refused):
            offer(world, family[0], by=getattr(world, name))


@pytest.mark.parametrize("name", ["leader", "head", "other_leader", "other_reception", "main"])
def test_only_the_head_of_the_other_unit_answers(
    world: World, family: list[Investigation], name: str
) -> None:
    handover = offer(world, family[0])
    by, at = getattr(world, name), moment("2026-04-02")
    with pytest.raises((Missing, Forbidden)):
        services.accept(handover.pk, group=world.other_groups["barn-1"], by=by, at=at)
    with pytest.raises((Missing, Forbidden)):
        services.refuse(handover.pk, reason="Nej.", by=by, at=at)
    handover.refresh_from_db()
    assert handover.is_waiting


@pytest.mark.parametrize(
    ("status", "ground", "age", "same", "unsigned", "may"),
    [
        ("ongoing", "needed_care", 17, False, False, True),
        ("ongoing", "needed_care", 18, False, False, False),
        ("ongoing", "needed_care", None, False, False, True),
        ("ongoing", "consent", 18, False, False, True),
        ("ongoing", "same_board", 18, True, False, True),
        ("ongoing", "same_board", 10, False, False, False),
        ("ongoing", "consent", 10, False, True, False),
        ("concluded", "consent", 10, True, False, False),
        ("handed_over", "consent", 10, True, False, False),
    ],
)
def test_by_what_ground_a_file_may_go(
    status: str, ground: str, age: int | None, same: bool, unsigned: bool, may: bool
) -> None:
    assert (
        bool(
            rules.may_hand_over(
                status=status, ground=ground, age=age, same_board=same, unsigned=unsigned
            )
        )
        is may
    )


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"ground": "consent"}, "consent_by"),
        ({"ground": "consent", "consent_by": "Maria Ek, muntligt"}, "consented_on"),
        (
            {
                "ground": "consent",
                "consent_by": "Maria Ek",
                "consented_on": date(2026, 4, 2),
            },
            "consented_on",
        ),
        ({"reason": "  "}, "reason"),
        ({"parts": ["everything"]}, "parts"),
        ({"ground": "because"}, "ground"),
        ({"with_siblings": [0]}, "with_siblings"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    world: World, family: list[Investigation], given: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        offer(world, family[0], **given)
    assert set(refused.value.fields) == {field}
    assert not Handover.objects.exists()


def test_not_to_the_own_unit_and_not_twice(world: World, family: list[Investigation]) -> None:
    with pytest.raises(Invalid):
        offer(world, family[0], to_unit=world.unit)
    offer(world, family[0])
    with pytest.raises(Conflict):
        offer(world, family[0])


def test_refused_or_withdrawn_it_goes_on_as_if_nobody_had_asked(
    world: World, family: list[Investigation]
) -> None:
    old = family[0]
    before = (old.status, old.version)
    services.refuse(
        offer(world, old).pk,
        reason="Familjen bor kvar hos er.",
        by=world.other_head,
        at=moment("2026-04-02"),
    )
    second = offer(world, old, at=moment("2026-04-03"))
    services.withdraw(second.pk, by=world.leader, at=moment("2026-04-04"))
    who = access(world.other_head, moment("2026-04-05"))
    assert second not in Handover.objects.visible_to(who)
    with pytest.raises(Missing):
        services.accept(
            second.pk,
            group=world.other_groups["barn-1"],
            by=world.other_head,
            at=moment("2026-04-05"),
        )
    old.refresh_from_db()
    assert (old.status, old.version) == before


def test_it_can_be_handed_back_and_is_still_one(world: World, family: list[Investigation]) -> None:
    old = family[0]
    new = accept(world, offer(world, old))
    back = services.offer(
        new.pk,
        to_unit=world.unit,
        ground="same_board",
        reason="Familjen flyttade tillbaka.",
        parts=EVERYTHING,
        by=world.other_head,
        at=moment("2026-05-04"),
    )
    services.accept(back.pk, group=world.groups["barn-1"], by=world.head, at=moment("2026-05-05"))
    again = Investigation.objects.get(continues=new)
    assert (again.child, again.opened_on) == (old.child, old.opened_on)
    months = [Month(date(2026, month, 1)) for month in (3, 4, 5)]
    opened = [
        counted(unit.pk, month)["investigations.opened"].value
        for unit in (world.unit, world.other_unit)
        for month in months
    ]
    assert opened == [2, 0, 0, 0, 0, 0]
    # What had been handed over once goes on as it came.
    words = " ".join(HandedText.objects.filter(matter=again.pk).values_list("text", flat=True))
    assert words.count("Alva berättar om hemmet.") == 1


def test_an_open_investigation_in_the_other_unit_is_not_made_two(
    world: World, family: list[Investigation]
) -> None:
    Person.objects.filter(pk=family[0].child_id).update(personal_identity_number=NUMBER)
    there = world.report(
        "2026-03-20 09:00",
        by=world.other_reception,
        unit=world.other_unit,
        children=[ChildInput(personal_identity_number=NUMBER, first_name="Alva", last_name="Ek")],
    )
    reports.decide_opening(
        there.pk,
        decided_on=date(2026, 3, 23),
        outcome="open",
        rationale="Skäl.",
        unassessed_reason="Bedömdes muntligt.",
        group=world.other_groups["barn-1"],
        by=world.other_head,
        at=moment("2026-03-23"),
    )
    with pytest.raises(Conflict):
        accept(world, offer(world, family[0]))
    assert Investigation.objects.get(pk=family[0].pk).is_open


def test_notes_that_are_not_signed_stop_it(world: World, family: list[Investigation]) -> None:
    notes.write_note(
        family[0].pk,
        kind="journal",
        happened_at=moment("2026-03-06 09:00"),
        text="Ett utkast.",
        by=world.main,
        at=moment("2026-03-06 10:00"),
    )
    with pytest.raises(Conflict):
        offer(world, family[0])
    new = accept(world, offer(world, family[0], parts=["plan"]))
    assert not HandedText.objects.filter(matter=new.pk, text__contains="Ett utkast").exists()


def test_where_a_protected_child_is_stays_in_the_unit(world: World) -> None:
    report = world.report(
        "2026-03-02 09:00",
        children=[
            ChildInput(
                first_name="Siv",
                last_name="Lind",
                birth_date=date(2016, 1, 5),
                gender="girl",
                protected_identity="secrecy_marking",
            )
        ],
    )
    case = world.decide(report, "2026-03-02").investigation
    assert case is not None
    Person.objects.filter(pk=case.child_id).update(address="Björkgatan 7")
    investigations.write_plan(
        case.pk, plan="Besök på Björkgatan 7 i juni.", by=world.head, at=moment("2026-03-03")
    )
    new = accept(world, offer(world, case))
    told = " ".join(HandedText.objects.filter(matter=new.pk).values_list("text", flat=True))
    assert "i juni" in told
    assert "Björkgatan" not in told
    new.child.refresh_from_db()
    assert (new.child.is_protected, new.child.address) == (True, "")


def test_a_conflict_of_interest_stands_between_in_the_other_unit_too(
    world: World, family: list[Investigation], client: Client
) -> None:
    child = family[0].child
    handover = offer(world, family[0])
    conflicts.declare(
        conflicts.ChildNamed(
            first_name=child.first_name, last_name=child.last_name, birth_date=child.birth_date
        ),
        staff=world.other_head,
        category="relative",
        includes_siblings=False,
        from_on=date(2026, 4, 2),
        by=world.other_head,
        at=moment("2026-04-02 09:00"),
    )
    with pytest.raises((Missing, Forbidden)):
        accept(world, handover)
    page = pages(
        world, client, "other_head", reverse("handover", args=[handover.pk]), "2026-04-03 09:00"
    )
    assert page.status_code == 404


def test_who_is_concerned_is_told(world: World, family: list[Investigation]) -> None:
    handover = offer(world, family[0])
    assert set(
        Notice.objects.filter(kind=NoticeKind.HANDOVER_OFFERED).values_list("recipient", flat=True)
    ) == {world.other_head.pk}
    new = accept(world, handover)
    assert set(
        Notice.objects.filter(kind=NoticeKind.HANDOVER_ANSWERED).values_list("recipient", flat=True)
    ) == {world.leader.pk, world.head.pk}
    assert set(
        Notice.objects.filter(kind=NoticeKind.UNASSIGNED, matter=new.pk).values_list(
            "recipient", flat=True
        )
    ) == {world.other_leader.pk}


def test_the_childs_log_has_every_act_in_words(world: World, family: list[Investigation]) -> None:
    accept(world, offer(world, family[0]))
    words = {
        entry.action: child_log.in_words(entry)
        for entry in TrailEntry.objects.filter(action__contains="hand")
    }
    assert words["investigation.handover_offered"] == "Frågade en annan enhet om övertagande"
    assert words["investigation.handed_over"] == "Lämnade över utredningen till en annan enhet"
    assert "Familjen har flyttat" not in str(
        list(TrailEntry.objects.values_list("details", "reason"))
    )


def test_the_pages_from_asking_to_taking_over(
    world: World, family: list[Investigation], client: Client
) -> None:
    old = family[0]
    with time_machine.travel(moment("2026-04-01 10:00"), tick=False):
        client.force_login(world.leader)
        address = reverse("investigation_hand_over", args=[old.pk])
        assert address in client.get(reverse("investigation", args=[old.pk])).content.decode()
        assert client.get(address).status_code == 200
        fields = {
            "to_unit": world.other_unit.pk,
            "with_siblings": [family[1].pk],
            "reason": "Familjen har flyttat.",
            "ground": "needed_care",
            "parts": ["notes"],
        }
        assert client.post(address, fields | {"ground": "consent"}).status_code == 422
        made = client.post(address, fields)
        handover = Handover.objects.get()
        assert made.url == reverse("handover", args=[handover.pk])
        assert handover.parts == ["plan", "notes"]
        assert client.get(made.url).status_code == 200
        assert client.get(address).status_code == 409
        client.force_login(world.other_head)
        listed = client.get(reverse("handover_list"), {"show": "received"})
        assert made.url in listed.content.decode()
        assert client.post(reverse("handover_refuse", args=[handover.pk])).status_code == 422
        taken = client.post(
            reverse("handover_accept", args=[handover.pk]),
            {"group": world.other_groups["barn-1"].pk, "version": handover.version},
        )
        assert taken.status_code == 302
        new = Investigation.objects.get(continues=old)
        html = client.get(made.url).content.decode()
        assert reverse("investigation", args=[new.pk]) in html
        assert reverse("investigation", args=[old.pk]) not in html
        client.force_login(world.main)
        html = client.get(reverse("investigation", args=[old.pk])).content.decode()
        assert world.other_unit.name in html
        assert client.get(reverse("handover_list")).status_code == 403
        assert client.post(reverse("handover_withdraw", args=[handover.pk])).status_code == 404


def test_the_api_from_asking_to_taking_over(
    world: World, family: list[Investigation], client: Client
) -> None:
    old = family[0]
    body: dict[str, Any] = {
        "to_unit": "EV-BOU",
        "ground": "needed_care",
        "reason": "Familjen har flyttat.",
        "parts": ["notes"],
        "with_siblings": [family[1].pk],
    }

    def post(who: str, address: str, given: dict[str, Any]) -> Any:
        client.force_login(getattr(world, who))
        return client.post(f"/api/v1/{address}", given, content_type="application/json")

    with time_machine.travel(moment("2026-04-01 10:00"), tick=False):
        asking = f"investigations/{old.pk}/handover/"
        assert post("main", asking, body).status_code == 403
        assert post("other_head", asking, body).status_code == 404
        wrong = post("leader", asking, body | {"to_unit": "NY-BOU"})
        assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["to_unit"])
        made = post("leader", asking, body)
        assert made.status_code == 201, made.content
        told = made.json()
        assert (told["status"], told["parts"]) == ("offered", ["plan", "notes"])
        assert [one["investigation"] for one in told["cases"]] == [case.pk for case in family]
        one = f"handovers/{told['id']}/"
        assert post("leader", f"{one}acceptance/", {"group": "barn-1"}).status_code == 403
        assert post("other_leader", f"{one}acceptance/", {"group": "barn-1"}).status_code == 404
        assert post("other_head", f"{one}withdrawal/", {}).status_code == 403
        taken = post("other_head", f"{one}acceptance/", {"group": "barn-1"})
        assert taken.status_code == 200, taken.content
        new = Investigation.objects.get(continues=old)
        assert taken.json()["cases"][0]["continued_by"] == new.pk
        seen = client.get(f"/api/v1/investigations/{new.pk}/").json()
        assert (seen["opened_on"], seen["due_on"], seen["taken_over_on"]) == (
            "2026-03-02",
            "2026-07-02",
            "2026-04-01",
        )
        assert client.get("/api/v1/handovers/").json()["count"] == 1
        assert post("other_head", f"{one}refusal/", {"reason": "Nej."}).status_code == 409
        client.force_login(world.other_worker)
        assert client.get("/api/v1/handovers/").json()["count"] == 0


def test_the_list_asks_the_same_for_one_and_for_five(world: World, client: Client) -> None:
    def asked() -> int:
        with (
            time_machine.travel(moment("2026-04-02 10:00"), tick=False),
            CaptureQueriesContext(connection) as captured,
        ):
            client.force_login(world.leader)
            assert client.get(reverse("handover_list")).status_code == 200
        return len(captured)

    def more(count: int) -> None:
        for _ in range(count):
            offer(world, world.investigation("2026-03-02"))

    more(1)
    asked()  # what the first page of a process looks up once
    one = asked()
    more(4)
    assert asked() == one
