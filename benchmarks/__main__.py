"""Run every measurement: `make bench`, or `make bench ARGS=--quick` for a first look.

Needs empty services (`make bench` starts them). Prints tables and writes `benchmarks/latest.json`.
`--memory` measures one web process instead (benchmarks/memory.py) and only prints.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parents[1]
LATEST = ROOT / "benchmarks" / "latest.json"
SWEEP_DATABASE = "benchmark_sweep"
TRAIL_DATABASE = "benchmark_trail"
SEARCH_DATABASE = "benchmark_search"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two units, fifty thousand deadlines")
    parser.add_argument("--scale", type=int, help="units of the demo data (34)")
    parser.add_argument("--deadlines", type=int, help="open deadlines to sweep (1000000)")
    parser.add_argument("--times", type=int, help="requests a page (40)")
    parser.add_argument(
        "--memory", action="store_true", help="only the memory of a web process, page by page"
    )
    parser.add_argument(
        "--beside", metavar="NAME=VALUE", help="with --memory: a second process with that setting"
    )
    parser.add_argument("--requests", type=int, default=1000, help="of --memory (1000)")
    parser.add_argument(
        "--trail", type=int, default=0, help="entries to seal and verify (0; try 1000000)"
    )
    parser.add_argument("--persons", type=int, help="children to look up among (1000000)")
    parser.add_argument(
        "--only-search", action="store_true", help="only looking children up by their names"
    )
    parser.add_argument("--only-trail", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--only-sweep", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.scale = options.scale or (2 if options.quick else 34)
    options.deadlines = options.deadlines or (50_000 if options.quick else 1_000_000)
    options.persons = options.persons or (50_000 if options.quick else 1_000_000)
    options.times = options.times or (10 if options.quick else 40)
    return options


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    lines = [list(head), *[[str(cell) for cell in row] for row in rows]]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for line in lines:
        cells = [
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())
    print(flush=True)


def _sweep_here(deadlines: int) -> None:
    """In a process and a database of its own, so that memory and rows are those of the sweep."""
    from benchmarks import sweep
    from core.calendar import STOCKHOLM

    on = date(2026, 3, 18)
    started = time.perf_counter()
    made = sweep.fill(deadlines, on=on)
    filled = time.perf_counter() - started
    found = sweep.measure(on=on, at=datetime(2026, 3, 18, 7, tzinfo=STOCKHOLM))
    print(
        json.dumps(
            {
                "deadlines": made,
                "fill_seconds": round(filled, 1),
                "sweeps": [asdict(each) for each in found],
            }
        )
    )


def _trail_here(entries: int) -> None:
    """In a process and a database of its own, as the sweep."""
    from benchmarks import trail

    started = time.perf_counter()
    trail.fill(entries)
    filled = time.perf_counter() - started
    walked = [asdict(each) for each in trail.measure(entries)]
    print(json.dumps({"fill_seconds": round(filled, 1), "walks": walked}))


def _search_here(persons: int, times: int) -> None:
    """In a process and a database of its own, as the sweep; filled here."""
    from benchmarks import search

    started = time.perf_counter()
    search.fill(persons)
    filled = time.perf_counter() - started
    found = search.measure(on=date(2026, 3, 18), times=times)
    print(
        json.dumps(
            {
                "persons": persons,
                "fill_seconds": round(filled, 1),
                "look_ups": [asdict(each) for each in found],
            }
        )
    )


def _show_search(found: dict[str, Any]) -> None:
    print(f"Filled {found['persons']} persons in {found['fill_seconds']} s")
    _table(
        ["look-up of", "by index", "found", "p50 ms", "p95 ms", "floor ms"],
        [
            [
                each["name"],
                "yes" if each["by_index"] else "NO",
                each["found"],
                each["p50_ms"],
                each["p95_ms"],
                each["floor_ms"],
            ]
            for each in found["look_ups"]
        ],
    )


def _apart(name: str, url: str, *words: str) -> Any:
    """What a run of ourselves on another database says as JSON."""
    run = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "benchmarks", *words],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": _with_database(url, name), "BENCHMARK_APART": "1"},
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(run.stdout)


def _with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _load(scale: int) -> dict[str, Any]:
    """Seconds and memory of filling the database, as a user would."""
    started = time.perf_counter()
    subprocess.run(  # noqa: S603
        [sys.executable, "manage.py", "demo_data", "--seed", "1", "--scale", str(scale)],
        cwd=ROOT,
        env=os.environ | {"DEMO_PASSWORD": "for-measurement-only"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {"scale": scale, "seconds": round(seconds, 1), "peak_mb": round(peak)}


def main() -> None:
    options = _options()
    if "DATABASE_URL" not in os.environ:
        sys.exit("error: run `make bench`, which starts the services this needs")
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"

    import django

    from config.messages import compile_messages

    compile_messages()
    django.setup()
    if options.only_sweep:
        _sweep_here(options.deadlines)
        return
    if options.only_trail:
        _trail_here(options.trail)
        return

    if options.only_search and os.environ.get("BENCHMARK_APART"):
        _search_here(options.persons, options.times)
        return

    from django.db import connection
    from django.utils import timezone

    from benchmarks import board, memory, pages, timing, visible
    from cases.deadlines.models import Deadline
    from cases.interventions.models import Intervention
    from cases.investigations.models import Investigation
    from cases.reports.models import Report
    from core.calendar import local_date
    from organisation.models import OrgUnit

    print("Preparing the database ...", flush=True)
    # Elsewhere, as where the product is served: what migrating leaves in memory makes it slower.
    for words in (["-m", "config.migrating"], ["manage.py", "createcachetable"]):
        subprocess.run([sys.executable, *words], cwd=ROOT, check=True)  # noqa: S603
    if OrgUnit.objects.exists():
        sys.exit("error: the database is not empty")
    url = os.environ["DATABASE_URL"]
    name = connection.settings_dict["NAME"]
    connection.close()
    _copy_database(url, name, SWEEP_DATABASE)
    if options.trail:
        _copy_database(url, name, TRAIL_DATABASE)
    _copy_database(url, name, SEARCH_DATABASE)
    searching = (
        *("--only-search", "--persons", str(options.persons)),
        *("--times", str(options.times)),
    )
    if options.only_search:
        _show_search(_apart(SEARCH_DATABASE, url, *searching))
        return

    print(f"Loading {options.scale} units ...", flush=True)
    result: dict[str, Any] = {
        "at": timezone.now().isoformat(timespec="seconds"),
        "machine": {"cpus": os.cpu_count(), "python": platform.python_version()},
        "load": _load(options.scale),
    }
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        result["machine"]["postgresql"] = cursor.fetchone()[0]
    connection.close()
    result["cases"] = {
        model._meta.model_name: model._default_manager.count()
        for model in (Report, Investigation, Intervention, Deadline)
    }
    loaded = result["load"]
    print(f"{loaded['seconds']} s, {loaded['peak_mb']} MB: {result['cases']}\n", flush=True)

    if options.memory:
        found = memory.measure(
            pages.pages(on=local_date(timezone.now())),
            requests=options.requests,
            beside=dict([options.beside.split("=", 1)]) if options.beside else None,
        )
        for each in found:
            _show_memory(asdict(each))
        for name, mb in memory.of_libraries().items():
            print(f"{name} takes {mb} MB")
        return

    # As a worker of gunicorn does (config/gunicorn.py).
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    today = local_date(timezone.now())
    lists = visible.measure(on=today, times=options.times)
    result["visible_to"] = [asdict(each) for each in lists]
    _table(
        ["visible_to", "account", "rows", "p50 ms", "floor ms", "times floor"],
        [list(asdict(each).values()) for each in lists],
    )
    connection.close()

    timings = [timing.measure(page, times=options.times) for page in pages.pages(on=today)]
    timings += board.measured(on=today, times=options.times)
    result["pages"] = [asdict(each) for each in timings]
    _table(
        [
            *("page", "account", "p50 ms", "p95 ms", "cpu ms", "db ms"),
            *("floor p50", "floor p95", "queries", "kB"),
        ],
        [list(each.values()) for each in result["pages"]],
    )
    connection.close()

    from benchmarks import allocation

    result["allocation"] = [asdict(each) for each in allocation.measure()]
    _table(
        ["allocation", "", "seconds", "highest", "at least", "gap %"],
        [
            [
                f"{each['cases']} x {each['workers']}",
                "proven" if each["proven"] else "",
                f"{each['seconds']:.2f}",
                each["highest"],
                each["highest_bound"],
                f"{100 * each['gap']:.1f}",
            ]
            for each in result["allocation"]
        ],
    )

    print(f"Sweeping {options.deadlines} open deadlines ...", flush=True)
    result["sweep"] = _apart(
        SWEEP_DATABASE, url, "--only-sweep", "--deadlines", str(options.deadlines)
    )
    _table(
        ["sweep", "", "seconds", "floor", "times floor", "MB"],
        [
            [
                each["name"],
                "",
                f"{each['seconds']:.2f}",
                f"{each['floor_seconds']:.2f}",
                f"{each['seconds'] / each['floor_seconds']:.2f}",
                f"{each['peak_mb']:.0f}",
            ]
            for each in result["sweep"]["sweeps"]
        ],
    )
    if options.trail:
        print(f"Sealing and verifying {options.trail} entries ...", flush=True)
        result["trail"] = _apart(TRAIL_DATABASE, url, "--only-trail", "--trail", str(options.trail))
        _table(
            ["trail", "", "entries", "seconds", "floor", "MB"],
            [
                [
                    one["name"],
                    "",
                    one["entries"],
                    one["seconds"],
                    one["floor_seconds"],
                    one["peak_mb"],
                ]
                for one in result["trail"]["walks"]
            ],
        )
    print(f"Looking up among {options.persons} persons ...", flush=True)
    result["search"] = _apart(SEARCH_DATABASE, url, *searching)
    _show_search(result["search"])
    LATEST.write_text(json.dumps(result, indent=2) + "\n")
    print(f"Written to {LATEST.relative_to(ROOT)}")


def _show_memory(found: dict[str, Any]) -> None:
    """Of one web process, served by gunicorn."""
    print(
        f"started in {found['start_seconds']} s of processor time, "
        f"{found['cpu_ms']} ms a request on the average\n"
    )
    _table(["memory", "requests", "RSS MB", "PSS MB"], [list(x.values()) for x in found["memory"]])
    _table(["page", "account", "cpu ms"], [list(each.values()) for each in found["pages"]])


def _copy_database(url: str, name: str, copy: str) -> None:
    import psycopg

    with psycopg.connect(_with_database(url, "postgres"), autocommit=True) as server:
        server.execute(
            psycopg.sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                psycopg.sql.Identifier(copy), psycopg.sql.Identifier(name)
            )
        )


if __name__ == "__main__":
    main()
