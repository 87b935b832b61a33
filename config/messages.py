"""Compile the translations (.po) to what Django reads (.mo), without the gettext programs.

python -m config.messages

A language's wording lies in `LC_MESSAGES/*.po`, and in `LC_MESSAGES/parts/*.po`, one part for each
area of the product. The parts go into `django.mo`; no text has its wording in two of them.
"""

import os
from pathlib import Path

import polib

BASE_DIR = Path(__file__).resolve().parents[1]
MAIN = "django"

Key = tuple[str | None, str]


def sources(folder: Path, domain: str) -> list[Path]:
    """The files that say the texts of `domain` in the language of `folder` (an LC_MESSAGES)."""
    own = [folder / f"{domain}.po"] if (folder / f"{domain}.po").exists() else []
    return own + (sorted(folder.glob("parts/*.po")) if domain == MAIN else [])


def merged(paths: list[Path]) -> tuple[polib.POFile, list[str]]:
    """One catalogue of them all, and a line for each text that two of them word differently.

    The first wording stands: that of the catalogue itself, then the parts by name.
    """
    catalogue = polib.POFile()
    said: dict[Key, tuple[polib.POEntry, Path]] = {}
    differing = []
    for path in paths:
        part = polib.pofile(str(path))
        catalogue.metadata = catalogue.metadata or part.metadata
        for entry in part:
            if entry.obsolete or entry.fuzzy or not entry.translated():
                continue
            key = (entry.msgctxt, entry.msgid)
            if key not in said:
                said[key] = entry, path
                catalogue.append(entry)
            elif _wording(said[key][0]) != _wording(entry):
                differing.append(f"{said[key][1].name} and {path.name} differ: {entry.msgid!r}")
    return catalogue, differing


def _wording(entry: polib.POEntry) -> object:
    return entry.msgstr_plural or entry.msgstr


def compile_messages(folder: Path = BASE_DIR / "locale") -> int:
    """Compile each catalogue that is newer than its result; return how many."""
    compiled = 0
    for language in sorted(folder.glob("*/LC_MESSAGES")):
        domains = {MAIN} | {path.stem for path in language.glob("*.po")}
        for domain in sorted(domains):
            compiled += _compile(language, domain)
    return compiled


def _compile(language: Path, domain: str) -> bool:
    paths = sources(language, domain)
    target = language / f"{domain}.mo"
    if not paths:
        return False
    # The folder's own time tells of parts that have been taken away.
    watched = [*paths, *{path.parent for path in paths if path.parent != language}]
    if target.exists() and target.stat().st_mtime >= max(p.stat().st_mtime for p in watched):
        return False
    # Several processes may do this at once (pytest-xdist); each writes its own and moves it.
    new = target.with_suffix(f".{os.getpid()}")
    merged(paths)[0].save_as_mofile(str(new))
    new.replace(target)
    return True


if __name__ == "__main__":
    print(f"compiled {compile_messages()} catalogues")
