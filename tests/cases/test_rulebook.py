"""docs/rules.md says what the tables say."""

from pathlib import Path

from cases.law.rulebook import markdown
from cases.law.time_limits import RULEBOOK

RULES_PAGE = Path(__file__).parents[2] / "docs" / "rules.md"


def test_rules_page_is_the_one_generated_from_the_rules() -> None:
    assert RULES_PAGE.read_text(encoding="utf-8") == markdown(), "run `make docs`"


def test_markdown_names_every_duty_version_and_source() -> None:
    text = markdown()
    for rule in RULEBOOK.rules:
        assert f"| `{rule.code}` | {rule.version} | {rule.source} |" in text
        assert rule.name_sv in text
