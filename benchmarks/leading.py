"""Pages around the cases, beside the bare SQL: workload, staffing, rounds, statistics, access."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from audits.models import LogCheckRound
from benchmarks.timing import Page
from organisation.models import OrgUnit, User
from workload.models import Measurement, MeasurementRound, SurveyRound

Statement = tuple[str, list[Any]]

_NODES = "(SELECT id FROM organisation_orgunit WHERE id = %s OR parent_id = %s)"


def workers(node: int, on: date) -> list[Statement]:
    """Those who work in the group or the unit, their cases and what the cases weigh."""
    held = (
        "(SELECT r.user_id FROM organisation_roleassignment r"  # noqa: S608
        f" WHERE r.node_id IN {_NODES} AND r.from_on <= %s"
        " AND (r.until_on IS NULL OR r.until_on >= %s))"
    )
    cases = (
        "(SELECT w.matter_id FROM cases_matterworker w JOIN cases_matter m ON m.id = w.matter_id"  # noqa: S608
        " AND m.kind = 'investigation' AND m.closed_on IS NULL"
        f" WHERE w.until_on IS NULL AND w.user_id IN {held})"
    )
    values: list[Any] = [node, node, on, on]
    return [
        (f"SELECT * FROM organisation_user WHERE id IN {held}", values),  # noqa: S608
        (f"SELECT * FROM organisation_employment WHERE user_id IN {held}", values),  # noqa: S608
        (f"SELECT id, number, opened_on FROM cases_matter WHERE id IN {cases}", values),  # noqa: S608
        (f"SELECT * FROM workload_casefactor WHERE matter_id IN {cases}", values),  # noqa: S608
    ]


def _of_people(table: str, unit: int, *, column: str = "user_id", limit: int = 50) -> Statement:
    return (
        f"SELECT t.*, u.first_name, u.last_name FROM {table} t"  # noqa: S608
        f" JOIN organisation_user u ON u.id = t.{column} WHERE t.{column} IN"
        f" (SELECT user_id FROM organisation_roleassignment WHERE node_id IN {_NODES})"
        f" LIMIT {limit}",
        [unit, unit],
    )


def _of(table: str, column: str, value: int, *, limit: int = 50) -> Statement:
    return f"SELECT * FROM {table} WHERE {column} = %s LIMIT {limit}", [value]  # noqa: S608


def pages(*, on: date, unit: OrgUnit, group: OrgUnit, worker: User, child: int) -> list[Page]:
    """As `benchmarks.pages.pages`: `group` is the one `gruppledare` leads, `worker` `utredare`."""
    checked = LogCheckRound.objects.filter(unit=unit).order_by("-from_on")[0]
    measured = MeasurementRound.objects.filter(unit=unit).order_by("-opened_on")[0]
    asked = Measurement.objects.filter(user=worker, frozen_at__isnull=True)[0]
    surveyed = SurveyRound.objects.filter(unit=unit, closed_at__isnull=False).order_by("-pk")[0]
    head = User.objects.get(username="enhetschef")
    month = on.replace(day=1)
    months = _of("unitstats_monthlyclosing", "unit_id", unit.pk)
    spans = (
        "SELECT opened_on, concluded_on, group_id FROM cases_investigation"
        " WHERE unit_id = %s AND (concluded_on IS NULL OR concluded_on >= %s)",
        [unit.pk, on - timedelta(days=730)],
    )
    inflow = (
        "SELECT c.gender, r.reporter_category, count(*) FROM cases_report r"
        " JOIN cases_person c ON c.id = r.child_id"
        " WHERE r.unit_id = %s AND r.received_on >= %s GROUP BY 1, 2",
        [unit.pk, month - timedelta(days=31)],
    )
    published = (
        "SELECT * FROM workload_publishedpart WHERE within_id IN"
        " (SELECT id FROM organisation_orgunit WHERE %s LIKE path || '%%') LIMIT 50",
        [unit.path],
    )
    temperatures = (
        "SELECT t.* FROM workload_temperature t WHERE t.group_id = %s",
        [group.pk],
    )
    readings = (
        "SELECT * FROM core_trailentry WHERE children @> ARRAY[%s]::bigint[]"
        " ORDER BY recorded_at DESC LIMIT 50",
        [child],
    )
    hits = (
        "SELECT h.*, u.first_name, u.last_name, c.first_name, c.last_name"
        " FROM audits_logcheckhit h JOIN organisation_user u ON u.id = h.actor_id"
        " LEFT JOIN cases_person c ON c.id = h.child_id WHERE h.round_id = %s LIMIT 50",
        [checked.pk],
    )
    matters = (
        "SELECT v.*, c.first_name, c.last_name, u.first_name, u.last_name"
        " FROM cases_intervention v JOIN cases_person c ON c.id = v.child_id"
        " JOIN cases_matterworker w ON w.matter_id = v.id AND w.until_on IS NULL"
        " JOIN organisation_user u ON u.id = w.user_id"
        " WHERE v.unit_id = %s ORDER BY v.started_on DESC LIMIT 50",
        [unit.pk],
    )
    employed = (
        "SELECT e.* FROM organisation_employment e WHERE e.administration_id ="
        " (SELECT administration_id FROM organisation_employment"
        " WHERE user_id = %s ORDER BY id LIMIT 1)",
        [head.pk],
    )
    staff: Statement = (
        "SELECT * FROM organisation_user ORDER BY last_name, first_name, id LIMIT 50",
        [],
    )
    by_group = workers(group.pk, on)
    by_unit = workers(unit.pk, on)
    own = (
        "SELECT m.id, m.number, f.* FROM cases_matterworker w"
        " JOIN cases_matter m ON m.id = w.matter_id"
        " AND m.kind = 'investigation' AND m.closed_on IS NULL"
        " JOIN workload_casefactor f ON f.matter_id = m.id"
        " WHERE w.until_on IS NULL AND w.user_id = %s",
        [worker.pk],
    )
    team = _of("workload_measurement", "round_id", measured.pk, limit=100)
    leader, chief = "gruppledare", "enhetschef"
    return [
        Page("workload of the group", leader, "/workload/groups/", by_group),
        Page("workload of the unit", chief, "/workload/groups/", by_unit),
        Page("workload, one's own", "utredare", "/workload/mine/", [own]),
        Page(
            "warnings", chief, "/workload/warnings/", [_of_people("workload_loadwarning", unit.pk)]
        ),
        Page(
            "reductions",
            chief,
            "/workload/reductions/",
            [_of_people("workload_reduction", unit.pk)],
        ),
        Page(
            "competences",
            chief,
            "/workload/competences/",
            [_of_people("workload_competence", unit.pk)],
        ),
        Page(
            "introductions",
            chief,
            "/workload/introductions/",
            [_of_people("workload_introductionplan", unit.pk)],
        ),
        Page(
            "weights", chief, "/workload/weights/", [_of("workload_weightset", "unit_id", unit.pk)]
        ),
        Page("staffing", chief, "/workload/staffing/", [employed]),
        Page("staffing", "avdelningschef", "/workload/staffing/", [employed]),
        Page("forecast", leader, "/forecast/", [spans]),
        Page("forecast", chief, "/forecast/", [spans]),
        Page("statistics, closed", chief, f"/statistics/?month={_closed(month)}", [months]),
        Page("statistics, this month", chief, f"/statistics/?month={month:%Y-%m}", [inflow]),
        Page(
            "log checks", chief, "/log-checks/", [_of("audits_logcheckround", "unit_id", unit.pk)]
        ),
        Page("log check", chief, f"/log-checks/{checked.pk}/", [hits]),
        Page("child's log", chief, f"/children/{child}/log/", [readings]),
        Page("measurements", chief, "/workload/measurements/", [team, published]),
        Page("measurements", "avdelningschef", "/workload/measurements/", [published]),
        Page(
            "measurement, the group", leader, f"/workload/measurements/{measured.pk}/team/", [team]
        ),
        Page(
            "measurement, one's own",
            "utredare",
            f"/workload/measurements/{asked.round_id}/",
            [_of("workload_measurement", "user_id", worker.pk)],
        ),
        Page(
            "survey",
            "utredare",
            "/workload/survey/",
            [_of("workload_surveyanswer", "user_id", worker.pk)],
        ),
        Page(
            "survey, the group",
            leader,
            f"/workload/survey/{surveyed.pk}/team/",
            [_of("workload_surveyanswer", "round_id", surveyed.pk, limit=100)],
        ),
        Page("survey results", chief, "/workload/survey/results/", [published]),
        Page("survey results", "avdelningschef", "/workload/survey/results/", [published]),
        Page(
            "case reviews",
            leader,
            "/workload/reviews/",
            [_of("workload_casereview", "group_id", group.pk)],
        ),
        Page("temperatures", leader, "/workload/temperature/", [temperatures]),
        Page("temperatures", chief, "/workload/temperature/", [temperatures]),
        Page(
            "rounds and marks",
            chief,
            "/workload/rounds/",
            [_of("workload_measurementround", "unit_id", unit.pk)],
        ),
        Page("rights to read", chief, "/grants/", [_of("cases_readinggrant", "unit_id", unit.pk)]),
        Page(
            "emergency openings",
            chief,
            "/emergency/all/",
            [_of("cases_emergencyaccess", "unit_id", unit.pk)],
        ),
        Page(
            "conflicts of interest",
            chief,
            "/conflicts/",
            [_of("cases_conflictofinterest", "unit_id", unit.pk)],
        ),
        Page(
            "access for parties",
            leader,
            "/disclosures/",
            [_of("cases_disclosure", "unit_id", unit.pk)],
        ),
        Page("interventions", chief, "/interventions/", [matters]),
        Page(
            "absences",
            chief,
            "/organisation/absences/",
            [_of_people("organisation_absence", unit.pk)],
        ),
        Page("members of staff", "systemadmin", "/organisation/staff/", [staff]),
        Page("start page", "samordnare", "/", [spans]),
        Page("start page", "familjehem", "/", [matters]),
        Page("start page", "systemadmin", "/", [staff]),
    ]


def _closed(month: date) -> str:
    """A month that is closed by any day of the one given."""
    return f"{(month - timedelta(days=50)).replace(day=1):%Y-%m}"
