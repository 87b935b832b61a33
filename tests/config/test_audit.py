"""What the audit of the locked packages says, and when it stops a build."""

import time
from pathlib import Path
from typing import Any

import pytest

from config import audit

CLEAN = {"name": "django", "version": "5.2", "vulns": []}
BAD = {"name": "old", "version": "1.0", "vulns": [{"id": "CVE-1", "fix_versions": ["1.1"]}]}
UNKNOWN = {"name": "x", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("packages", "clean", "words"),
    [
        (None, None, "no vulnerability service answered"),
        ([UNKNOWN], None, "no vulnerability service answered"),
        ([CLEAN], True, "1 packages audited, none with"),
        ([CLEAN, UNKNOWN], None, "1 packages audited, 1 not known there"),
        ([CLEAN, UNKNOWN, BAD], False, "old 1.0: CVE-1 (mended in 1.1)"),
    ],
)
def test_the_verdict(packages: Any, clean: bool | None, words: str) -> None:
    said, found = audit.verdict(packages)
    assert found is clean
    assert words in said


@pytest.mark.parametrize(
    ("packages", "required", "code"),
    [
        ([CLEAN], "", 0),
        ([CLEAN], "required", 0),
        ([BAD], "", 1),
        (None, "", 0),
        (None, "required", 1),
    ],
)
def test_only_what_is_known_to_be_bad_stops_a_build(
    monkeypatch: Any, tmp_path: Path, packages: Any, required: str, code: int
) -> None:
    monkeypatch.setattr(audit, "ANSWERED", tmp_path / "audited")
    monkeypatch.setattr(audit, "somebody_answers", lambda: packages is not None)
    monkeypatch.setattr(audit, "report", lambda locked: packages)
    monkeypatch.setenv("AUDIT", required)
    assert audit.main() == code


def test_the_same_packages_are_asked_about_once_a_day(monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.setattr(audit, "ANSWERED", tmp_path / "audited")
    audit.ANSWERED.write_text("digest")
    assert audit.answered("digest")
    assert not audit.answered("another")
    monkeypatch.setattr(time, "time", lambda: audit.ANSWERED.stat().st_mtime + audit.FRESH)
    assert not audit.answered("digest")


def test_the_package_to_probe_with_is_locked(monkeypatch: Any) -> None:
    asked = []

    def report(locked: Path) -> list[Any]:
        asked.append(locked.read_text())
        return [CLEAN]

    monkeypatch.setattr(audit, "report", report)
    assert audit.somebody_answers()
    assert asked[0].startswith("django==")
    assert "--hash=sha256:" in asked[0]
