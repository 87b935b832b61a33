"""docs/indicators.md says what the registry holds."""

from pathlib import Path

from core.figures import figures
from unitstats.catalogue import markdown

PAGE = Path(__file__).parents[2] / "docs" / "indicators.md"


def test_page_is_the_one_generated_from_the_registry() -> None:
    assert PAGE.read_text(encoding="utf-8") == markdown()


def test_page_names_every_figure_once_and_every_definition_it_had() -> None:
    lines = markdown().splitlines()
    for figure in figures.values():
        rows = [line for line in lines if line.startswith(f"| `{figure.code}` |")]
        assert len(rows) == figure.version
