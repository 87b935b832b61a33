"""What the documents name is there: files, modules, tests, commands, and what checks say."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.test_architecture import APPS

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = (*APPS, "config", "tests", "benchmarks")
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
ADDRESSES = ROOT / "docs" / "api.md"
"""Names addresses, which look like paths."""
DOTTED = re.compile(rf"(?<![\w./-])((?:{'|'.join(FOLDERS)})(?:\.\w+)+)")
PATH = re.compile(
    rf"(?<![\w./-])((?:{'|'.join(FOLDERS)}|docs|templates|static|locale)/[\w./*-]*[\w/])"
)
"""Paths as they are written; docs/adr/0016 is the file that begins so."""
NOT_HERE = {
    "cases.read_matter",  # a permission
    "benchmarks/latest.json",  # made by `make bench`
}
EXAMPLES = {"demo/promises.py", "tests/file.py"}


@cache
def sources() -> dict[Path, str]:
    return {
        path: path.read_text()
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "migrations" not in path.parts
    }


def words_of(source: str) -> str:
    """Comments and docstrings."""
    return "\n".join(
        token.string
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
        or (token.type == tokenize.STRING and token.string.startswith('"""'))
    )


def module_is_there(dotted: str) -> bool:
    """Whether the name is a module's, or stands in the module that its beginning names."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        place = ROOT.joinpath(*parts[:length])
        module = place.with_suffix(".py")
        if not module.exists() and place.is_dir():
            module = place / "__init__.py"
        elif not module.exists():
            continue
        rest = parts[length:]
        return not rest or (
            module.exists() and re.search(rf"\b{rest[0]}\b", module.read_text()) is not None
        )
    return False


def path_is_there(path: str) -> bool:
    if path.endswith("/") or "." in path or path.startswith("docs/"):
        return any(ROOT.glob(path.rstrip("/") + ("*" if path.startswith("docs/adr/") else "")))
    return True  # an address of the API, a list of words


def not_there(text: str) -> set[str]:
    wrong = {name for name in DOTTED.findall(text) if not module_is_there(name)}
    wrong |= {path for path in PATH.findall(text) if not path_is_there(path)}
    return {
        one for one in wrong - NOT_HERE - EXAMPLES if not one.endswith((".py", ".md")) or "/" in one
    }


@pytest.mark.parametrize(
    "document", [one for one in DOCUMENTS if one != ADDRESSES], ids=lambda path: path.name
)
def test_every_file_and_module_a_document_names_is_there(document: Path) -> None:
    assert not_there(document.read_text()) == set(), "these are nowhere: say what they are called"


def test_every_file_and_module_a_comment_names_is_there() -> None:
    wrong = {
        path.relative_to(ROOT).as_posix(): found
        for path, source in sources().items()
        if (found := not_there(words_of(source)))
    }
    assert wrong == {}, "these are nowhere: say what they are called"


def test_a_name_that_leads_nowhere_would_be_found() -> None:
    text = "`cases/models/reports.py`, `cases.gone.reports`, `cases/nowhere/` and docs/adr/0099"
    assert len(not_there(text)) == 4
    assert not_there("`cases/reports/models.py`, `cases.law.duties.duty`, docs/adr/0016") == set()


def named(pattern: str) -> Iterator[tuple[str, re.Match[str]]]:
    for document in DOCUMENTS:
        text = re.sub(r"\n\s*", " ", document.read_text())
        for match in re.finditer(pattern, text):
            yield document.name, match


def test_every_test_a_document_names_is_there() -> None:
    wrong = {
        match[0]
        for _document, match in named(r"(tests/[\w/]+\.py)::(\w+)")
        if match[1] not in EXAMPLES
        if not re.search(rf"^def {match[2]}\(", (ROOT / match[1]).read_text(), re.MULTILINE)
    }
    assert wrong == set()


def test_every_command_a_document_names_is_there() -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    commands = get_commands()
    wrong = {
        match[0] for _where, match in named(r"`make ([a-z][a-z-]*)") if match[1] not in targets
    }
    wrong |= {
        match[0] for _where, match in named(r"manage\.py ([a-z_]+)") if match[1] not in commands
    }
    assert wrong == set()


def test_every_message_of_a_check_in_the_recipes_is_what_the_check_says() -> None:
    """“What it says” stands in the code; … is what differs from time to time."""
    recipes = (ROOT / "docs" / "architecture.md").read_text().partition("## Recipes")[2]
    said = "\n".join(
        node.value
        for source in sources().values()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    messages = re.findall(r"“([^”]+)”", re.sub(r"\n\s*", " ", recipes))
    pieces = {piece.strip(" .:") for message in messages for piece in message.split("…")}
    assert len(pieces) > 40
    assert {piece for piece in pieces if piece not in said} == set(), "no check says so"
