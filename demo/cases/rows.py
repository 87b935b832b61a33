"""One unit's plan written down as database rows, as the services would have written them.

Numbers, states, versions, deadlines and the trail follow the services of the case area; a test
rebuilds the deadlines of a loaded unit and finds no difference.
"""

from __future__ import annotations

from datetime import date
from random import Random

from demo.cases.book import Book
from demo.cases.interventions import InterventionRows
from demo.cases.investigations import InvestigationRows
from demo.cases.load import Batch
from demo.cases.papers import Desk
from demo.cases.people import Inquiry
from demo.cases.persons import Persons
from demo.cases.plan import Planner
from demo.cases.reports import ReportRows
from demo.cases.units import Unit


def write(batch: Batch, unit: Unit, rng: Random, *, on: date) -> None:
    """Plan the unit's years and write them into the batch; `on` is the first day not lived yet."""
    planner = Planner(rng, unit.size, list(unit.groups), on=on)
    planner.plan()
    book = Book(batch, unit, rng, on=on)
    persons, desk, reports = Persons(book), Desk(book), ReportRows(book)
    interventions = InterventionRows(book)
    investigations = InvestigationRows(book, interventions)
    persons.protect(planner.inquiries)
    papers = sorted(map(desk.paper, planner.contacts), key=lambda paper: paper.logged_at)
    decided = {id(paper.contact): paper for paper in papers}
    reports.number(papers)
    persons.write(papers)
    inquiries = sorted(
        planner.inquiries,
        key=lambda i: (decided[id(i.matter.contact)].decided_at, i.matter.id),
    )
    for inquiry in inquiries:
        inquiry.id = book.new_matter()
        paper = decided[id(inquiry.matter.contact)]
        assert paper.decided_at is not None
        inquiry.number = book.next_number(paper.decided_at, "U")
    reports.busy = {inquiry.child for inquiry in inquiries if inquiry.is_open}
    for paper in papers:
        reports.write(paper)
    investigations.set_aside(inquiries)
    closed: dict[int, Inquiry] = {}
    for inquiry in inquiries:
        investigations.write(inquiry, decided[id(inquiry.matter.contact)], closed)
        if inquiry.concluded_on:
            closed[inquiry.child.id] = inquiry
    interventions.write()
    book.close()
