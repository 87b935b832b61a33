"""The product runs on what `requirements/base.txt` locks; other packages only happen to be here."""

import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
IMPORT_EVERYTHING = """
import importlib, pkgutil, sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in MISSING:
            raise ModuleNotFoundError(f"No module named {name!r} in base.txt", name=name)

sys.meta_path.insert(0, Refuse())
import config.wsgi, gunicorn.app.wsgiapp, gunicorn.workers.gthread
import celery.bin.worker, celery.bin.beat, kombu.transport.redis
from django.conf import settings
for app in ("config", "core", "organisation", "cases"):
    package = importlib.import_module(app)
    for module in pkgutil.walk_packages(package.__path__, app + "."):
        if ".settings." not in module.name and module.name != "config.gunicorn":
            importlib.import_module(module.name)
import config.urls
# Loaded with the first page that needs them, so the modules above do not tell.
import ortools.sat.python.cp_model, phonenumbers, pygal, typst, xlsxwriter
"""


def locked(name: str) -> set[str]:
    text = (ROOT / "requirements" / name).read_text()
    return {normal(found) for found in re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE)}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_module_imports_with_the_production_packages_only():
    allowed = locked("base.txt")
    missing = {
        module
        for module, owners in packages_distributions().items()
        if not {normal(owner) for owner in owners} & allowed
    }
    assert "pytest" in missing
    code = f"MISSING = {missing!r}\n{IMPORT_EVERYTHING}"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr[-2000:]


def test_each_lock_holds_the_ones_below_it():
    base, run, test, dev = (locked(f"{name}.txt") for name in ("base", "run", "test", "dev"))
    assert base < run < test < dev
