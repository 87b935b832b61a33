"""Compile the translations (.po) to what Django reads (.mo), without the gettext programs.

python -m config.messages
"""

import os
from pathlib import Path

import polib

BASE_DIR = Path(__file__).resolve().parents[1]


def compile_messages(folder: Path = BASE_DIR / "locale") -> int:
    """Compile each catalogue that is newer than its result; return how many."""
    compiled = 0
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        # Several processes may do this at once (pytest-xdist); each writes its own and moves it.
        new = target.with_suffix(f".{os.getpid()}")
        polib.pofile(str(source)).save_as_mofile(str(new))
        new.replace(target)
        compiled += 1
    return compiled


if __name__ == "__main__":
    print(f"compiled {compile_messages()} catalogues")
