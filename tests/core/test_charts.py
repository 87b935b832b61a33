"""Charts: safe under the content policy, and never the only place where a figure stands."""

import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from core.charts import Chart, Series, _ticks, bar_chart, figure, line_chart, stacked_bar

MONTHS = ["jan", "feb", "mars"]
BEFORE = Series("2025", [98, 104, 1310], tone="before")
NOW = Series("2026", [112, None, 14.5])
DRAWINGS = [bar_chart, line_chart, stacked_bar]


@pytest.fixture(autouse=True)
def _swedish():
    with translation.override("sv"):
        yield


def parse(chart: Chart) -> ET.Element:
    return ET.fromstring(chart.svg)  # noqa: S314 - our own drawing


def names(chart: Chart) -> set[str]:
    return {element.tag.rpartition("}")[2] for element in parse(chart).iter()}


@pytest.mark.parametrize("draw", DRAWINGS)
def test_drawing_has_nothing_the_content_policy_refuses(draw) -> None:
    chart = draw("Anmälningar", MONTHS, [BEFORE, NOW], "st")
    assert names(chart).isdisjoint({"style", "script", "defs", "foreignObject"})
    assert "style=" not in chart.svg
    assert "onclick" not in chart.svg
    assert "http" not in chart.svg.replace("http://www.w3.org/", "")


@pytest.mark.parametrize("draw", DRAWINGS)
def test_drawing_is_an_image_with_a_name_and_a_description(draw) -> None:
    chart = draw("Anmälningar", MONTHS, [BEFORE, NOW], "st")
    root = parse(chart)
    assert root.get("role") == "img"
    title, description = root[0], root[1]
    assert title.text == "Anmälningar"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert "2025" in description.text
    assert "98" in description.text


@pytest.mark.parametrize("draw", DRAWINGS)
def test_table_has_every_value(draw) -> None:
    chart = draw("Anmälningar", MONTHS, [BEFORE, NOW], "st")
    assert [row.label for row in chart.table] == MONTHS
    assert [row.values for row in chart.table] == [
        ("98", "112"),
        ("104", "–"),
        ("1\xa0310", "14,5"),
    ]


def test_component_shows_the_drawing_and_the_table() -> None:
    chart = bar_chart("Anmälningar", MONTHS, [BEFORE, NOW], "st")
    page = Template("{% load ui %}{% chart chart %}").render(Context({"chart": chart}))
    assert "<svg" in page
    assert "<details" in page
    for value in ("98", "112", "104", "14,5"):
        assert f'<td class="num">{value}</td>' in page


def test_text_from_outside_is_escaped() -> None:
    chart = bar_chart("<script>alert(1)</script>", ["<b>"], [Series("<i>", [1])], "<u>")
    assert "<script>" not in chart.svg
    assert "<b>" not in chart.svg
    parse(chart)


def test_tone_becomes_a_class_and_not_a_colour() -> None:
    chart = bar_chart("Beslut", MONTHS, [Series("sent", [1, 2, 3], tone="late")])
    assert "tone-late" in chart.svg
    assert "fill=" not in chart.svg


def test_two_charts_on_a_page_do_not_share_an_id() -> None:
    assert bar_chart("A", MONTHS, [NOW]).id != bar_chart("A", MONTHS, [NOW]).id


def test_gap_in_the_figures_is_a_gap_in_the_line() -> None:
    whole = line_chart("A", list("abcde"), [Series("x", [1, 2, 3, 4, 5])])
    broken = line_chart("A", list("abcde"), [Series("x", [1, 2, None, 4, 5])])
    assert moves(whole) == 1
    assert moves(broken) == 2


def heights(chart: Chart) -> list[str]:
    """The figures beside the drawing, from the bottom up."""
    axes = [one for one in parse(chart).iter() if one.get("class", "").startswith("axis y")]
    texts = [text for axis in axes for text in axis.iter() if text.tag.endswith("text")]
    return [text.text or "" for text in sorted(texts, key=lambda one: -float(one.get("y", 0)))]


def dots(chart: Chart) -> list[float]:
    found = [one for one in parse(chart).iter() if "dot reactive" in one.get("class", "")]
    return [float(one.get("cy", 0)) for one in found]


@pytest.mark.parametrize(
    ("scale", "said"),
    [((0, 10), ["0", "2", "4", "6", "8", "10"]), ((1, 5), ["1", "2", "3", "4", "5"])],
)
@pytest.mark.parametrize("answers", [[3, 3, 4], [5, None, 5], [1, 1, 1]])
def test_a_scale_is_drawn_over_its_whole_range(scale, said, answers) -> None:
    """However narrow the answers, the same answer stands at the same height."""
    chart = line_chart("Trygghet", MONTHS, [Series("x", answers)], scale=scale)
    assert heights(chart) == said
    whole = line_chart("Trygghet", MONTHS, [Series("x", [scale[0], 3, scale[1]])], scale=scale)
    low, three, high = dots(whole)
    assert low > three > high
    unit = (low - high) / (scale[1] - scale[0])
    for dot, answer in zip(dots(chart), [one for one in answers if one is not None], strict=True):
        assert dot == pytest.approx(low - (answer - scale[0]) * unit, abs=0.5)


def test_a_scale_of_a_hundred_has_few_steps() -> None:
    chart = line_chart("I tid", MONTHS, [Series("x", [95, 96, 97])], scale=(0, 100))
    assert heights(chart) == ["0", "20", "40", "60", "80", "100"]


def test_what_is_over_time_is_scrolled_to_its_newest_end() -> None:
    """The style sheet lets such a drawing begin at its end; groups side by side at the first."""
    said = [
        Template("{% load ui %}{% chart chart %}").render(Context({"chart": chart}))
        for chart in (
            line_chart("A", MONTHS, [NOW]),
            bar_chart("A", MONTHS, [NOW]),
            stacked_bar("A", ["barn-1", "barn-2", "ungdom"], [NOW], over_time=False),
        )
    ]
    assert ["chart-over-time" in one for one in said] == [True, True, False]


def moves(chart: Chart) -> int:
    """How many strokes the line is drawn with."""
    root = parse(chart)
    lines = [
        element.get("d")
        for element in root.iter()
        if "line reactive" in element.get("class", "") and element.get("d")
    ]
    return sum(path.count("M") for path in lines)


@pytest.mark.parametrize("draw", DRAWINGS)
def test_no_figures_still_make_a_chart(draw) -> None:
    chart = draw("Tomt", MONTHS, [Series("2026", [None, None, None])])
    assert [row.values for row in chart.table] == [("–",)] * 3
    assert "Inga uppgifter" in chart.svg or "No figures" in chart.svg
    assert draw("Tomt", [], []).table == ()


def test_series_of_another_length_than_the_labels_is_refused() -> None:
    with pytest.raises(ValueError, match="'2026' has 2 values for 3 labels"):
        bar_chart("A", MONTHS, [Series("2026", [1, 2])])


def test_figures_are_written_as_in_swedish() -> None:
    assert figure(12345) == "12\xa0345"
    assert figure(0.5) == "0,5"
    assert figure(3.0) == "3"
    assert figure(None) == "–"


@given(
    highest=st.one_of(st.integers(0, 10**9), st.floats(0, 10**9, allow_nan=False)),
    lowest=st.integers(-(10**6), 0),
)
def test_axis_holds_every_figure_in_few_round_steps(highest: float, lowest: float) -> None:
    ticks = _ticks(highest, lowest)
    assert ticks[0] <= lowest
    assert ticks[-1] >= highest
    assert 0 in ticks
    assert 2 <= len(ticks) <= 9
    assert len({b - a for a, b in pairwise(ticks)}) == 1
