"""The main job as the people who do it: from a phone call to a granted intervention.

Four people in four browsers, in Swedish, on days of their own. What is asserted is what they see
and what is stored behind it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from cases.deadlines.models import Deadline
from cases.enums import DeadlineKind, DeadlineStatus
from cases.interventions.models import Intervention
from cases.investigations.models import (
    DOCUMENT_PARTS,
    Communication,
    DecisionDocument,
    Investigation,
    RiskAssessment,
)
from cases.journal.models import Note
from cases.persons.models import Guardian, GuardianParticipation
from cases.reports.models import OpeningDecision, Report
from cases.reports.services import ReporterInput
from tests.factories import World, moment

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CONCERN = "Alva kommer till skolan utan vinterkläder och vill inte gå hem."
REASONS = "Skolan har sett blåmärken; oron behöver utredas."


@pytest.fixture
def clock() -> Iterator[Callable[[str], None]]:
    """`clock("2026-03-02 09:00")`: the server's time goes on from there."""
    current: list[Any] = []

    def travel(to: str) -> None:
        stop()
        current.append(time_machine.travel(moment(to), tick=True))
        current[0].start()

    def stop() -> None:
        while current:
            current.pop().stop()

    yield travel
    stop()


class Person:
    """Somebody at a browser of their own, who never reloads what they have not been told to."""

    def __init__(self, page: Any, enter: Callable[[], None]) -> None:
        self.page = page
        self.enter = enter

    def start(self, path: str = "/") -> None:
        """Log in (a session does not last to another day) and open a page."""
        self.enter()
        self.page.goto(path)

    def sees(self, *texts: str, within: str = "main") -> None:
        for text in texts:
            self.page.locator(within).get_by_text(text).locator("visible=true").first.wait_for()

    def choose(self, name: str, value: str, *, within: str = "main") -> None:
        self.page.locator(f"{within} [name={name}][value={value}]").first.check()

    def write(self, name: str, text: str, *, within: str = "main") -> None:
        self.page.locator(f"{within} [name={name}]").fill(text)

    def press(self, label: str, *, within: str = "main") -> None:
        self.page.locator(within).get_by_role("button", name=label).first.click()

    def send(self, label: str, *, within: str = "main") -> None:
        """Press what sends the page's form, and be where that leads."""
        with self.page.expect_navigation():
            self.press(label, within=within)

    def follow(self, label: str, *, within: str = "main") -> None:
        self.page.locator(within).get_by_role("link", name=label).first.click()

    def section(self, anchor: str, opens: str) -> str:
        """Open the form of a section of the case, in place; the selector of what it stands in."""
        where = f"#{anchor}"
        self.follow(opens, within=where)
        self.page.locator(f"{where} form.form-page").wait_for()
        return where

    def save(self, where: str) -> None:
        self.page.locator(f"{where} form.form-page .form-actions button").first.click()
        self.page.locator(f"{where} form.form-page").wait_for(state="detached")


@pytest.fixture
def person(
    world: World, new_page: Callable[..., Any], login: Callable[..., None]
) -> Callable[[str], Person]:
    def sit_down(name: str) -> Person:
        page = new_page()
        return Person(page, lambda: login(page, world.people[name]))

    return sit_down


def log_report(reception: Person) -> Report:
    reception.start()
    reception.follow("Logga orosanmälan")
    reception.page.locator(".draft-state").wait_for(state="attached")
    reception.write("children-0-personal_identity_number", "20140312-2383")
    reception.write("children-0-first_name", "Alva")
    reception.write("children-0-last_name", "Ek")
    reception.choose("reporter_category", "school")
    reception.write("reporter_organisation", "Tunaskolan")
    reception.page.get_by_label("Vill ha återkoppling").check()
    reception.choose("channel", "phone")
    reception.choose("kind", "report")
    reception.choose("is_crime_report", "no")
    reception.choose("reasons", "neglect")
    reception.write("concern", CONCERN)
    reception.send("Logga anmälan")
    assert re.search(r"/reports/\d+/", reception.page.url)
    return Report.objects.select_related("child").get()


def assess_and_propose(reception: Person) -> None:
    reception.choose("assess-outcome", "no_immediate_need")
    reception.choose("assess-child_spoken_with", "yes")
    reception.write("assess-rationale", "Samtal med Alva i skolan.")
    reception.press("Spara skyddsbedömningen")
    reception.sees("Inget omedelbart behov av skydd", within="#protection")
    reception.choose("propose-outcome", "open", within="#proposal")
    reception.page.locator("[name=propose-group]").select_option(label="barn-1")
    reception.page.locator("[name=propose-investigation_type]").select_option("ordinary")
    reception.write("propose-rationale", REASONS)
    reception.press("Lägg fram för gruppledaren")
    reception.sees("Inled utredning", REASONS, "Föreslaget av Reception Test", within="#proposal")


def decide_and_give_out(leader: Person, report: Report) -> Investigation:
    leader.start()
    leader.sees("Förslag att besluta om", "11 dagar kvar, senast mån 16 mars")
    leader.follow(report.number)
    leader.press("Besluta enligt förslaget")
    leader.sees("tors 5 mars, Leader Test", within="#decision")
    opened = Investigation.objects.get()
    leader.start()
    leader.follow(f"Dela ut {opened.number}")
    for part, name in (("main", "Main Test"), ("co", "Co Test")):
        choice = leader.page.locator(f"[name={part}]")
        value = choice.locator("option", has_text=name).get_attribute("value")
        choice.select_option(value)
    leader.send("Dela ut")
    leader.page.get_by_text(f"{opened.number} har fått sina handläggare.").wait_for()
    return opened


def investigate(worker: Person, case: Investigation) -> None:
    worker.start()
    worker.sees("Mina ärenden och nästa steg", "114 dagar kvar")
    worker.follow("Alva Ek", within="#my-cases")
    worker.sees(
        "114 dagar kvar, gör klart senast fre 3 juli (sista dag sön 5 juli)", within="#case-head"
    )
    where = worker.section("plan", "Skriv utredningsplanen")
    worker.write("plan", "Samtal med Alva, hembesök, skolan.", within=where)
    worker.save(where)
    worker.sees("Samtal med Alva, hembesök, skolan.", within=where)

    where = worker.section("notes", "Skriv en anteckning")
    worker.page.locator(f"{where} [name=kind]").select_option("child_conversation")
    worker.choose("child", "alone", within=where)
    worker.write("text", "Alva berättar att pappa slår.", within=where)
    worker.save(where)
    worker.sees("Alva berättar att pappa slår.", "enskilt", within=where)

    where = worker.section("guardians", "Lägg till vårdnadshavare")
    worker.choose("relation", "mother", within=where)
    worker.write("first_name", "Eva", within=where)
    worker.write("last_name", "Ek", within=where)
    worker.choose("has_custody", "yes", within=where)
    worker.save(where)
    worker.sees("Eva Ek", "Har inte deltagit än", within=where)
    where = worker.section("guardians", "Anteckna delaktighet")
    worker.page.locator(f"{where} [name=guardian]").select_option(label="Eva Ek, mamma")
    worker.choose("took_part", "yes", within=where)
    worker.write("how", "Möte på kontoret", within=where)
    worker.save(where)
    worker.sees("Deltog", within=where)

    where = worker.section("violence", "Ändra")
    worker.write("protection_needs", "Skydd mot våld.", within=where)
    worker.choose("violence", "yes", within=where)
    worker.write("violence_description", "Slag vid flera tillfällen.", within=where)
    worker.choose("police_report", "made", within=where)
    worker.write("police_reported_on", "2026-03-09", within=where)
    worker.save(where)
    worker.sees("Våld beskrivet", "Polisanmälan gjord, mån 9 mars", within=where)

    where = worker.section("risk", "Bedöm risk")
    worker.choose("level", "high", within=where)
    worker.write("risk_factors", "Våld i hemmet.", within=where)
    worker.save(where)
    worker.sees("Hög", within=where)


def write_and_hand_over(worker: Person, case: Investigation) -> None:
    worker.start(reverse("investigation_document", args=[case.pk]))
    for part in DOCUMENT_PARTS:
        worker.write(part, f"Text om {part}.")
    worker.send("Spara och stäng")
    worker.sees("Alla sju delar", within="#document")
    where = worker.section("communication", "Anteckna kommunicering")
    worker.choose("recipient", "mother", within=where)
    worker.write("how", "Vid möte", within=where)
    worker.write("response", "Delar bedömningen.", within=where)
    worker.save(where)
    worker.sees("Delar bedömningen.", within=where)
    worker.press("Lämna till gruppledaren", within="#document")
    worker.send("Lämna till gruppledaren", within="#confirm")
    worker.sees("Lämnat till gruppledaren", within="#document")


def read_and_conclude(leader: Person, case: Investigation) -> None:
    leader.start()
    leader.follow(case.number)
    leader.follow("Öppna beslutsunderlaget", within="#document")
    leader.sees("Text om assessment.")
    leader.send("Signera att jag har läst")
    leader.page.goto(reverse("investigation", args=[case.pk]))
    leader.sees("Läst och signerat", within="#document")
    where = leader.section("conclusion", "Avsluta utredningen")
    leader.choose("outcome", "intervention", within=where)
    leader.write("rationale", "Insats behövs för Alvas trygghet.", within=where)
    leader.page.locator(f"{where} [name=read_by_leader]").check()
    leader.write("unsigned_notes_reason", "Signeras i eftermiddag.", within=where)
    leader.save(where)
    leader.sees("Avslutas med insats", "tis 16 juni, Leader Test", within=where)
    where = leader.section("interventions", "Bevilja en insats")
    leader.page.locator(f"{where} [name=kind]").select_option("family_treatment")
    leader.write("goal", "Trygghet hemma.", within=where)
    leader.write("started_on", "2026-06-22", within=where)
    choice = leader.page.locator(f"{where} [name=responsible]")
    choice.select_option(label="Main Test")
    leader.save(where)
    leader.sees("Familjebehandling", "Main Test", within=where)


def watch(head: Person, report: Report) -> None:
    """The feedback was never given: the head sees it, and whose it is, from the number."""
    head.start(reverse("dashboard"))
    tile = head.page.locator(".tile", has=head.page.get_by_role("link", name="Försenade"))
    assert tile.locator(".tile-value").inner_text() == "1"
    tile.get_by_role("link").click()
    head.sees("Återkoppling till anmälaren", "96 dagar försenad, sista dag var tors 12 mars")
    head.follow(report.number)
    head.sees("Vill ha återkoppling", CONCERN, "Utredning inledd")


def test_a_call_from_the_school_becomes_an_intervention(
    world: World, person: Callable[[str], Person], clock: Callable[[str], None]
) -> None:
    clock("2026-03-02 09:00")
    reception = person("reception")
    report = log_report(reception)
    reception.sees("i dag", "14 dagar kvar, senast mån 16 mars", CONCERN)
    assert (report.child.name, report.reporter_category) == ("Alva Ek", "school")
    assert (report.wants_feedback, report.received_on) == (True, date(2026, 3, 2))
    assess_and_propose(reception)
    report.refresh_from_db()
    assert report.protection_assessment.child_spoken_with
    assert report.proposal.rationale == REASONS

    clock("2026-03-05 10:00")
    leader = person("leader")
    case = decide_and_give_out(leader, report)
    decision = OpeningDecision.objects.get()
    assert (decision.decided_by, decision.decided_on) == (world.leader, date(2026, 3, 5))
    assert (decision.rationale, decision.is_late) == (REASONS, False)
    assert {row.part: row.user for row in case.matter.workers.all()} == {
        "main": world.main,
        "co": world.co,
    }

    clock("2026-03-11 08:00")
    worker = person("main")
    investigate(worker, case)
    case.refresh_from_db()
    assert (case.violence, case.police_report) == ("yes", "made")
    assert case.police_reported_on == date(2026, 3, 9)
    assert Note.objects.get().child_alone is True
    assert (Guardian.objects.get().relation, GuardianParticipation.objects.get().took_part) == (
        "mother",
        True,
    )
    assert RiskAssessment.objects.get().level == "high"

    clock("2026-06-15 13:00")
    write_and_hand_over(worker, case)
    assert DecisionDocument.objects.get().submitted_by == world.main
    assert Communication.objects.get().recipient == "mother"

    clock("2026-06-16 09:00")
    read_and_conclude(leader, case)
    case.refresh_from_db()
    assert (case.status, case.outcome, case.concluded_on, case.is_late) == (
        "concluded",
        "intervention",
        date(2026, 6, 16),
        False,
    )
    assert DecisionDocument.objects.get().read_by == world.leader
    granted = Intervention.objects.with_workers(on=date(2026, 6, 16)).get()
    assert (granted.kind, granted.responsible) == ("family_treatment", world.main)

    watch(person("head"), report)
    day = date(2026, 6, 16)
    assert {
        (row.kind, row.due_on, row.status)
        for row in Deadline.objects.with_status(on=day)  # as of the last day of the story
    } == {
        (DeadlineKind.PROTECTION_ASSESSMENT, date(2026, 3, 2), DeadlineStatus.MET),
        (DeadlineKind.OPENING_DECISION, date(2026, 3, 16), DeadlineStatus.MET),
        (DeadlineKind.REPORTER_FEEDBACK, date(2026, 3, 12), DeadlineStatus.OVERDUE),
        (DeadlineKind.INVESTIGATION, date(2026, 7, 5), DeadlineStatus.MET),
        (DeadlineKind.INTERVENTION_FOLLOWUP, date(2026, 12, 22), DeadlineStatus.DUE),
    }


def proposed(world: World) -> Report:
    from cases.reports import services as reports

    report = world.report(
        "2026-03-02 09:00", reporter=ReporterInput(category="school", wants_feedback=True)
    )
    reports.assess_protection(
        report.pk,
        assessed_at=moment("2026-03-02 09:30"),
        outcome="no_immediate_need",
        child_spoken_with=False,
        rationale=REASONS,
        by=world.reception,
        at=moment("2026-03-02 09:45"),
    )
    reports.propose_decision(
        report.pk,
        outcome="open",
        rationale=REASONS,
        group=world.groups["barn-1"],
        by=world.reception,
        at=moment("2026-03-02 10:00"),
    )
    return report


def test_a_decision_in_a_forgotten_tab_is_refused_in_words_and_nothing_is_lost(
    world: World, person: Callable[[str], Person], clock: Callable[[str], None]
) -> None:
    clock("2026-03-05 10:00")
    report = proposed(world)
    forgotten, head = person("leader"), person("head")
    for one in (forgotten, head):
        one.start(reverse("report", args=[report.pk]))
    head.press("Besluta enligt förslaget")
    head.sees("tors 5 mars, Head Test", within="#decision")

    forgotten.page.locator("#decision summary").click()
    forgotten.choose("decide-outcome", "do_not_open")
    forgotten.write("decide-rationale", "Skäl som jag har skrivit länge på.")
    forgotten.page.locator("#decision form").last.get_by_role("button").click()
    forgotten.sees("Anmälan är redan beslutad.")
    forgotten.sees("tors 5 mars, Head Test", within="#decision")
    kept = forgotten.page.locator("#decision [name=decide-rationale]")
    assert kept.input_value() == "Skäl som jag har skrivit länge på."
    report.refresh_from_db()
    assert report.status == "opened"
    assert OpeningDecision.objects.get().decided_by == world.head
    assert Investigation.objects.count() == 1


def test_what_comes_later_says_what_has_to_come_first(
    world: World, person: Callable[[str], Person], clock: Callable[[str], None]
) -> None:
    clock("2026-03-05 10:00")
    report, case = world.report("2026-03-04 09:00"), world.investigation("2026-03-02")
    reception, worker, leader = person("reception"), person("main"), person("leader")
    # Reception cannot decide, the workers cannot end, an empty document cannot be handed over.
    reception.start(reverse("report", args=[report.pk]))
    denied = reception.page.locator("#decision .action-denied")
    assert "Besluta" in denied.inner_text()
    worker.start(reverse("investigation", args=[case.pk]))
    handing = worker.page.locator("#document .action-denied")
    assert "Skriv alla delar av beslutsunderlaget först." in handing.inner_text()
    assert worker.page.locator("#conclusion .action-denied").is_visible()
    # Violence without an answer on the police keeps it open for the leader too.
    where = worker.section("violence", "Ändra")
    worker.choose("violence", "yes", within=where)
    worker.write("violence_description", "Slag.", within=where)
    worker.choose("police_report", "not_decided", within=where)
    worker.save(where)
    leader.start(reverse("investigation", args=[case.pk]))
    assert "polisanmälan" in leader.page.locator("#conclusion .action-denied").inner_text()
    answer = leader.page.goto(reverse("investigation_conclude", args=[case.pk]))
    assert answer.status == 409
    leader.sees("polisanmälan")
    case.refresh_from_db()
    assert case.is_open


def test_the_other_unit_is_told_nothing_of_the_case(
    world: World, person: Callable[[str], Person], clock: Callable[[str], None]
) -> None:
    clock("2026-03-05 10:00")
    case = world.investigation("2026-03-02")
    report = Report.objects.get()
    stranger = person("other_head")
    stranger.start()
    for path in (
        reverse("investigation", args=[case.pk]),
        reverse("report", args=[report.pk]),
        reverse("child", args=[case.child_id]),
    ):
        answer = stranger.page.goto(path)
        assert answer.status == 404
        shown = stranger.page.content()
        assert case.child.name not in shown
        assert case.number not in shown
        assert report.number not in shown
    stranger.page.goto(reverse("search"))
    stranger.page.locator("#search").fill(case.number)
    with stranger.page.expect_navigation():
        stranger.page.locator("#search").press("Enter")
    assert case.child.name not in stranger.page.content()
