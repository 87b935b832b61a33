"""What a web process leaves until a page needs it, in processes of their own as gunicorn's are."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LATE = ("openpyxl", "ortools", "pandas", "phonenumbers", "pygal", "typst", "xlsxwriter")

LOADED = """
import json, sys
from gunicorn.app.wsgiapp import WSGIApplication

sys.argv = ["gunicorn", "-c", "config/gunicorn.py"]
server = WSGIApplication()
server.load()

from django.template import engines
from django.urls import get_resolver

def walk(patterns):
    return sum(walk(getattr(one, "url_patterns", ())) + 1 for one in patterns)

engines.all()
server.cfg.post_worker_init(None)
print(json.dumps([walk(get_resolver().url_patterns), sorted(sys.modules)]))
"""

TOGETHER = """
import threading

from core.charts import Series, bar_chart
from core.exports import Sheet, xlsx_file

found, begin = [], threading.Barrier(6)

def draw():
    begin.wait()
    found.append("<svg" in bar_chart("Months", ["May"], [Series("Reports", [3])]).svg)

def write():
    begin.wait()
    found.append(xlsx_file(Sheet("Days", ["Day"], [["a"]]))[:2] == b"PK")

threads = [threading.Thread(target=act) for act in (draw, write) * 3]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(json.dumps([found, [type(hook).__name__ for hook in sys.meta_path]]))
"""


def said(script: str) -> list[str]:
    """The lines that a new process prints."""
    result = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.test"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.splitlines()


def late_ones(script: str) -> set[str]:
    addresses, modules = json.loads(said(script)[-1])
    assert addresses > 200
    assert "cases.boards.views.dashboard" in modules
    assert "core.templatetags.ui" in modules
    return {name for name in LATE if name in modules}


def test_no_large_library_is_loaded_before_a_page_needs_it() -> None:
    assert late_ones(LOADED) == set()


@pytest.mark.parametrize("name", ["pygal", "xlsxwriter"])
def test_one_that_is_would_be_found(name: str) -> None:
    assert late_ones(f"import {name}\n{LOADED}") == {name}


def test_requests_at_once_may_be_the_first_to_need_one() -> None:
    drawn, hooks = json.loads(said(LOADED + TOGETHER)[-1])
    assert drawn == [True] * 6
    assert "PluginImportFixer" not in hooks
