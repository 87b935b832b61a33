"""Pure modules use nothing of Django but its choices and its translations.

import-linter sees packages, not which part of Django is used, so this reads the imports itself.
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PURE = (
    "core/calendar.py",
    "core/decisions.py",
    "core/figures.py",
    "cases/law/deadlines.py",
    "cases/enums.py",
    "cases/law/ladder.py",
    "cases/law/rulebook.py",
    "cases/signing/signatures.py",
    "organisation/enums.py",
    "organisation/roles.py",
    *sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("workload/allocation/*.py")),
)
ALLOWED = {
    "django.db": {"models"},
    "django.db.models": {"IntegerChoices", "TextChoices"},
    "django.utils.translation": {"gettext", "gettext_lazy", "ngettext", "pgettext_lazy"},
}


def django_imports(source: str) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {(alias.name, "") for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {(node.module, alias.name) for alias in node.names}
    return {(module, name) for module, name in found if module.split(".")[0] == "django"}


@pytest.mark.parametrize("path", PURE)
def test_pure_module_uses_choices_and_translation_only(path: str):
    used = django_imports((ROOT / path).read_text())
    assert {(m, n) for m, n in used if n not in ALLOWED.get(m, set())} == set()


def test_a_database_import_would_be_found():
    assert ("django.db", "transaction") in django_imports("from django.db import transaction")
    assert ("django.conf", "settings") in django_imports(
        "def f():\n    from django.conf import settings"
    )
