"""No code without a counter, no code for two figures, and no counter that answers otherwise."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils.functional import Promise

from core.figures import Figure, FigureError, FigureRegistry, Measure, Period, Section, figures
from tests.test_architecture import modules

FIRST, SECOND = Section(1, "First"), Section(2, "Second")


def figure(code: str, period: Period = Period.MONTH, section: Section = FIRST) -> Figure:
    return Figure(period, section, code, code.title(), f"Counts {code}.")


@pytest.fixture
def registry() -> FigureRegistry:
    return FigureRegistry()


def test_counter_answers_in_the_order_its_figures_were_registered(registry: FigureRegistry) -> None:
    @registry.counts(figure("a"), figure("b"))
    def counter(unit: int) -> dict[str, int]:
        return {"b": 2 * unit, "a": unit}

    assert list(counter(3).items()) == [("a", 3), ("b", 6)]
    assert list(registry) == ["a", "b"]


def test_code_that_exists_already_is_refused(registry: FigureRegistry) -> None:
    registry.counts(figure("a"))(lambda: {"a": 1})
    with pytest.raises(FigureError, match="with the code a already"):
        registry.counts(figure("a", Period.WEEK))
    with pytest.raises(FigureError, match="with the code a already"):
        registry.derives(figure("a"), int, of=("a",))


def test_same_code_twice_in_one_counter_is_refused(registry: FigureRegistry) -> None:
    with pytest.raises(FigureError, match="already"):
        registry.counts(figure("a"), figure("a"))


def test_code_without_a_counter_stops_the_start(registry: FigureRegistry) -> None:
    registry.counts(figure("a"))(lambda: {"a": 1})
    registry.counts(figure("b"), figure("c"))
    with pytest.raises(FigureError, match="Nothing counts b, c"):
        registry.close()


def test_figures_are_counted_by_one_function(registry: FigureRegistry) -> None:
    register = registry.counts(figure("a"))
    register(lambda: {"a": 1})
    with pytest.raises(FigureError, match="Counted already: a"):
        register(lambda: {"a": 2})


def test_counter_of_no_figure_or_of_several_periods_is_refused(registry: FigureRegistry) -> None:
    with pytest.raises(FigureError, match="one period"):
        registry.counts()
    with pytest.raises(FigureError, match="one period"):
        registry.counts(figure("a"), figure("b", Period.WEEK))


@pytest.mark.parametrize("answer", [{}, {"a": 1}, {"a": 1, "b": 2, "c": 3}, {"a": 1, "c": 3}])
def test_counter_that_answers_other_codes_is_an_error(
    registry: FigureRegistry, answer: dict[str, int]
) -> None:
    counter = registry.counts(figure("a"), figure("b"))(lambda: answer)
    with pytest.raises(FigureError, match="lacks, or should not have"):
        counter()
    with pytest.raises(FigureError, match="lacks, or should not have"):
        registry.count(Period.MONTH)


def test_figure_derives_from_figures_of_its_period_that_are_there(registry: FigureRegistry) -> None:
    registry.counts(figure("a"), figure("b"))(lambda: {"a": 1, "b": 4})
    registry.counts(figure("w", Period.WEEK))(lambda: {"w": 1})
    registry.derives(figure("share"), lambda part, whole: 100 * part / whole, of=("a", "b"))
    assert registry.count(Period.MONTH) == {"a": 1, "b": 4, "share": 25}
    for missing in ("c", "w"):
        with pytest.raises(FigureError, match=f"derives from {missing}"):
            registry.derives(figure("d"), int, of=("a", missing))


def test_period_is_counted_section_by_section_and_nothing_else(registry: FigureRegistry) -> None:
    registry.counts(figure("late", section=SECOND))(lambda unit: {"late": unit})
    registry.counts(figure("soon"), figure("now"))(lambda unit: {"soon": unit, "now": unit})
    registry.counts(figure("week", Period.WEEK))(lambda: {"week": 1})
    assert list(registry.count(Period.MONTH, 7)) == ["soon", "now", "late"]


def test_figure_that_comes_after_the_start_is_refused(registry: FigureRegistry) -> None:
    registry.close()
    with pytest.raises(FigureError, match="after the start"):
        registry.counts(figure("a"))


def test_corrected_figure_has_the_definitions_it_had() -> None:
    one = Figure(
        Period.MONTH, FIRST, "a", "A", "Now.", Measure.PERCENT, earlier=("First.", "Then.")
    )
    assert one.version == 3
    assert [one.definition_in(version) for version in (1, 2, 3, 4)] == [
        "First.",
        "Then.",
        "Now.",
        "Now.",
    ]


def test_every_figure_of_the_product_has_its_texts() -> None:
    for code, one in figures.items():
        assert code == one.code
        assert str(one.label)
        assert str(one.definition).endswith(".")


NAMES = {"SAVRY", "EARL", "ADAD"}
"""Of instruments: the same in every language."""


def test_the_texts_of_every_figure_can_be_translated() -> None:
    """A plain string is collected by nobody and stays English, unnoticed."""
    plain = {
        f"{code}: {text!r}"
        for code, one in figures.items()
        for text in (one.label, one.definition, one.section.label, *one.earlier)
        if not isinstance(text, Promise) and text not in NAMES
    }
    assert plain == set(), "write _(...) about these texts"


FAMILIES = ("reports.by.", "reports.reason.", "instruments.")
"""One for each code of a list, all counted the same way."""


def test_every_figure_is_named_where_it_is_tried() -> None:
    tests = "".join(
        path.read_text()
        for path in Path(__file__).parents[1].rglob("*.py")
        if path != Path(__file__)
    )
    untried = {
        code for code in figures if f'"{code}"' not in tests and not code.startswith(FAMILIES)
    }
    assert untried == set(), "count these by hand in a test, and name them there"


ENDS = {Period.WEEK: ("_week", "_week_end"), Period.TWELVE_WEEKS: ("_12_weeks",)}


def test_codes_of_weeks_say_so_and_those_of_months_do_not() -> None:
    for code, one in figures.items():
        said = {period for period, ends in ENDS.items() if code.endswith(ends)}
        if one.period == Period.NOW:  # due this week
            continue
        assert said == {one.period} & set(ENDS)


def start(before: str = "", said: str = "len(figures)") -> subprocess.CompletedProcess[str]:
    """A process of its own that starts the program, and says how many figures there are."""
    program = f"{before}\nimport sys\nimport django\ndjango.setup()\n"
    program += f"from core.figures import figures\nprint({said})"
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        cwd=Path(__file__).parents[2],
        env={"DJANGO_SETTINGS_MODULE": "config.settings.test", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )


def test_program_has_every_figure_when_it_has_started() -> None:
    result = start()
    assert result.stdout.strip() == str(len(figures)), result.stderr


def test_every_module_that_registers_figures_is_there_when_the_program_has_started() -> None:
    registering = {
        path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for path, module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"figures.counts", "figures.derives"}
    }
    there = start(said="*sys.modules").stdout.split()
    assert len(registering) > 5
    assert registering - {*there} == set(), "import these in the __init__.py of their package"


@pytest.mark.parametrize(
    ("code", "said"),
    [("lonely", "Nothing counts lonely"), ("reports.received", "with the code reports.received")],
)
def test_program_does_not_start_with_a_code_uncounted_or_doubled(code: str, said: str) -> None:
    registers = (
        "from core.figures import *; "
        f"figures.counts(Figure(Period.MONTH, Section(1, 'S'), '{code}', 'L', 'D'))"
    )
    result = start(registers)
    assert result.returncode != 0
    assert said in result.stderr
