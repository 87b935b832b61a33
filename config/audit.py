"""Known vulnerabilities in the locked packages: `python -m config.audit`, part of `make check`.

Asks the vulnerability service that pip-audit knows, once a day for the same locked packages. That
there is no network, no such service, or no answer in time is said in one line and is no failure,
but with AUDIT=required, for where there is one.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LOCKED = ROOT / "requirements" / "dev.txt"
ANSWERED = ROOT / ".venv" / ".audited"
"""The lock file last found free of known vulnerabilities, as a digest; its date is when."""
FRESH = 24 * 3600
PROBE = "django"
"""Asked about alone first: where nobody answers, one question is enough to know it."""
LIMIT = 60
"""Seconds for each of the two."""


def answered(digest: str) -> bool:
    """Whether these very packages were found clean within the last day."""
    try:
        recent = time.time() - ANSWERED.stat().st_mtime < FRESH
        return recent and ANSWERED.read_text().strip() == digest
    except OSError:
        return False


def report(locked: Path) -> list[dict[str, Any]] | None:
    """pip-audit's word on each package of a lock file; None when it could not ask."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(locked), "--require-hashes"]
    command += ["--disable-pip", "--format", "json", "--progress-spinner", "off", "--timeout", "10"]
    try:
        done = subprocess.run(  # noqa: S603 - our own words only
            command, capture_output=True, text=True, timeout=LIMIT, check=False
        )
        packages: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return None
    return packages


def somebody_answers() -> bool:
    """Whether the service knows a package that every service knows."""
    block = re.search(rf"^{PROBE}==.*?(?=^\S)", LOCKED.read_text(), re.MULTILINE | re.DOTALL)
    if block is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        alone = Path(folder) / "requirements.txt"
        alone.write_text(block[0])
        return any("vulns" in one for one in report(alone) or ())


def verdict(packages: list[dict[str, Any]] | None) -> tuple[str, bool | None]:
    """What to say, and whether the packages are clean: None when nobody could tell."""
    known = [one for one in packages or [] if "vulns" in one]
    if not known:
        return "no vulnerability service answered; packages were not audited", None
    bad = [
        f"  {one['name']} {one['version']}: {vuln['id']}"
        f" (mended in {', '.join(vuln.get('fix_versions') or ['no version yet'])})"
        for one in known
        for vuln in one["vulns"]
    ]
    unknown = len(packages or []) - len(known)
    count = f"{len(known)} packages audited" + (f", {unknown} not known there" if unknown else "")
    if bad:
        return "\n".join([f"{count}; known vulnerabilities:", *bad]), False
    return f"{count}, none with a known vulnerability", unknown == 0 or None


def main() -> int:
    digest = hashlib.sha256(LOCKED.read_bytes()).hexdigest()
    if answered(digest):
        print("audit: these packages were found clean within the last day")
        return 0
    said, clean = verdict(report(LOCKED) if somebody_answers() else None)
    if clean:
        ANSWERED.write_text(digest)
    required = os.environ.get("AUDIT") == "required"
    print(f"audit: {'' if clean is not None else 'skipped: '}{said}")
    return 1 if clean is False or (clean is None and required) else 0


if __name__ == "__main__":
    sys.exit(main())
