"""Entries of the record: changed before the document is signed, corrected after with a reason."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from cases.corrections import texts as corrections
from cases.deadlines.models import Deadline
from cases.disclosure import services as disclosures
from cases.disclosure.models import DisclosurePiece
from cases.enums import CorrectionAct
from cases.investigations import services
from cases.investigations.models import Investigation
from cases.reports import services as reports
from cases.reports.services import ReporterInput
from core.calendar import Month
from core.errors import Forbidden, Invalid, Missing
from tests.cases.test_corrections import conclude, written
from tests.factories import World, moment
from unitstats.statistics import counted

WHY = "Fel dag skrevs in."
AT = moment("2026-03-20 10:00")
CHANGES: dict[str, dict[str, Any]] = {
    "participation": {"took_part": False, "how": "Kom inte."},
    "risk": {"level": "high", "risk_factors": "Våld."},
    "instrument": {"used_on": date(2026, 3, 4)},
    "rating": {"value": 3},
    "communication": {"how": "Brev", "response": "Håller inte med."},
}


@pytest.fixture
def case(world: World) -> Investigation:
    return world.investigation("2026-03-02")


def entries(world: World, case: Investigation) -> dict[str, int]:
    """One of each, by code."""
    who: dict[str, Any] = {"by": world.main, "at": moment("2026-03-05")}
    on = date(2026, 3, 5)
    mother = services.add_guardian(
        case.pk, relation="mother", first_name="Mor", last_name="Ek", has_custody=True, **who
    )
    return {
        "participation": services.record_participation(
            case.pk, guardian_id=mother.pk, took_part=True, on=on, how="Möte", **who
        ).pk,
        "risk": services.assess_risk(
            case.pk,
            level="low",
            risk_factors="Oro.",
            protective_factors="",
            assessed_on=on,
            **who,
        ).pk,
        "instrument": services.record_instrument(
            case.pk, instrument="adad", used_on=on, level="low", **who
        ).pk,
        "rating": services.rate_safety(case.pk, rater="child", value=7, rated_on=on, **who).pk,
        "communication": services.communicate(
            case.pk, recipient="mother", communicated_on=on, how="Möte", **who
        ).pk,
    }


def test_every_kind_of_entry_is_changed_with_old_and_new_kept(
    world: World, case: Investigation
) -> None:
    made = entries(world, case)
    assert made.keys() == services.ENTRIES.keys()
    for code, pk in made.items():
        row = services.correct_entry(
            case.pk, code, pk, CHANGES[code], reason="", by=world.co, at=AT
        )
        row.refresh_from_db()
        assert {name: getattr(row, name) for name in CHANGES[code]} == CHANGES[code]
    told = corrections.history(case.pk)
    assert {one.row.act for one in told} == {CorrectionAct.CHANGED}
    rating = next(one for one in told if one.row.subject == "safetyrating")
    assert [(change.old, change.new) for change in rating.changes] == [("7", "3")]
    assert counted(world.unit.pk, Month(date(2026, 3, 1)))["participation.mothers"].value == 0


def test_after_the_signing_and_after_the_end_it_takes_a_reason(
    world: World, case: Investigation
) -> None:
    made = entries(world, case)
    written(world, case, "2026-03-10")
    signed = Investigation.objects.get(pk=case.pk).document.signed_digest
    for ended in (False, True):
        if ended:
            conclude(case, world.leader, "2026-03-11")
        with pytest.raises(Invalid) as refused:
            services.correct_entry(
                case.pk, "rating", made["rating"], {"value": 2}, reason="", by=world.main, at=AT
            )
        assert list(refused.value.fields) == ["reason"]
        services.correct_entry(
            case.pk,
            "rating",
            made["rating"],
            {"value": 4 if ended else 5},
            reason=WHY,
            by=world.main,
            at=AT,
        )
    told = corrections.history(case.pk)
    assert [(one.row.act, one.row.reason) for one in told] == [(CorrectionAct.CORRECTED, WHY)] * 2
    assert Investigation.objects.get(pk=case.pk).document.signed_digest == signed


def test_others_do_not_and_nonsense_is_refused_at_its_field(
    world: World, case: Investigation
) -> None:
    made = entries(world, case)

    def correct(code: str, by: Any, **values: Any) -> None:
        services.correct_entry(case.pk, code, made[code], values, reason=WHY, by=by, at=AT)

    for user in (world.worker2, world.reception, world.other_head):
        with pytest.raises(Missing):
            correct("rating", user, value=1)
    with pytest.raises(Forbidden):
        correct("rating", world.coordinator, value=1)
    for code, field, value in (
        ("rating", "value", 11),
        ("rating", "rated_on", date(2026, 3, 21)),
        ("risk", "level", "x"),
        ("communication", "how", ""),
        ("participation", "guardian", 0),
        ("instrument", "instrument", "x"),
        ("rating", "reason", None),
    ):
        with pytest.raises(Invalid) as refused:
            correct(code, world.main, **({field: value} if field != "reason" else {}))
        assert list(refused.value.fields) == [field]
    other = world.investigation("2026-03-03", allocated=False)
    with pytest.raises(Invalid):
        services.correct_entry(
            other.pk, "rating", made["rating"], {"value": 1}, reason=WHY, by=world.head, at=AT
        )
    assert corrections.history(case.pk) == []


def test_feedback_and_talk_are_corrected_and_their_clocks_follow(world: World) -> None:
    report = world.report(
        "2026-03-02 09:00",
        reporter=ReporterInput(category="police", wants_feedback=True),
        is_crime_report=True,
    )
    reports.record_serious_talk(
        report.pk,
        offered_at=moment("2026-03-05 09:00"),
        result="booked",
        by=world.reception,
        at=moment("2026-03-05 10:00"),
    )
    world.decide(report, "2026-03-06", "do_not_open")
    reports.give_feedback(
        report.pk,
        given_on=date(2026, 3, 16),
        channel="phone",
        by=world.reception,
        at=moment("2026-03-16"),
    )

    def met(kind: str) -> tuple[date, bool]:
        row = Deadline.objects.get(matter=report.pk, kind=kind)
        return row.met_on, row.met_on <= row.due_on

    assert met("serious_talk") == (date(2026, 3, 5), False)
    assert met("reporter_feedback") == (date(2026, 3, 16), False)
    who: dict[str, Any] = {"reason": WHY, "by": world.reception, "at": AT}
    talked = {"offered_at": moment("2026-03-03 09:00")}
    reports.correct_entry(report.pk, "serious_talk", talked, **who)
    reports.correct_entry(report.pk, "feedback", {"given_on": date(2026, 3, 10)}, **who)
    assert met("serious_talk") == (date(2026, 3, 3), True)
    assert met("reporter_feedback") == (date(2026, 3, 10), True)
    assert len(corrections.history(report.pk)) == 2
    with pytest.raises(Invalid):
        reports.correct_entry(report.pk, "feedback", {"given_on": date(2026, 3, 1)}, **who)
    with pytest.raises(Invalid):
        reports.correct_entry(report.pk, "feedback", {"channel": "letter"}, **{**who, "reason": ""})
    with pytest.raises(Forbidden):
        reports.correct_entry(
            report.pk, "feedback", {"channel": "letter"}, **{**who, "by": world.coordinator}
        )


def test_the_forms_and_the_api_correct(world: World, case: Investigation, client: Client) -> None:
    made = entries(world, case)
    with time_machine.travel(AT, tick=False):
        client.force_login(world.main)
        address = reverse("investigation_rating_correct", args=[case.pk, made["rating"]])
        html = client.get(reverse("investigation", args=[case.pk])).content.decode()
        for name in ("participation", "risk", "instrument", "rating", "communication"):
            assert reverse(f"investigation_{name}_correct", args=[case.pk, made[name]]) in html
        assert client.get(address).status_code == 200
        fields = {"rater": "child", "value": 2, "rated_on": "2026-03-05"}
        assert client.post(address, fields).status_code == 302
        answer = client.post(
            f"/api/v1/investigations/{case.pk}/entries/risk/{made['risk']}/correction/",
            {"level": "high", "reason": WHY},
            content_type="application/json",
        )
    assert answer.status_code == 200, answer.content
    assert [one["subject"] for one in answer.json()["corrections"]] == [
        "riskassessment",
        "safetyrating",
    ]


def test_a_partys_copy_says_what_was_corrected(world: World, case: Investigation) -> None:
    made = entries(world, case)
    child = case.child
    child.birth_date = date(2008, 1, 1)
    child.save()
    services.correct_entry(
        case.pk, "rating", made["rating"], {"value": 2}, reason=WHY, by=world.main, at=AT
    )
    copy = disclosures.prepare(
        child.pk,
        matter_ids=[case.pk],
        relation="child",
        right=disclosures.RightInput("of_age", "whole", "Prövat i samtal."),
        requested_on=AT.date(),
        by=world.head,
        at=AT,
    )
    text = "\n".join(DisclosurePiece.objects.filter(disclosure=copy).values_list("text", flat=True))
    assert WHY in text
    assert "7 → 2" in text
