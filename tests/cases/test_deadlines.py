"""When duties fall due, and what they are as of a day."""

from collections import Counter
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.enums import DeadlineKind, DeadlineStatus
from cases.law.deadlines import (
    days_left,
    due,
    home_check_due,
    next_custody_consideration,
    placement_followup_dues,
    status,
)
from cases.law.time_limits import HOME_CHECK_VALIDITY, RULEBOOK, Rule, Rulebook, rule_for
from core.calendar import STOCKHOLM, Span, Term, is_working_day, local_date, term_of

RULES = RULEBOOK.rules

#: Kinds a plain ``due(kind, day)`` answers.
DATE_KINDS = tuple(
    kind
    for kind in DeadlineKind
    if kind
    not in {
        DeadlineKind.PROTECTION_ASSESSMENT,
        DeadlineKind.SERIOUS_TALK,
        DeadlineKind.HOME_CHECK_VALIDITY,
    }
)
MOMENT_KINDS = (DeadlineKind.PROTECTION_ASSESSMENT, DeadlineKind.SERIOUS_TALK)

days = st.dates(min_value=date(2002, 1, 1), max_value=date(2060, 12, 31))
offsets = st.integers(min_value=-40, max_value=400).map(lambda n: timedelta(days=n))
moments = st.datetimes(
    min_value=datetime(2002, 1, 2),  # noqa: DTZ001
    max_value=datetime(2060, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)


def swedish(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=STOCKHOLM)


class TestRules:
    def test_rules_hold_every_kind(self) -> None:
        assert {rule.kind for rule in RULES} == set(DeadlineKind)

    def test_rules_of_a_kind_never_overlap_and_leave_no_gap(self) -> None:
        for kind in DeadlineKind:
            versions = [rule for rule in RULES if rule.kind == kind]
            for before, after in pairwise(versions):
                assert before.applies_to is not None
                assert after.applies_from == before.applies_to + timedelta(days=1)
            assert versions[-1].applies_to is None

    def test_rules_are_unique_by_code_and_version(self) -> None:
        counted = Counter((rule.code, rule.version) for rule in RULES)
        assert set(counted.values()) == {1}

    @pytest.mark.parametrize(
        ("kind", "source"),
        [
            (DeadlineKind.PROTECTION_ASSESSMENT, "SoL (2025:400) 20:1"),
            (DeadlineKind.OPENING_DECISION, "SoL (2025:400) 20:2"),
            (DeadlineKind.REPORTER_FEEDBACK, "SoL (2025:400) 19:6"),
            (DeadlineKind.SERIOUS_TALK, "city indicator"),
            (DeadlineKind.INVESTIGATION, "SoL (2025:400) 20:3"),
            (DeadlineKind.FOLLOWUP_AFTER_CLOSING, "SoL (2025:400) 23:1-5"),
            (DeadlineKind.INTERVENTION_FOLLOWUP, "unit routine"),
            (DeadlineKind.FIRST_VISIT, "unit routine"),
            (DeadlineKind.PLACEMENT_VISIT, "unit routine, guidance"),
            (DeadlineKind.PLACEMENT_FOLLOWUP, "unit routine"),
            (DeadlineKind.CARE_CONSIDERATION, "SoL (2025:400) 22:13, LVU 13 §"),
            (DeadlineKind.CARE_PLAN, "SoL (2025:400) 9:12"),
            (DeadlineKind.IMPLEMENTATION_PLAN, "SoL (2025:400) 9:12"),
            (DeadlineKind.EMERGENCY_HOME, "SoL (2025:400) 22:4"),
            (DeadlineKind.CUSTODY_CONSIDERATION, "SoL (2025:400) 22:14"),
            (DeadlineKind.LVU_COURT_SUBMISSION, "LVU 7 §"),
            (DeadlineKind.LVU_APPLICATION, "LVU 8 §"),
            (DeadlineKind.CONTACT_RESTRICTION, "LVU 14 §"),
            (DeadlineKind.HOME_CHECK_VALIDITY, "unit routine"),
            (DeadlineKind.COMPLAINT_REPLY, "unit routine"),
        ],
    )
    def test_rule_for_today_cites_its_source(self, kind: DeadlineKind, source: str) -> None:
        assert rule_for(kind, date(2026, 3, 2)).source == source

    @pytest.mark.parametrize(
        ("kind", "source"),
        [
            (DeadlineKind.PROTECTION_ASSESSMENT, "SoL (2001:453) 11:1 a"),
            (DeadlineKind.OPENING_DECISION, "SoL (2001:453) 11:1 a"),
            (DeadlineKind.REPORTER_FEEDBACK, "SoL (2001:453), paragraph not recorded"),
            (DeadlineKind.INVESTIGATION, "SoL (2001:453) 11:2"),
            (DeadlineKind.FOLLOWUP_AFTER_CLOSING, "SoL (2001:453), paragraph not recorded"),
            (DeadlineKind.CARE_CONSIDERATION, "SoL (2001:453) 6:8, LVU 13 §"),
            (DeadlineKind.CARE_PLAN, "SoL (2001:453) 11:3"),
            (DeadlineKind.IMPLEMENTATION_PLAN, "SoL (2001:453) 11:3"),
            (DeadlineKind.EMERGENCY_HOME, "SoL (2001:453), paragraph not recorded"),
            (DeadlineKind.CUSTODY_CONSIDERATION, "SoL (2001:453) 6:8 b"),
        ],
    )
    def test_rule_for_the_last_day_of_the_old_act_cites_it(
        self, kind: DeadlineKind, source: str
    ) -> None:
        old = rule_for(kind, date(2025, 6, 30))
        new = rule_for(kind, date(2025, 7, 1))
        assert (old.version, old.source) == ("2001:453", source)
        assert new.version == "2025-07-01"
        assert "2025:400" in new.source

    def test_rule_for_a_day_before_any_act_is_a_lookup_error(self) -> None:
        with pytest.raises(LookupError, match="opening_decision applies to 2001-12-31"):
            rule_for(DeadlineKind.OPENING_DECISION, date(2001, 12, 31))

    def test_rule_for_a_repealed_rule_is_a_lookup_error_from_the_day_after(self) -> None:
        submission = rule_for(DeadlineKind.LVU_COURT_SUBMISSION, date(2026, 3, 2))
        repealed = [replace(submission, applies_to=date(2026, 12, 31))]
        assert (
            rule_for(DeadlineKind.LVU_COURT_SUBMISSION, date(2026, 12, 31), rules=repealed)
            == repealed[0]
        )
        with pytest.raises(LookupError, match="lvu_court_submission applies to 2027-01-01"):
            rule_for(DeadlineKind.LVU_COURT_SUBMISSION, date(2027, 1, 1), rules=repealed)

    def test_rule_cannot_be_changed(self) -> None:
        with pytest.raises(FrozenInstanceError):
            RULES[0].version = "other"  # type: ignore[misc]

    @pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.code} {rule.version}")
    def test_rule_is_described_in_both_languages(self, rule: Rule) -> None:
        for text in (rule.name, rule.name_sv, rule.anchor, rule.anchor_sv):
            assert text.strip()
        assert rule.counting.strip()
        assert rule.counting_sv.strip()
        assert rule.name != rule.name_sv


class TestRulebook:
    def test_what_is_added_is_named_listed_and_taken_out_again(self) -> None:
        book = Rulebook()
        submission = rule_for(DeadlineKind.LVU_COURT_SUBMISSION, date(2026, 3, 2))
        own = [replace(submission, kind="own_duty")]
        book.add("own_duty", "Something of one's own", own)
        assert (book.codes, book.rules) == (("own_duty",), tuple(own))
        assert (book.name("own_duty"), book.of("own_duty")) == ("Something of one's own", (own[0],))
        book.remove("own_duty")
        assert (book.codes, book.rules, book.of("own_duty")) == ((), (), ())
        with pytest.raises(LookupError):
            book.name("own_duty")

    def test_a_duty_is_added_once_and_with_rules_of_its_own(self) -> None:
        book = Rulebook()
        submission = rule_for(DeadlineKind.LVU_COURT_SUBMISSION, date(2026, 3, 2))
        for rules in ([], [submission]):
            with pytest.raises(ValueError, match="no rules, or those of another"):
                book.add("own_duty", "Own", rules)
        book.add(submission.code, "Submission", [submission])
        with pytest.raises(ValueError, match="two duties have the code"):
            book.add(submission.code, "Submission", [submission])


class TestProtectionAssessment:
    KIND = DeadlineKind.PROTECTION_ASSESSMENT

    @pytest.mark.parametrize(
        ("received", "due_on"),
        [
            pytest.param(swedish(2026, 3, 2, 8), date(2026, 3, 2), id="morning"),
            pytest.param(swedish(2026, 3, 2, 16), date(2026, 3, 2), id="at 16:00 sharp"),
            pytest.param(swedish(2026, 3, 2, 16, 1), date(2026, 3, 3), id="after 16:00"),
            pytest.param(swedish(2026, 3, 31, 23, 30), date(2026, 4, 1), id="late, month end"),
            pytest.param(swedish(2026, 4, 1, 0, 30), date(2026, 4, 1), id="early, month start"),
            pytest.param(swedish(2026, 3, 28, 23, 30), date(2026, 3, 29), id="clocks forward"),
            pytest.param(swedish(2026, 10, 25, 0, 30), date(2026, 10, 25), id="clocks back"),
            pytest.param(
                datetime(2026, 7, 1, 14, 0, tzinfo=UTC), date(2026, 7, 1), id="16:00 summer in UTC"
            ),
            pytest.param(
                datetime(2026, 7, 1, 14, 1, tzinfo=UTC), date(2026, 7, 2), id="16:01 summer in UTC"
            ),
            pytest.param(
                datetime(2026, 1, 30, 15, 0, tzinfo=UTC), date(2026, 1, 30), id="16:00 winter, UTC"
            ),
        ],
    )
    def test_protection_assessment_is_due_the_same_day_or_after_16_the_next(
        self, received: datetime, due_on: date
    ) -> None:
        assert due(self.KIND, received).due_on == due_on

    def test_protection_assessment_one_second_after_16_is_due_the_next_day(self) -> None:
        received = datetime(2026, 3, 2, 16, 0, 1, tzinfo=STOCKHOLM)
        assert due(self.KIND, received).due_on == date(2026, 3, 3)

    def test_protection_assessment_received_friday_evening_is_acted_on_that_friday(self) -> None:
        friday = due(self.KIND, swedish(2026, 3, 6, 17))
        assert (friday.due_on, friday.act_by) == (date(2026, 3, 7), date(2026, 3, 6))

    def test_protection_assessment_received_on_a_weekend_is_acted_on_the_due_day(self) -> None:
        saturday = due(self.KIND, swedish(2026, 3, 7, 10))
        late_saturday = due(self.KIND, swedish(2026, 3, 7, 17))
        assert (saturday.due_on, saturday.act_by) == (date(2026, 3, 7), date(2026, 3, 7))
        assert (late_saturday.due_on, late_saturday.act_by) == (date(2026, 3, 8), date(2026, 3, 8))

    def test_protection_assessment_of_a_day_without_time_is_refused(self) -> None:
        with pytest.raises(TypeError, match="counts from a moment"):
            due(self.KIND, date(2026, 3, 2))

    def test_protection_assessment_of_a_naive_moment_is_refused(self) -> None:
        with pytest.raises(ValueError, match="time zone"):
            due(self.KIND, datetime(2026, 3, 2, 12, 0))  # noqa: DTZ001

    @given(moments)
    def test_protection_assessment_is_due_within_a_day(self, received: datetime) -> None:
        days_given = (due(self.KIND, received).due_on - local_date(received)).days
        late = received.astimezone(STOCKHOLM).time() > time(16)
        assert days_given == (1 if late else 0)


class TestSeriousTalk:
    KIND = DeadlineKind.SERIOUS_TALK

    @pytest.mark.parametrize(
        ("received", "due_at"),
        [
            pytest.param(swedish(2026, 3, 2, 9), swedish(2026, 3, 4, 9), id="ordinary"),
            pytest.param(swedish(2026, 3, 28, 9), swedish(2026, 3, 30, 10), id="clocks forward"),
            pytest.param(swedish(2026, 10, 24, 9), swedish(2026, 10, 26, 8), id="clocks back"),
            pytest.param(
                swedish(2026, 3, 27, 23, 30),
                swedish(2026, 3, 30, 0, 30),
                id="forward, past midnight",
            ),
            pytest.param(
                swedish(2026, 10, 24, 0, 30), swedish(2026, 10, 25, 23, 30), id="back, same day"
            ),
        ],
    )
    def test_serious_talk_is_due_after_48_elapsed_hours(
        self, received: datetime, due_at: datetime
    ) -> None:
        talk = due(self.KIND, received)
        assert talk.due_at == due_at.astimezone(UTC)
        assert talk.due_on == due_at.date()

    @given(moments)
    def test_serious_talk_is_always_48_hours_away(self, received: datetime) -> None:
        due_at = due(self.KIND, received.astimezone(STOCKHOLM)).due_at
        assert due_at is not None
        assert due_at - received == timedelta(hours=48)

    def test_serious_talk_of_a_day_without_time_is_refused(self) -> None:
        with pytest.raises(TypeError, match="counts from a moment"):
            due(self.KIND, date(2026, 3, 2))


class TestDue:
    @pytest.mark.parametrize(
        ("kind", "anchor", "due_on", "act_by"),
        [
            (
                DeadlineKind.OPENING_DECISION,
                date(2026, 3, 2),
                date(2026, 3, 16),
                date(2026, 3, 16),
            ),
            (
                DeadlineKind.REPORTER_FEEDBACK,
                date(2026, 3, 2),
                date(2026, 3, 9),
                date(2026, 3, 9),
            ),
            (
                DeadlineKind.INVESTIGATION,
                date(2025, 10, 31),
                date(2026, 2, 28),
                date(2026, 2, 27),
            ),
            (
                DeadlineKind.INVESTIGATION,
                date(2027, 10, 31),
                date(2028, 2, 29),
                date(2028, 2, 29),
            ),
            (
                DeadlineKind.INVESTIGATION,
                date(2026, 4, 30),
                date(2026, 8, 30),
                date(2026, 8, 28),
            ),
            (
                DeadlineKind.FOLLOWUP_AFTER_CLOSING,
                date(2026, 8, 31),
                date(2027, 2, 28),
                date(2027, 2, 26),
            ),
            (
                DeadlineKind.INTERVENTION_FOLLOWUP,
                date(2026, 1, 15),
                date(2026, 7, 15),
                date(2026, 7, 15),
            ),
            (DeadlineKind.FIRST_VISIT, date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 9)),
            (
                DeadlineKind.PLACEMENT_VISIT,
                date(2026, 11, 30),
                date(2027, 2, 28),
                date(2027, 2, 26),
            ),
            (
                DeadlineKind.CARE_CONSIDERATION,
                date(2026, 3, 2),
                date(2026, 9, 2),
                date(2026, 9, 2),
            ),
            (DeadlineKind.CARE_PLAN, date(2026, 3, 2), date(2026, 3, 2), date(2026, 3, 2)),
            (
                DeadlineKind.IMPLEMENTATION_PLAN,
                date(2026, 3, 2),
                date(2026, 4, 1),
                date(2026, 4, 1),
            ),
            (DeadlineKind.EMERGENCY_HOME, date(2026, 3, 2), date(2026, 5, 2), date(2026, 4, 30)),
            (
                DeadlineKind.CUSTODY_CONSIDERATION,
                date(2024, 2, 29),
                date(2026, 2, 28),
                date(2026, 2, 27),
            ),
            (
                DeadlineKind.LVU_COURT_SUBMISSION,
                date(2026, 12, 18),
                date(2026, 12, 25),
                date(2026, 12, 23),
            ),
            (DeadlineKind.LVU_APPLICATION, date(2026, 3, 4), date(2026, 4, 1), date(2026, 4, 1)),
            (
                DeadlineKind.CONTACT_RESTRICTION,
                date(2026, 3, 19),
                date(2026, 6, 19),
                date(2026, 6, 18),
            ),
            (DeadlineKind.COMPLAINT_REPLY, date(2026, 3, 2), date(2026, 3, 16), date(2026, 3, 16)),
        ],
    )
    def test_due_on_and_act_by_of_each_kind(
        self, kind: DeadlineKind, anchor: date, due_on: date, act_by: date
    ) -> None:
        duty = due(kind, anchor)
        assert (duty.starts_on, duty.due_on, duty.act_by) == (anchor, due_on, act_by)
        assert duty.due_at is None

    @pytest.mark.parametrize(
        ("moment", "due_on"),
        [
            pytest.param(swedish(2026, 1, 31, 23, 30), date(2026, 2, 14), id="before month end"),
            pytest.param(swedish(2026, 2, 1, 0, 30), date(2026, 2, 15), id="after month end"),
            pytest.param(
                datetime(2026, 6, 30, 22, 30, tzinfo=UTC), date(2026, 7, 15), id="00:30 in UTC"
            ),
            pytest.param(swedish(2026, 3, 28, 23, 30), date(2026, 4, 11), id="clocks forward"),
            pytest.param(swedish(2026, 10, 25, 0, 30), date(2026, 11, 8), id="clocks back"),
        ],
    )
    def test_due_from_a_moment_counts_from_its_swedish_day(
        self, moment: datetime, due_on: date
    ) -> None:
        assert due(DeadlineKind.OPENING_DECISION, moment).due_on == due_on

    def test_due_cites_the_act_in_force_on_the_day_it_counts_from(self) -> None:
        old = due(DeadlineKind.OPENING_DECISION, date(2025, 6, 20))
        new = due(DeadlineKind.OPENING_DECISION, date(2025, 7, 1))
        assert (old.version, old.source) == ("2001:453", "SoL (2001:453) 11:1 a")
        assert old.due_on == date(2025, 7, 4)
        assert (new.version, new.source) == ("2025-07-01", "SoL (2025:400) 20:2")

    def test_due_half_past_midnight_on_the_day_of_the_new_act_cites_it(self) -> None:
        moment = datetime(2025, 6, 30, 22, 30, tzinfo=UTC)
        assert due(DeadlineKind.PROTECTION_ASSESSMENT, moment).version == "2025-07-01"

    def test_due_before_any_act_is_a_lookup_error(self) -> None:
        with pytest.raises(LookupError, match="No rule for investigation"):
            due(DeadlineKind.INVESTIGATION, date(1999, 1, 1))

    def test_due_of_an_intervention_followup_opens_a_window_at_four_months(self) -> None:
        duty = due(DeadlineKind.INTERVENTION_FOLLOWUP, date(2026, 1, 31))
        assert duty.window_opens_on == date(2026, 5, 31)
        assert duty.due_on == date(2026, 7, 31)

    def test_due_of_other_kinds_has_no_window(self) -> None:
        assert due(DeadlineKind.PLACEMENT_VISIT, date(2026, 1, 31)).window_opens_on is None

    def test_act_by_on_midsummer_eve_is_the_thursday(self) -> None:
        duty = due(DeadlineKind.OPENING_DECISION, date(2026, 6, 5))
        assert (duty.due_on, duty.act_by) == (date(2026, 6, 19), date(2026, 6, 18))

    def test_act_by_over_christmas_is_the_day_before_the_eve(self) -> None:
        duty = due(DeadlineKind.OPENING_DECISION, date(2026, 12, 13))
        assert (duty.due_on, duty.act_by) == (date(2026, 12, 27), date(2026, 12, 23))

    def test_act_by_of_a_care_plan_on_a_sunday_is_never_before_the_placement(self) -> None:
        duty = due(DeadlineKind.CARE_PLAN, date(2026, 3, 8))
        assert (duty.due_on, duty.act_by) == (date(2026, 3, 8), date(2026, 3, 8))

    @pytest.mark.parametrize("kind", DATE_KINDS)
    @given(anchor=days)
    def test_due_of_a_day_is_never_before_it_and_act_by_lies_between(
        self, kind: DeadlineKind, anchor: date
    ) -> None:
        duty = due(kind, anchor)
        assert anchor <= duty.act_by <= duty.due_on
        self.check_act_by(duty.starts_on, duty.act_by, duty.due_on)

    @pytest.mark.parametrize("kind", MOMENT_KINDS)
    @given(received=moments)
    def test_due_of_a_moment_is_never_before_it_and_act_by_lies_between(
        self, kind: DeadlineKind, received: datetime
    ) -> None:
        duty = due(kind, received)
        assert local_date(received) == duty.starts_on
        self.check_act_by(duty.starts_on, duty.act_by, duty.due_on)

    @staticmethod
    def check_act_by(starts_on: date, act_by: date, due_on: date) -> None:
        assert starts_on <= act_by <= due_on
        between = [starts_on + timedelta(days=n) for n in range((due_on - starts_on).days + 1)]
        working = [day for day in between if is_working_day(day)]
        assert act_by == (working[-1] if working else due_on)

    @pytest.mark.parametrize("kind", DATE_KINDS)
    @given(one=days, other=days)
    def test_due_of_a_later_day_is_never_earlier(
        self, kind: DeadlineKind, one: date, other: date
    ) -> None:
        earlier, later = sorted((one, other))
        assert due(kind, earlier).due_on <= due(kind, later).due_on


class TestExtension:
    def test_due_of_an_extended_investigation_is_the_stated_date(self) -> None:
        duty = due(DeadlineKind.INVESTIGATION, date(2026, 4, 30), extended_to=date(2026, 10, 31))
        assert (duty.due_on, duty.act_by) == (date(2026, 10, 31), date(2026, 10, 30))
        assert duty.starts_on == date(2026, 4, 30)

    @pytest.mark.parametrize("extended_to", [date(2026, 4, 29), date(2026, 4, 30)])
    def test_due_extended_to_or_before_the_anchor_is_refused(self, extended_to: date) -> None:
        with pytest.raises(ValueError, match="not after 2026-04-30"):
            due(DeadlineKind.INVESTIGATION, date(2026, 4, 30), extended_to=extended_to)

    def test_due_of_an_extended_serious_talk_has_no_hour(self) -> None:
        duty = due(DeadlineKind.SERIOUS_TALK, swedish(2026, 3, 2, 9), extended_to=date(2026, 3, 6))
        assert (duty.due_on, duty.due_at) == (date(2026, 3, 6), None)


class TestUnitLimits:
    def test_due_of_a_complaint_reply_follows_the_setting_of_the_unit(self) -> None:
        duty = due(DeadlineKind.COMPLAINT_REPLY, date(2026, 3, 2), limit=Span(weeks=3))
        assert duty.due_on == date(2026, 3, 23)

    @pytest.mark.parametrize(
        "kind", [kind for kind in DATE_KINDS if kind != DeadlineKind.COMPLAINT_REPLY]
    )
    def test_due_with_a_limit_on_a_rule_not_the_units_is_refused(self, kind: DeadlineKind) -> None:
        with pytest.raises(ValueError, match="a unit cannot set it"):
            due(kind, date(2026, 3, 2), limit=Span(days=60))

    def test_due_of_a_home_check_without_a_limit_is_refused(self) -> None:
        with pytest.raises(ValueError, match="no limit of its own"):
            due(DeadlineKind.HOME_CHECK_VALIDITY, date(2026, 3, 2))

    def test_due_with_a_limit_in_hours_from_a_day_is_refused(self) -> None:
        with pytest.raises(ValueError, match="from a moment"):
            due(DeadlineKind.COMPLAINT_REPLY, date(2026, 3, 2), limit=Span(hours=24))

    @pytest.mark.parametrize(
        ("check_type", "due_on"),
        [("register_extract", date(2027, 2, 28)), ("home_visit", date(2027, 8, 31))],
    )
    def test_home_check_due_is_per_check_type(self, check_type: str, due_on: date) -> None:
        assert home_check_due(check_type, date(2026, 8, 31)).due_on == due_on

    def test_home_check_due_of_an_unknown_type_is_a_lookup_error(self) -> None:
        with pytest.raises(LookupError, match="'references'"):
            home_check_due("references", date(2026, 8, 31))

    def test_home_check_validity_holds_the_types_with_a_limit(self) -> None:
        assert set(HOME_CHECK_VALIDITY) == {"register_extract", "home_visit"}


class TestPlacementFollowup:
    def test_placement_followup_dues_are_mid_term_and_its_last_day(self) -> None:
        spring = placement_followup_dues(Term(date(2026, 1, 1), date(2026, 6, 30)))
        autumn = placement_followup_dues(Term(date(2026, 8, 1), date(2026, 12, 31)))
        assert [duty.due_on for duty in spring] == [date(2026, 4, 1), date(2026, 6, 30)]
        assert [duty.due_on for duty in autumn] == [date(2026, 10, 16), date(2026, 12, 31)]

    def test_placement_followup_act_by_of_the_autumn_is_before_new_years_eve(self) -> None:
        _, last = placement_followup_dues(Term(date(2026, 8, 1), date(2026, 12, 31)))
        assert last.act_by == date(2026, 12, 30)

    @pytest.mark.parametrize(
        ("anchor", "due_on"),
        [
            pytest.param(date(2026, 1, 1), date(2026, 4, 1), id="first day of term"),
            pytest.param(date(2026, 4, 1), date(2026, 4, 1), id="middle of term"),
            pytest.param(date(2026, 4, 2), date(2026, 6, 30), id="day after the middle"),
            pytest.param(date(2026, 6, 30), date(2026, 6, 30), id="last day of term"),
            pytest.param(date(2026, 7, 1), date(2026, 10, 16), id="July counts to autumn"),
        ],
    )
    def test_due_of_a_placement_followup_is_the_next_of_the_term(
        self, anchor: date, due_on: date
    ) -> None:
        assert due(DeadlineKind.PLACEMENT_FOLLOWUP, anchor).due_on == due_on

    @given(days)
    def test_placement_followup_dues_are_given_again_from_their_first_day(self, day: date) -> None:
        term = term_of(day)
        if term is None:
            assert day.month == 7
            return
        for duty in placement_followup_dues(term):
            assert due(DeadlineKind.PLACEMENT_FOLLOWUP, duty.starts_on) == duty
            assert term.starts_on <= duty.due_on <= term.ends_on


class TestCustodyConsideration:
    @pytest.mark.parametrize(
        ("last_on", "due_on"),
        [
            pytest.param(None, date(2026, 9, 1), id="first: two years"),
            pytest.param(date(2026, 9, 1), date(2027, 9, 1), id="then a year later"),
            pytest.param(date(2026, 8, 20), date(2027, 8, 20), id="done shortly before"),
            pytest.param(date(2025, 2, 1), date(2026, 9, 1), id="done early, two years still"),
        ],
    )
    def test_next_custody_consideration_is_after_two_years_then_yearly(
        self, last_on: date | None, due_on: date
    ) -> None:
        assert next_custody_consideration(date(2024, 9, 1), last_on).due_on == due_on

    def test_next_custody_consideration_cites_the_act_of_the_day_it_counts_from(self) -> None:
        first = next_custody_consideration(date(2024, 9, 1), None)
        second = next_custody_consideration(date(2024, 9, 1), date(2026, 9, 1))
        assert (first.version, second.version) == ("2001:453", "2025-07-01")

    def test_next_custody_consideration_before_the_placement_is_refused(self) -> None:
        with pytest.raises(ValueError, match="before the placement"):
            next_custody_consideration(date(2024, 9, 1), date(2024, 8, 31))

    def test_due_after_the_first_keeps_the_limit_where_the_rule_has_one(self) -> None:
        again = due(DeadlineKind.CARE_CONSIDERATION, date(2026, 3, 2), first=False)
        assert again.due_on == date(2026, 9, 2)


class TestStatus:
    @pytest.mark.parametrize(
        ("on", "expected"),
        [
            pytest.param(date(2026, 3, 15), DeadlineStatus.DUE, id="the day before"),
            pytest.param(date(2026, 3, 16), DeadlineStatus.DUE, id="due today is not overdue"),
            pytest.param(date(2026, 3, 17), DeadlineStatus.OVERDUE, id="the day after"),
        ],
    )
    def test_status_of_an_unmet_duty(self, on: date, expected: DeadlineStatus) -> None:
        assert status(due_on=date(2026, 3, 16), on=on) == expected

    @pytest.mark.parametrize(
        ("met_on", "expected"),
        [
            pytest.param(date(2026, 3, 15), DeadlineStatus.MET, id="early"),
            pytest.param(date(2026, 3, 16), DeadlineStatus.MET, id="on the due day"),
            pytest.param(date(2026, 3, 17), DeadlineStatus.MET_LATE, id="a day late"),
        ],
    )
    def test_status_of_a_met_duty(self, met_on: date, expected: DeadlineStatus) -> None:
        assert status(due_on=date(2026, 3, 16), on=date(2026, 4, 1), met_on=met_on) == expected

    def test_status_as_of_a_day_before_it_was_met_does_not_know(self) -> None:
        facts = {"due_on": date(2026, 3, 16), "met_on": date(2026, 3, 20)}
        assert status(**facts, on=date(2026, 3, 16)) == DeadlineStatus.DUE
        assert status(**facts, on=date(2026, 3, 19)) == DeadlineStatus.OVERDUE
        assert status(**facts, on=date(2026, 3, 20)) == DeadlineStatus.MET_LATE

    @pytest.mark.parametrize(
        ("met_at", "expected"),
        [
            pytest.param(swedish(2026, 3, 4, 9), DeadlineStatus.MET, id="at the hour"),
            pytest.param(swedish(2026, 3, 4, 9, 1), DeadlineStatus.MET_LATE, id="a minute late"),
        ],
    )
    def test_status_of_a_duty_due_by_the_hour(
        self, met_at: datetime, expected: DeadlineStatus
    ) -> None:
        assert (
            status(
                due_on=date(2026, 3, 4),
                due_at=swedish(2026, 3, 4, 9),
                met_at=met_at,
                on=date(2026, 3, 4),
            )
            == expected
        )

    def test_status_met_in_the_hour_that_comes_twice_goes_by_elapsed_time(self) -> None:
        due_at = datetime(2026, 10, 25, 2, 50, tzinfo=STOCKHOLM, fold=0)
        met_at = datetime(2026, 10, 25, 2, 10, tzinfo=STOCKHOLM, fold=1)
        assert (
            status(due_on=date(2026, 10, 25), due_at=due_at, met_at=met_at, on=date(2026, 10, 25))
            == DeadlineStatus.MET_LATE
        )

    def test_status_met_at_half_past_midnight_belongs_to_the_swedish_day(self) -> None:
        met_at = datetime(2026, 3, 16, 23, 30, tzinfo=UTC)
        facts = {"due_on": date(2026, 3, 16), "met_at": met_at}
        assert status(**facts, on=date(2026, 3, 16)) == DeadlineStatus.DUE
        assert status(**facts, on=date(2026, 3, 17)) == DeadlineStatus.MET_LATE

    @pytest.mark.parametrize(
        ("on", "expected"),
        [
            pytest.param(date(2026, 3, 19), DeadlineStatus.OVERDUE, id="before it was cancelled"),
            pytest.param(date(2026, 3, 20), DeadlineStatus.CANCELLED, id="the day it was"),
            pytest.param(date(2026, 3, 21), DeadlineStatus.CANCELLED, id="after"),
        ],
    )
    def test_status_of_a_cancelled_duty(self, on: date, expected: DeadlineStatus) -> None:
        assert status(due_on=date(2026, 3, 16), cancelled_on=date(2026, 3, 20), on=on) == expected

    @pytest.mark.parametrize(
        ("met_on", "expected"),
        [
            pytest.param(date(2026, 3, 17), DeadlineStatus.MET_LATE, id="met before"),
            pytest.param(date(2026, 3, 20), DeadlineStatus.MET_LATE, id="met the same day"),
            pytest.param(date(2026, 3, 21), DeadlineStatus.CANCELLED, id="met after"),
        ],
    )
    def test_status_of_a_duty_met_and_cancelled_goes_by_what_came_first(
        self, met_on: date, expected: DeadlineStatus
    ) -> None:
        assert (
            status(
                due_on=date(2026, 3, 16),
                met_on=met_on,
                cancelled_on=date(2026, 3, 20),
                on=date(2026, 4, 1),
            )
            == expected
        )

    @given(
        due_on=days,
        met=st.none() | offsets,
        cancelled=st.none() | offsets,
        first=offsets,
        second=offsets,
    )
    def test_status_never_goes_back_as_days_pass(
        self,
        due_on: date,
        met: timedelta | None,
        cancelled: timedelta | None,
        first: timedelta,
        second: timedelta,
    ) -> None:
        def as_of(on: date) -> DeadlineStatus:
            return status(
                due_on=due_on,
                on=on,
                met_on=None if met is None else due_on + met,
                cancelled_on=None if cancelled is None else due_on + cancelled,
            )

        order = [DeadlineStatus.DUE, DeadlineStatus.OVERDUE]
        earlier, later = (as_of(due_on + offset) for offset in sorted((first, second)))
        if earlier in order:
            assert later not in order or order.index(earlier) <= order.index(later)
        else:
            assert later == earlier

    @pytest.mark.parametrize(
        ("on", "left"),
        [(date(2026, 3, 13), 3), (date(2026, 3, 16), 0), (date(2026, 3, 18), -2)],
    )
    def test_days_left_counts_calendar_days(self, on: date, left: int) -> None:
        assert days_left(date(2026, 3, 16), on) == left
