"""Pages and API lists of the cases as the demo accounts see them, beside the bare SQL."""

from __future__ import annotations

from datetime import date
from typing import Any

from benchmarks import leading
from benchmarks.timing import Page
from cases.investigations.models import Investigation
from cases.matters.models import MatterWorker
from cases.reports.models import Report
from organisation.models import OrgUnit, User

_REPORT_ROWS = """
SELECT r.*, c.first_name, c.last_name, c.birth_date, c.protected_identity, u.first_name, u.last_name
FROM cases_report r JOIN cases_person c ON c.id = r.child_id
LEFT JOIN cases_matterworker w ON w.matter_id = r.id AND w.until_on IS NULL
LEFT JOIN organisation_user u ON u.id = w.user_id
"""
_INVESTIGATION_ROWS = """
SELECT i.*, c.first_name, c.last_name, c.birth_date, c.protected_identity, g.name,
       (SELECT min(due_on) FROM cases_deadline d WHERE d.matter_id = i.id)
FROM cases_investigation i JOIN cases_person c ON c.id = i.child_id
JOIN organisation_orgunit g ON g.id = i.group_id
"""
_DEADLINE_ROWS = """
SELECT d.*, c.first_name, c.last_name, g.name, m.number
FROM cases_deadline d JOIN cases_person c ON c.id = d.child_id
JOIN organisation_orgunit g ON g.id = d.group_id
JOIN cases_matter m ON m.id = d.matter_id
"""
_OPEN = "d.met_on IS NULL AND d.cancelled_on IS NULL AND d.missed_on IS NULL"


def _of_matter(pk: int) -> list[tuple[str, list[Any]]]:
    """What hangs on a matter of any kind."""
    return [
        ("SELECT * FROM cases_matter WHERE id = %s", [pk]),
        ("SELECT * FROM cases_matterworker WHERE matter_id = %s", [pk]),
        ("SELECT * FROM cases_deadline WHERE matter_id = %s", [pk]),
        ("SELECT * FROM cases_note WHERE matter_id = %s", [pk]),
    ]


def pages(*, on: date) -> list[Page]:
    """Every page measured, with the ids it has in the database as it is."""
    unit = OrgUnit.objects.get(code="ST-BOU")
    group = OrgUnit.objects.get(parent=unit, code="barn-1")
    worker = User.objects.get(username="utredare")
    mine = list(
        MatterWorker.objects.current()
        .filter(user=worker, matter__kind="investigation", matter__closed_on__isnull=True)
        .order_by("from_on", "pk")
        .values_list("matter_id", flat=True)
    )
    investigation = Investigation.objects.get(pk=mine[0])
    report = Report.objects.filter(investigation=investigation).order_by("pk")[0]
    undecided = (
        _REPORT_ROWS
        + "WHERE r.unit_id = %s AND r.status IN ('received', 'assessed') ORDER BY r.received_on",
        [unit.pk],
    )
    in_group = (
        _DEADLINE_ROWS + f"WHERE d.group_id = %s AND {_OPEN} ORDER BY d.due_on LIMIT 50",
        [group.pk],
    )
    in_unit = (
        _DEADLINE_ROWS + f"WHERE d.unit_id = %s AND {_OPEN} ORDER BY d.due_on, d.id LIMIT 50",
        [unit.pk],
    )
    on_mine = (_INVESTIGATION_ROWS + "WHERE i.id = ANY(%s) ORDER BY i.opened_on", [mine])
    open_here = (
        _INVESTIGATION_ROWS
        + "WHERE i.group_id = %s AND i.status <> 'concluded' ORDER BY i.opened_on LIMIT 50",
        [group.pk],
    )
    by_state = (
        f"""
        SELECT d.group_id, d.kind, count(*) FILTER (WHERE d.due_on < %s),
               count(*) FILTER (WHERE d.due_on BETWEEN %s AND %s::date + 7)
        FROM cases_deadline d WHERE d.unit_id = %s AND {_OPEN} GROUP BY 1, 2
        """,  # noqa: S608
        [on, on, on, unit.pk],
    )
    report_page = (
        _REPORT_ROWS + "WHERE r.unit_id = %s ORDER BY r.received_on DESC, r.id DESC LIMIT {}",
        [unit.pk],
    )
    investigation_page = (
        _INVESTIGATION_ROWS + "WHERE i.unit_id = %s ORDER BY i.opened_on DESC, i.id DESC LIMIT {}",
        [unit.pk],
    )
    deadline_page = (
        _DEADLINE_ROWS + "WHERE d.unit_id = %s AND d.met_on IS NULL AND d.cancelled_on IS NULL"
        " AND d.missed_on IS NULL AND d.due_on < %s ORDER BY d.due_on, d.id LIMIT {}",
        [unit.pk, on],
    )
    report_count = ("SELECT count(*) FROM cases_report WHERE unit_id = %s", [unit.pk])
    investigation_count = ("SELECT count(*) FROM cases_investigation WHERE unit_id = %s", [unit.pk])

    def first(statement: tuple[str, list[Any]], rows: int) -> tuple[str, list[Any]]:
        return statement[0].format(rows), statement[1]

    case = [
        (_INVESTIGATION_ROWS + "WHERE i.id = %s", [investigation.pk]),
        *_of_matter(investigation.pk),
        *(
            (f"SELECT * FROM cases_{table} WHERE investigation_id = %s", [investigation.pk])  # noqa: S608
            for table in (
                "decisiondocument",
                "riskassessment",
                "safetyrating",
                "communication",
                "guardianparticipation",
                "report",
            )
        ),
    ]
    matter = [
        (_REPORT_ROWS + "WHERE r.id = %s", [report.pk]),
        *_of_matter(report.pk),
        *(
            (f"SELECT * FROM cases_{table} WHERE report_id = %s", [report.pk])  # noqa: S608
            for table in ("protectionassessment", "openingdecision", "feedback")
        ),
    ]
    return [
        Page("start page", "mottagare", "/", [undecided]),
        Page("start page", "utredare", "/", [on_mine]),
        Page("start page", "gruppledare", "/", [open_here, in_group]),
        Page("start page", "enhetschef", "/", [by_state, in_unit]),
        Page("start page", "avdelningschef", "/", [by_state, in_unit]),
        Page("dashboard", "enhetschef", "/dashboard/", [by_state, in_unit]),
        Page("deadlines", "enhetschef", "/deadlines/", [in_unit]),
        Page("deadlines", "gruppledare", "/deadlines/", [in_group]),
        Page("allocation", "gruppledare", "/allocation/", [open_here]),
        Page("reports", "enhetschef", "/reports/", [first(report_page, 50), report_count]),
        Page("reports", "mottagare", "/reports/", [first(report_page, 50), report_count]),
        Page(
            "investigations",
            "enhetschef",
            "/investigations/",
            [first(investigation_page, 50), investigation_count],
        ),
        Page("investigations", "utredare", "/investigations/", [on_mine]),
        Page("investigations", "samordnare", "/investigations/", [first(investigation_page, 50)]),
        Page("investigation", "utredare", f"/investigations/{investigation.pk}/", case),
        Page("report", "gruppledare", f"/reports/{report.pk}/", matter),
        Page(
            "notices",
            "enhetschef",
            "/notices/",
            [
                (
                    "SELECT * FROM cases_notice WHERE recipient_id = ("
                    "SELECT id FROM organisation_user WHERE username = 'enhetschef')"
                    " ORDER BY created_at DESC, id DESC LIMIT 50",
                    [],
                )
            ],
        ),
        Page(
            "API reports",
            "enhetschef",
            "/api/v1/reports/",
            [first(report_page, 50), report_count],
        ),
        Page(
            "API reports, 1000 rows",
            "enhetschef",
            "/api/v1/reports/?page_size=1000",
            [first(report_page, 1000), report_count],
        ),
        Page(
            "API investigations",
            "enhetschef",
            "/api/v1/investigations/",
            [first(investigation_page, 50), investigation_count],
        ),
        Page(
            "API deadlines, overdue",
            "enhetschef",
            "/api/v1/deadlines/?status=overdue",
            [first(deadline_page, 50)],
        ),
        Page(
            "API deadlines, met",
            "enhetschef",
            "/api/v1/deadlines/?status=met",
            [
                (
                    _DEADLINE_ROWS + "WHERE d.unit_id = %s AND d.met_on <= d.due_on"
                    " ORDER BY d.due_on, d.id LIMIT 50",
                    [unit.pk],
                )
            ],
        ),
        *leading.pages(on=on, unit=unit, group=group, worker=worker, child=investigation.child_id),
    ]
