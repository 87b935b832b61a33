"""Swedish days, working days, spans, weeks and terms."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendar import (
    STOCKHOLM,
    Month,
    Span,
    Term,
    add_hours,
    add_months,
    add_span,
    day_off_name,
    in_stockholm,
    is_after,
    is_working_day,
    last_working_day_on_or_before,
    local_date,
    next_working_day,
    term_of,
    term_of_or_next,
    week_start,
    working_days_before,
)

days = st.dates(min_value=date(2002, 1, 1), max_value=date(2060, 12, 31))


def test_month_is_its_days_and_its_neighbours() -> None:
    month = Month.parse("2024-02")
    assert (month.first, month.last) == (date(2024, 2, 1), date(2024, 2, 29))
    assert (str(month.after), str(month.before)) == ("2024-03", "2024-01")
    assert str(month.year_before) == "2023-02"


@pytest.mark.parametrize("text", ["2024-13", "2024-2", "2024", "202402", "2024-02-01", "åååå-mm"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^."):
        Month.parse(text)


class TestLocalDate:
    @pytest.mark.parametrize(
        ("moment", "day"),
        [
            pytest.param(
                datetime(2026, 1, 31, 22, 30, tzinfo=UTC), date(2026, 1, 31), id="23:30 winter"
            ),
            pytest.param(
                datetime(2026, 1, 31, 23, 30, tzinfo=UTC), date(2026, 2, 1), id="00:30 winter"
            ),
            pytest.param(
                datetime(2026, 6, 30, 21, 30, tzinfo=UTC), date(2026, 6, 30), id="23:30 summer"
            ),
            pytest.param(
                datetime(2026, 6, 30, 22, 30, tzinfo=UTC), date(2026, 7, 1), id="00:30 summer"
            ),
            pytest.param(
                datetime(2026, 3, 28, 23, 30, tzinfo=UTC),
                date(2026, 3, 29),
                id="00:30 the night clocks go forward",
            ),
            pytest.param(
                datetime(2026, 3, 29, 22, 30, tzinfo=UTC),
                date(2026, 3, 30),
                id="00:30 the night after clocks went forward",
            ),
            pytest.param(
                datetime(2026, 10, 24, 22, 30, tzinfo=UTC),
                date(2026, 10, 25),
                id="00:30 the night clocks go back",
            ),
            pytest.param(
                datetime(2026, 10, 25, 22, 30, tzinfo=UTC),
                date(2026, 10, 25),
                id="23:30 the day clocks went back",
            ),
            pytest.param(
                datetime(2025, 12, 31, 23, 0, tzinfo=UTC), date(2026, 1, 1), id="midnight New Year"
            ),
        ],
    )
    def test_local_date_is_the_swedish_day(self, moment: datetime, day: date) -> None:
        assert local_date(moment) == day

    def test_local_date_of_another_zone_is_the_swedish_day(self) -> None:
        tokyo = timezone(timedelta(hours=9))
        assert local_date(datetime(2026, 3, 2, 7, 59, tzinfo=tokyo)) == date(2026, 3, 1)

    def test_local_date_of_a_naive_moment_is_refused(self) -> None:
        with pytest.raises(ValueError, match="time zone"):
            local_date(datetime(2026, 3, 2, 12, 0))  # noqa: DTZ001

    def test_in_stockholm_shows_the_swedish_wall_clock(self) -> None:
        assert in_stockholm(datetime(2026, 7, 1, 14, 0, tzinfo=UTC)).hour == 16


class TestMoments:
    def test_add_hours_across_spring_counts_elapsed_hours(self) -> None:
        friday = datetime(2026, 3, 27, 12, 0, tzinfo=STOCKHOLM)
        assert in_stockholm(add_hours(friday, 48)) == datetime(2026, 3, 29, 13, 0, tzinfo=STOCKHOLM)

    def test_add_hours_to_a_naive_moment_is_refused(self) -> None:
        with pytest.raises(ValueError, match="time zone"):
            add_hours(datetime(2026, 3, 27, 12, 0), 1)  # noqa: DTZ001

    def test_is_after_in_the_hour_that_comes_twice_goes_by_elapsed_time(self) -> None:
        summer = datetime(2026, 10, 25, 2, 50, tzinfo=STOCKHOLM, fold=0)
        winter = datetime(2026, 10, 25, 2, 10, tzinfo=STOCKHOLM, fold=1)
        assert is_after(winter, summer)
        assert not is_after(summer, winter)

    def test_is_after_the_same_moment_is_false(self) -> None:
        moment = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
        assert not is_after(moment, moment.astimezone(STOCKHOLM))


class TestDaysOff:
    @pytest.mark.parametrize(
        ("day", "name"),
        [
            (date(2026, 1, 1), "Nyårsdagen"),
            (date(2026, 1, 6), "Trettondedag jul"),
            (date(2026, 4, 3), "Långfredagen"),
            (date(2026, 4, 5), "Påskdagen"),
            (date(2026, 4, 6), "Annandag påsk"),
            (date(2026, 5, 1), "Första maj"),
            (date(2026, 5, 14), "Kristi himmelsfärdsdag"),
            (date(2026, 5, 24), "Pingstdagen"),
            (date(2026, 6, 6), "Nationaldagen"),
            (date(2026, 6, 19), "Midsommarafton"),
            (date(2026, 6, 20), "Midsommardagen"),
            (date(2026, 10, 31), "Alla helgons dag"),
            (date(2026, 12, 24), "Julafton"),
            (date(2026, 12, 25), "Juldagen"),
            (date(2026, 12, 26), "Annandag jul"),
            (date(2026, 12, 31), "Nyårsafton"),
        ],
    )
    def test_day_off_name_of_a_holiday(self, day: date, name: str) -> None:
        assert day_off_name(day) == name
        assert not is_working_day(day)

    @pytest.mark.parametrize(
        ("day", "name"), [(date(2026, 3, 7), "Lördag"), (date(2026, 3, 8), "Söndag")]
    )
    def test_day_off_name_of_a_weekend_is_the_weekday(self, day: date, name: str) -> None:
        assert day_off_name(day) == name
        assert not is_working_day(day)

    @pytest.mark.parametrize(
        "day",
        [
            pytest.param(date(2026, 3, 2), id="an ordinary Monday"),
            pytest.param(date(2026, 4, 2), id="Maundy Thursday"),
            pytest.param(date(2026, 4, 30), id="Walpurgis Night"),
            pytest.param(date(2026, 5, 15), id="the day after Ascension"),
            pytest.param(date(2026, 6, 18), id="the day before Midsummer Eve"),
            pytest.param(date(2026, 12, 23), id="the day before Christmas Eve"),
            pytest.param(date(2026, 5, 25), id="Whit Monday, no holiday since 2005"),
        ],
    )
    def test_day_off_name_of_a_working_day_is_none(self, day: date) -> None:
        assert day_off_name(day) is None
        assert is_working_day(day)

    @pytest.mark.parametrize(
        "day",
        [date(2020, 6, 19), date(2021, 6, 25), date(2023, 6, 23), date(2024, 6, 21)],
    )
    def test_midsummer_eve_is_the_friday_of_19_to_25_june(self, day: date) -> None:
        assert day_off_name(day) == "Midsommarafton"
        assert day_off_name(day + timedelta(days=1)) == "Midsommardagen"

    @given(days)
    def test_weekends_are_never_working_days(self, day: date) -> None:
        assert not (is_working_day(day) and day.weekday() >= 5)


class TestWorkingDays:
    def test_last_working_day_on_a_working_day_is_the_day(self) -> None:
        monday = date(2026, 3, 16)
        assert last_working_day_on_or_before(monday, not_before=None) == monday

    def test_last_working_day_of_a_sunday_is_friday(self) -> None:
        assert last_working_day_on_or_before(date(2026, 8, 30), not_before=None) == date(
            2026, 8, 28
        )

    def test_last_working_day_of_christmas_skips_the_holidays(self) -> None:
        assert last_working_day_on_or_before(date(2026, 12, 27), not_before=None) == date(
            2026, 12, 23
        )

    def test_last_working_day_of_midsummer_skips_the_eve(self) -> None:
        assert last_working_day_on_or_before(date(2026, 6, 21), not_before=None) == date(
            2026, 6, 18
        )

    def test_last_working_day_may_be_the_bound_itself(self) -> None:
        assert last_working_day_on_or_before(date(2026, 3, 8), not_before=date(2026, 3, 6)) == date(
            2026, 3, 6
        )

    def test_last_working_day_before_the_bound_gives_the_day(self) -> None:
        assert last_working_day_on_or_before(date(2026, 3, 8), not_before=date(2026, 3, 7)) == date(
            2026, 3, 8
        )

    def test_last_working_day_with_a_bound_after_the_day_is_refused(self) -> None:
        with pytest.raises(ValueError, match="2026-03-09 is after 2026-03-08"):
            last_working_day_on_or_before(date(2026, 3, 8), not_before=date(2026, 3, 9))

    def test_working_days_before_skips_the_weekend(self) -> None:
        assert working_days_before(date(2026, 3, 16), 3) == date(2026, 3, 11)

    def test_working_days_before_a_day_off_does_not_count_it(self) -> None:
        assert working_days_before(date(2026, 8, 30), 1) == date(2026, 8, 28)

    def test_working_days_before_easter_monday_skips_good_friday(self) -> None:
        assert working_days_before(date(2026, 4, 7), 1) == date(2026, 4, 2)

    def test_working_days_before_zero_is_the_day(self) -> None:
        assert working_days_before(date(2026, 3, 8), 0) == date(2026, 3, 8)

    def test_working_days_before_a_negative_number_is_refused(self) -> None:
        with pytest.raises(ValueError, match="negative"):
            working_days_before(date(2026, 3, 8), -1)

    def test_next_working_day_of_a_working_day_is_another(self) -> None:
        assert next_working_day(date(2026, 3, 2)) == date(2026, 3, 3)

    def test_next_working_day_after_new_years_eve_skips_to_january(self) -> None:
        assert next_working_day(date(2026, 12, 30)) == date(2027, 1, 4)

    @given(days, st.integers(min_value=1, max_value=15))
    def test_working_days_before_has_n_working_days_up_to_the_day(self, day: date, n: int) -> None:
        first = working_days_before(day, n)
        passed = [first + timedelta(days=i) for i in range((day - first).days)]
        assert sum(map(is_working_day, passed)) == n
        assert is_working_day(first)


class TestSpans:
    @pytest.mark.parametrize(
        ("day", "months", "expected"),
        [
            (date(2025, 10, 31), 4, date(2026, 2, 28)),
            (date(2027, 10, 31), 4, date(2028, 2, 29)),
            (date(2026, 4, 30), 4, date(2026, 8, 30)),
            (date(2026, 8, 31), 1, date(2026, 9, 30)),
            (date(2026, 12, 31), 1, date(2027, 1, 31)),
            (date(2026, 12, 15), 12, date(2027, 12, 15)),
            (date(2026, 3, 31), -1, date(2026, 2, 28)),
            (date(2026, 1, 15), -1, date(2025, 12, 15)),
            (date(2026, 3, 31), 0, date(2026, 3, 31)),
        ],
    )
    def test_add_months_keeps_the_day_number_or_takes_the_last(
        self, day: date, months: int, expected: date
    ) -> None:
        assert add_months(day, months) == expected

    def test_add_span_of_years_from_leap_day_ends_on_28_february(self) -> None:
        assert add_span(date(2024, 2, 29), Span(years=2)) == date(2026, 2, 28)

    def test_add_span_of_weeks_ends_on_the_same_weekday(self) -> None:
        assert add_span(date(2026, 3, 4), Span(weeks=4)) == date(2026, 4, 1)

    def test_add_span_of_days_crosses_the_month(self) -> None:
        assert add_span(date(2026, 2, 20), Span(days=14)) == date(2026, 3, 6)

    def test_add_span_clips_once_for_years_and_months_together(self) -> None:
        assert add_span(date(2024, 2, 29), Span(years=1, months=1)) == date(2025, 3, 29)

    def test_add_span_takes_months_before_days(self) -> None:
        assert add_span(date(2026, 1, 31), Span(months=1, days=1)) == date(2026, 3, 1)

    def test_add_span_of_hours_is_refused(self) -> None:
        with pytest.raises(ValueError, match="from a moment"):
            add_span(date(2026, 3, 2), Span(hours=48))

    @pytest.mark.parametrize("part", ["days", "weeks", "months", "years", "hours"])
    def test_span_with_a_negative_part_is_refused(self, part: str) -> None:
        with pytest.raises(ValueError, match="negative"):
            Span(**{part: -1})

    @given(days, st.integers(min_value=0, max_value=60))
    def test_add_months_never_skips_a_month(self, day: date, n: int) -> None:
        moved = add_months(day, n)
        assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == n

    @given(days, st.integers(min_value=0, max_value=60))
    def test_add_months_changes_the_day_number_only_to_the_last_of_the_month(
        self, day: date, n: int
    ) -> None:
        moved = add_months(day, n)
        is_last = (moved + timedelta(days=1)).day == 1
        assert moved.day == day.day or (is_last and moved.day < day.day)

    @given(days, days, st.integers(min_value=0, max_value=60))
    def test_add_months_keeps_the_order_of_days(self, one: date, other: date, n: int) -> None:
        earlier, later = sorted((one, other))
        assert add_months(earlier, n) <= add_months(later, n)


class TestWeeks:
    def test_week_start_of_a_sunday_is_the_monday_before(self) -> None:
        assert week_start(date(2026, 3, 8)) == date(2026, 3, 2)

    def test_week_start_of_a_monday_is_the_day(self) -> None:
        assert week_start(date(2026, 3, 2)) == date(2026, 3, 2)


class TestTerms:
    SPRING = Term(date(2026, 1, 1), date(2026, 6, 30))
    AUTUMN = Term(date(2026, 8, 1), date(2026, 12, 31))

    @pytest.mark.parametrize(
        ("day", "term"),
        [
            (date(2026, 1, 1), SPRING),
            (date(2026, 6, 30), SPRING),
            (date(2026, 7, 1), None),
            (date(2026, 7, 31), None),
            (date(2026, 8, 1), AUTUMN),
            (date(2026, 12, 31), AUTUMN),
        ],
    )
    def test_term_of_a_day(self, day: date, term: Term | None) -> None:
        assert term_of(day) == term

    def test_term_of_or_next_in_july_is_the_autumn(self) -> None:
        assert term_of_or_next(date(2026, 7, 15)) == self.AUTUMN

    def test_term_of_or_next_inside_a_term_is_that_term(self) -> None:
        assert term_of_or_next(date(2026, 6, 30)) == self.SPRING

    def test_term_halfway_is_in_its_middle(self) -> None:
        assert self.SPRING.halfway_on == date(2026, 4, 1)
        assert self.AUTUMN.halfway_on == date(2026, 10, 16)

    def test_term_label_is_the_swedish_short_name(self) -> None:
        assert self.SPRING.label == "VT 2026"
        assert self.AUTUMN.label == "HT 2026"
