"""What holds of the whole program, read from its sources, its addresses and its tables.

import-linter watches the imports between layers; here stand the rules it cannot see.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve
from django.urls.resolvers import RegexPattern, RoutePattern

from cases.enums import DeadlineKind
from cases.law import time_limits
from cases.matters.registry import KINDS
from config import rooms
from organisation.views.account import not_offered
from tests import test_limits

ROOT = Path(__file__).resolve().parents[1]
APPS = ("core", "organisation", "api", "cases", "workload", "audits", "unitstats", "demo")
TEMPLATES = ROOT / "templates"


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Every module of the apps but migrations, by path from the root."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text())


def imported(module: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found


def listed_apps() -> dict[str, set[str]]:
    """Everywhere the apps are listed, so that checks look at them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = project["contracts"][0]
    floors = [one for one in project["contracts"] if one.get("exhaustive")]
    made = re.search(r"^APPS := (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert made
    return {
        "INSTALLED_APPS": {one.split(".")[0] for one in settings.INSTALLED_APPS},
        "APPS of the Makefile": set(made[1].split()),
        "APPS of config/rooms.py": set(rooms.APPS),
        "APPS of tests/test_architecture.py": set(APPS),
        "APPS of tests/test_limits.py": set(test_limits.APPS),
        "root_packages of import-linter": set(project["root_packages"]),
        "the layers of import-linter": set(layers["layers"]),
        "the contracts of import-linter that name every module": {
            container for one in floors for container in one["containers"]
        },
    }


@pytest.mark.parametrize("place", listed_apps())
def test_every_app_is_in_every_list_of_apps(place: str) -> None:
    own = {path.parent.name for path in ROOT.glob("*/apps.py")}
    assert own - listed_apps()[place] == set(), f"{place} lacks these apps"


def test_every_address_has_a_name() -> None:
    """The register of rules (tests/security/test_matrix.py) goes by names."""
    found = {
        str(pattern.pattern)
        for pattern in _patterns(get_resolver())
        if pattern.name is None
        and pattern.callback is not not_offered
        and pattern.callback.__module__.split(".")[0] in APPS
    }
    assert found == set()


def _patterns(place: URLResolver) -> Iterator[URLPattern]:
    for one in place.url_patterns:
        if isinstance(one, URLResolver):
            yield from _patterns(one)
        elif isinstance(one, URLPattern):
            yield one


# Texts

TRANSLATING = {"_", "gettext", "pgettext", "ngettext", "npgettext"}


def test_texts_to_translate_stand_where_they_are_collected() -> None:
    """Who collects the texts does not look into f-strings: one there stays English, unnoticed."""
    found = {
        f"{path}:{call.lineno}"
        for path, module in modules()
        for text in ast.walk(module)
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in TRANSLATING
    }
    assert found == set()


# Who may do what


def test_object_permissions_are_decided_in_one_place() -> None:
    """django-guardian's own questions know neither days, roles nor conflicts of interest."""
    using = {
        path
        for path, module in modules()
        if any(name.split(".")[0] == "guardian" for name in imported(module))
    }
    assert using == {"organisation/object_permissions.py"}
    tags = re.compile(r"{%\s*load\b[^%]*\bguardian_tags\b")
    assert {str(path) for path in TEMPLATES.rglob("*") if tags.search(read(path))} == set()


# Files that leave the house

WRITERS = {"csv", "xlsxwriter", "openpyxl"}
"""What writes spreadsheets; `core.exports` sees to it that none of their cells is run."""


def test_files_are_written_in_one_place() -> None:
    using = {path for path, module in modules() if imported(module) & WRITERS}
    only_read = {"organisation/imports.py"}
    for_the_database = {"demo/cases/load.py"}
    assert using == {"core/exports.py"} | only_read | for_the_database


# Where a protected child is

TELLING = {"address", "school", "whereabouts", "child_moved_to", "contact", "reporter_contact"}
READERS = {
    "cases/persons/whereabouts.py",  # asks who may see it
    "cases/disclosure/masking_terms.py",  # looks for it in texts, to mask it
    "cases/investigations/kind.py",  # hands the place to whereabouts.told
    "cases/disclosure/redaction.py",  # looks for who reported, to mask it
    "cases/reports/services/intake.py",  # writes who reported
    "cases/persons/guardians.py",  # writes it, by those who may see it
    "cases/reports/services/correction.py",  # writes who reported
    "cases/reports/forms/correcting.py",  # for those who work on it, but the school of a protected
    "cases/persons/views.py",  # of what whereabouts has handed out
}
IN_TEMPLATES = {
    "cases/child/child.html": {"place.address", "place.school", "one.contact"},
    "cases/reports/_case.html": {"report.reporter_contact"},
    "cases/investigations/_guardians.html": {"guardian.contact"},
    "cases/investigations/_move.html": {"case.investigation.child_moved_to"},
    "organisation/account.html": {"one.address"},  # of one's own computer
}
"""What stands in templates, each inside a condition that asks `cases.persons.whereabouts`."""


def test_whereabouts_are_read_through_one_module() -> None:
    """An attribute of such a name is read where it is decided who may see it, and nowhere else."""
    found = {
        path
        for path, module in modules()
        if path.startswith(("cases/", "workload/", "audits/", "unitstats/")) and "/demo" not in path
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute)
        and node.attr in TELLING
        and not isinstance(node.ctx, ast.Store)
        and not _of_a_page(path, node)
    }
    assert found == READERS


def _of_a_page(path: str, node: ast.Attribute) -> bool:
    """The address of a matter's or a topic's page, and what the rights say."""
    return path == "cases/matters/registry.py" or ast.unparse(node) in {
        "access.provisions.whereabouts",
        "kind.address",
        "matters.address",
        "topics.find(notice.kind).address",
    }


def test_templates_show_whereabouts_only_where_somebody_has_asked() -> None:
    shown = re.compile(r"\b((?:\w+\.)+(?:" + "|".join(sorted(TELLING)) + r"))\b")
    found = {
        path.relative_to(TEMPLATES).as_posix(): set(shown.findall(path.read_text()))
        for path in sorted(TEMPLATES.rglob("*.html"))
    }
    in_code = {
        name: {one for one in names if not one.startswith(("form.", "reporter_form."))}
        for name, names in found.items()
    }
    assert {name: names for name, names in in_code.items() if names} == IN_TEMPLATES


# The clock

AT_THE_DOOR = re.compile(
    r"/(views|api)/|/views\.py$|/tasks\.py$|/management/commands/|^core/middleware\.py$"
)
"""Where the program meets the world, and so the time."""


def clock_readings(module: ast.Module) -> Iterator[int]:
    """The lines that ask what time it is."""
    for node in ast.walk(module):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        owner = node.func.value
        of = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
        call = f"{of}.{node.func.attr}"
        reads = call in {
            "timezone.now",
            "date.today",
            "datetime.now",
            "datetime.today",
            "datetime.utcnow",
            "time.time",
        }
        # Of a given moment these only convert.
        converts = call in {"timezone.localtime", "timezone.localdate"}
        if reads or (converts and not node.args and not node.keywords):
            yield node.lineno


def test_the_clock_is_read_at_the_door_and_nowhere_else() -> None:
    inside = {
        f"{path}:{line}"
        for path, module in modules()
        if not AT_THE_DOOR.search(path)
        for line in clock_readings(module)
    }
    assert inside == set()
    templates = {str(path) for path in TEMPLATES.rglob("*") if re.search(r"{%\s*now\b", read(path))}
    assert templates == set()


@pytest.mark.parametrize(
    "source",
    [
        "timezone.now()",
        "datetime.date.today()",
        "datetime.now(tz=UTC)",
        "f(on=timezone.localdate())",
        "time.time()",
    ],
)
def test_a_reading_of_the_clock_would_be_found(source: str) -> None:
    assert list(clock_readings(ast.parse(source))) == [1]
    assert list(clock_readings(ast.parse("timezone.localtime(at, STOCKHOLM)"))) == []


# Modules


def test_no_module_is_a_junk_drawer() -> None:
    named = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "shared"}
    assert {path for path, _module in modules() if Path(path).stem in named} == set()


def test_no_two_classes_have_one_name() -> None:
    """A name alone finds its class; what Django wants called the same is let be."""
    found: dict[str, set[str]] = {}
    for path, module in modules():
        for node in module.body:
            if isinstance(node, ast.ClassDef) and node.name != "Command":
                found.setdefault(node.name, set()).add(path)
    assert {name: paths for name, paths in found.items() if len(paths) > 1} == {}


def test_what_decides_and_changes_knows_nothing_of_requests() -> None:
    inner = re.compile(
        r"/(services|models|querysets|law|store|sweep|grants|emergency|departures|enums"
        r"|permissions|rights|acting|identity|statistics|timeline|facts|lookup|signatures|texts"
        r"|calendar|constraints|decisions|errors|trail|history)(\.py$|/)"
    )
    web = ("django.http", "django.shortcuts", "django.forms", "django.contrib.messages")
    web += ("django.views", "rest_framework", "django_htmx")
    knowing = {
        (path, name)
        for path, module in modules()
        if inner.search(path)
        for name in imported(module)
        if name.startswith(web)
    }
    assert knowing == set()


def test_no_signal_carries_business() -> None:
    knowing = {
        (path, name)
        for path, module in modules()
        for name in imported(module)
        if name.startswith(("django.dispatch", "django.db.models.signals"))
    }
    assert knowing == {("core/apps.py", "django.db.models.signals")}  # after a migration


def test_every_kind_of_deadline_has_a_rule_in_force() -> None:
    rules = time_limits.RULEBOOK.rules
    kinds = set(time_limits.codes())
    assert kinds >= set(DeadlineKind)
    assert kinds >= {duty for kind in KINDS for duty in kind.duties}
    assert {rule.code for rule in rules} == kinds
    assert {rule.code for rule in rules if rule.applies_to is None} == kinds


# Templates


def read(path: Path) -> str:
    return path.read_text() if path.is_file() else ""


def pages() -> dict[str, str]:
    found = {
        path.relative_to(TEMPLATES).as_posix(): read(path)
        for path in sorted(TEMPLATES.rglob("*.html"))
    }
    assert found
    return found


def markup(source: str) -> str:
    """The template without what Django takes out of it."""
    source = re.sub(r"{%\s*comment.*?endcomment\s*%}", "", source, flags=re.DOTALL)
    return re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", "", source, flags=re.DOTALL)


INLINE = {
    "style": re.compile(r"<[a-z][^>]*\sstyle\s*=", re.IGNORECASE),
    "handler": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "script": re.compile(r"<script(?![^>]*\ssrc\s*=)", re.IGNORECASE),
    "style sheet": re.compile(r"<style\b", re.IGNORECASE),
    "address": re.compile(r"javascript:", re.IGNORECASE),
}
"""What the content security policy forbids, so that it would silently not work."""


def inline(source: str) -> set[str]:
    return {name for name, pattern in INLINE.items() if pattern.search(markup(source))}


def test_no_template_has_a_style_or_script_of_its_own() -> None:
    assert {(name, what) for name, source in pages().items() for what in inline(source)} == set()


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ('<p class="a" style="color: red">', {"style"}),
        ('<button onclick="go()">', {"handler"}),
        ("<script>go()</script>", {"script"}),
        ("<STYLE>", {"style sheet"}),
        ('<a href="javascript:go()">', {"address"}),
        ("<script src=\"{% static 'js/app.js' %}\" defer></script>", set()),
        ('{{ words|json_script:"words" }} {% action_button on="x" style="y" %}', set()),
    ],
)
def test_a_style_or_script_in_a_template_would_be_found(source: str, what: set[str]) -> None:
    assert inline(source) == what


FRAMES = {"base.html", "errors/plain.html"}
"""The only whole pages: all others' frame, and the one when the database is away."""

PARTS = re.compile(r"(^|/)(components|partials|bootstrap5|mail)/|(^|/)_")


def test_every_template_is_a_page_in_the_frame_or_a_part_of_one() -> None:
    sources = pages()
    included = {
        name
        for source in sources.values()
        for name in re.findall(r"{%\s*include\s+[\"']([^\"']+)[\"']", source)
    }
    loose = {
        name
        for name, source in sources.items()
        if not re.search(r"{%\s*extends\s", source)
        and name not in FRAMES | included
        and not PARTS.search(name)
    }
    # Django looks these up itself; each only includes a page.
    found_by_name = {f"{status}.html" for status in ("403", "403_csrf", "404", "429", "500")}
    # Named by the control it draws.
    found_by_name |= {name for name in loose if name.startswith("core/widgets/")}
    # What a view answers htmx with alone says so by its name.
    rows = {name for name in loose if name.endswith(("_row.html", "_rows.html", "_cell.html"))}
    assert loose - found_by_name - rows == set()
    framed = {name for name, source in sources.items() if re.search(r"<html\b", markup(source))}
    assert framed == FRAMES


def test_every_form_that_posts_has_its_token() -> None:
    without = {
        name
        for name, source in pages().items()
        for form in re.findall(r"<form\b.*?</form>", source, re.DOTALL | re.IGNORECASE)
        if re.search(r"method=[\"']post", form, re.IGNORECASE) and "csrf_token" not in form
    }
    assert without == set()


def test_no_template_turns_escaping_off() -> None:
    unsafe = re.compile(r"\|\s*(safe|safeseq)\b|{%\s*autoescape\s+off")
    # Help texts are the program's own, and Django writes lists in some.
    help_text = {"bootstrap5/layout/help_text.html"}
    assert {name for name, source in pages().items() if unsafe.search(source)} == help_text


# Addresses

OPEN_TO_ALL = {
    # Whether it works, for those who watch over it; nothing about anybody.
    "healthz",
    "readyz",
    # Nobody is signed in, a page is told; else one's own number and form token.
    "session_state",
    # The way in, and back in.
    "account_login",
    "account_logout",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "openid_connect_login",
    "openid_connect_callback",
    "socialaccount_login_cancelled",
    "socialaccount_login_error",
    "set_language",
    # The components, with made-up people.
    "styleguide",
    # What the API can do, the same for everybody, and that there is nothing else.
    "api:schema",
    "api:docs",
    "api:no-such-address",
}

SAMPLES = {"int": "1", "slug": "x", "str": "x", "uuid": "00000000-0000-0000-0000-000000000000"}


def addresses(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, str]]:
    """The name and a sample of every address."""
    for entry in resolver.url_patterns:
        here = before + _sample(entry)
        if isinstance(entry, URLResolver):
            for name, url in addresses(entry, here):
                yield (f"{entry.namespace}:{name}" if entry.namespace else name), url
        else:
            yield entry.name or here, here


def _sample(entry: URLPattern | URLResolver) -> str:
    pattern = entry.pattern
    if isinstance(pattern, RoutePattern):
        return re.sub(r"<(?:([a-z]+):)?[a-z_0-9]+>", lambda m: SAMPLES[m[1] or "str"], str(pattern))
    assert isinstance(pattern, RegexPattern)
    return re.sub(r"\(\?P<[a-z0-9]+>[^)]*\)", "x", str(pattern)).strip("^$")


def is_offered(url: str) -> bool:
    try:
        return resolve("/" + url).func is not not_offered
    except Resolver404:
        return True


def is_closed(client: Client, url: str) -> bool:
    """Whether somebody who has not signed in is sent away, whichever way they ask."""
    sent_away = 0
    for ask in (client.get, client.post):
        answer = ask("/" + url)
        if answer.status_code == 405:
            continue
        to_login = answer.status_code == 302 and "/accounts/login/" in answer.headers["Location"]
        if not to_login and answer.status_code != 401:
            return False
        sent_away += 1
    return sent_away > 0


@pytest.mark.django_db
def test_every_address_but_those_listed_asks_who_is_there() -> None:
    client = Client()
    known = dict(addresses(get_resolver()))
    assert len(known) > 60
    # allauth's addresses that the product does not have (organisation.withheld_urls).
    offered = {name: url for name, url in known.items() if is_offered(url)}
    assert len(known) - len(offered) > 10
    reachable = {name for name, url in offered.items() if not is_closed(client, url)}
    assert reachable - OPEN_TO_ALL == set()
    assert known.keys() >= OPEN_TO_ALL


@pytest.mark.parametrize("name", ["account_signup", "account_confirm_login_code"])
@pytest.mark.django_db
def test_nobody_makes_an_account_from_outside(name: str) -> None:
    from organisation.models import User

    url = dict(addresses(get_resolver()))[name]
    given = {"username": "stranger", "password1": "grus-lampa-sju-Moln"}
    Client().post("/" + url, given)
    assert not User.objects.exists()


# Personal data

IDENTITY = "identity"
"""Tells who a person is or how to find them: never in an address, title, log, mail or notice."""
CONTENT = "content"
"""Written or judged about a person: never in a log, mail or notice."""
SECRET = "secret"
"""Opens the door: never shown to anybody."""
PLAIN = "plain"
"""Ids, codes, days and counts of the work itself."""

SIGNED = " signed_at signed_role signed_title signed_digest"

# Every column of the apps' own tables. Links to other rows are not here: they carry what the row
# at their end carries. A new column has to be given its place before this passes.
PERSONAL_DATA: dict[str, dict[str, str]] = {
    "core.TrailEntry": {
        CONTENT: "reason",
        PLAIN: "at kind action target_type targets children unit_id details recorded_at"
        " previous_id digest",
    },
    "audits.LogCheckRound": {
        CONTENT: "conclusion",
        PLAIN: "from_on until_on seed readings drawn_at closed_at",
    },
    "audits.LogCheckHit": {
        CONTENT: "judgement comment rules",
        PLAIN: "day first_at last_at entries judged_at act children",
    },
    "core.TrailSeal": {
        PLAIN: "day number from_at until_at entries first_id last_id closes digest",
    },
    "organisation.OrgUnit": {PLAIN: "level code name path function active"},
    "organisation.User": {
        IDENTITY: "username first_name last_name email employee_number phone",
        SECRET: "password",
        PLAIN: "last_login is_superuser is_staff is_active date_joined language"
        " must_change_password session_epoch",
    },
    "organisation.FormerName": {IDENTITY: "first_name last_name", PLAIN: "until_on"},
    "organisation.Employment": {
        CONTENT: "end_reason on_leave",
        PLAIN: "profession form hours_percent experience started_on ended_on",
    },
    "organisation.EmploymentTerms": {
        CONTENT: "on_leave",
        PLAIN: "from_on hours_percent experience",
    },
    "organisation.RoleAssignment": {PLAIN: "role from_on until_on"},
    "organisation.Absence": {CONTENT: "reason", PLAIN: "from_on until_on"},
    "organisation.Delegation": {PLAIN: "decision role"},
    "organisation.ApiToken": {
        SECRET: "prefix digest",
        PLAIN: "name scopes created_at expires_at last_used_at revoked_at refused_at",
    },
    "unitstats.MonthlyClosing": {PLAIN: "month revision closed_at reason figures"},
    "organisation.LoginThrottle": {
        SECRET: "key",
        PLAIN: "failures unlogged last_failed_at locked_until",
    },
    "organisation.KnownDevice": {SECRET: "digest", PLAIN: "first_seen_at last_seen_at"},
    "organisation.EndedSession": {SECRET: "digest", PLAIN: "ended_at refused_at"},
    "organisation.ClaimedRole": {PLAIN: "claim"},
    "cases.Person": {
        IDENTITY: "personal_identity_number temporary_number first_name last_name birth_date"
        " expected_on died_on address school whereabouts",
        CONTENT: "gender protected_identity interpreter_language",
        PLAIN: "created_at version",
    },
    "cases.EarlierNumber": {
        IDENTITY: "number",
        CONTENT: "reason is_hidden",
        PLAIN: "replaced_at",
    },
    "cases.PersonChange": {
        IDENTITY: "old new",
        CONTENT: "kind field reason is_hidden",
        PLAIN: "made_at",
    },
    "cases.PersonMerge": {
        IDENTITY: "before merged",
        CONTENT: "reason undo_reason",
        PLAIN: "moved merged_at undo_until undone_at",
    },
    "cases.Adult": {PLAIN: "created_at"},
    "cases.IdentityProtection": {
        CONTENT: "kind source authority decided_on from_on reconsider_on ended_on end_reason",
        PLAIN: "registered_at",
    },
    "cases.ReadingGrant": {
        CONTENT: "purpose reason",
        PLAIN: "with_whereabouts from_on until_on granted_at ended_at",
    },
    "cases.EmergencyAccess": {
        CONTENT: "reason verdict review_note",
        PLAIN: "with_whereabouts opened_at until_at ended_at reviewed_at",
    },
    "cases.ConflictOfInterest": {
        IDENTITY: "personal_identity_number first_name last_name birth_date",
        CONTENT: "includes_siblings category note end_reason",
        PLAIN: "from_on until_on declared_at ended_at",
    },
    "cases.Guardian": {
        IDENTITY: "first_name last_name contact",
        CONTENT: "relation has_custody custody_from custody_until interpreter_language"
        " protected_identity ended_on end_reason",
        PLAIN: "version",
    },
    "cases.GuardianParticipation": {CONTENT: "took_part how", PLAIN: "on"},
    "cases.NumberSeries": {PLAIN: "year letter last"},
    "cases.Report": {
        IDENTITY: "reporter_name reporter_organisation reporter_contact",
        CONTENT: "reporter_category reasons concern is_crime_report child_suspected",
        PLAIN: "number status kind channel received_at received_on wants_feedback"
        " feedback_asked_on logged_at"
        " idempotency_key idempotency_digest version",
    },
    "cases.ProtectionAssessment": {
        IDENTITY: "signed_name",
        CONTENT: "outcome child_spoken_with rationale support_granted",
        PLAIN: "assessed_at recorded_at" + SIGNED,
    },
    "cases.DecisionProposal": {
        CONTENT: "outcome rationale",
        PLAIN: "investigation_type proposed_at version",
    },
    "cases.OpeningDecision": {
        IDENTITY: "signed_name",
        CONTENT: "outcome rationale late_reason unassessed_reason",
        PLAIN: "decided_on recorded_at is_late" + SIGNED,
    },
    "cases.Feedback": {CONTENT: "answer", PLAIN: "given_on channel"},
    "cases.SeriousTalk": {
        CONTENT: "result with_guardians note",
        PLAIN: "offered_at held_at",
    },
    "cases.Investigation": {
        IDENTITY: "child_moved_to",
        CONTENT: "plan protection_needs violence violence_description police_report"
        " police_reported_on police_report_reason child_moved_on outcome conclusion_rationale",
        PLAIN: "number type status opened_on extended_to planned_on plan_written_at concluded_on"
        " handed_over_on taken_over_on is_late version",
    },
    "cases.Handover": {
        IDENTITY: "consent_by",
        CONTENT: "ground reason answer_reason consented_on",
        PLAIN: "parts status offered_at answered_at version",
    },
    "cases.HandoverCase": {},
    "cases.HandedText": {
        CONTENT: "heading text",
        PLAIN: "position part source source_id dated_on handed_on",
    },
    "cases.Matter": {PLAIN: "kind number opened_on closed_on withdrawn"},
    "cases.Correction": {
        CONTENT: "reason changes kept",
        PLAIN: "act subject subject_id made_at",
    },
    "cases.MatterWorker": {
        CONTENT: "end_reason handover_note",
        PLAIN: "part from_on until_on assigned_at",
    },
    "cases.Extension": {CONTENT: "reason", PLAIN: "previous_due_on until decided_on"},
    "cases.LeftOpen": {CONTENT: "code number reason", PLAIN: "left_at standing"},
    "cases.RiskAssessment": {
        CONTENT: "level risk_factors protective_factors",
        PLAIN: "assessed_on",
    },
    "cases.InstrumentUse": {CONTENT: "instrument level", PLAIN: "used_on"},
    "cases.SafetyRating": {CONTENT: "rater value", PLAIN: "rated_on"},
    "cases.DecisionDocument": {
        IDENTITY: "signed_name read_name",
        CONTENT: "background child_view guardians_view others_view assessment best_interests"
        " proposal return_comment",
        PLAIN: "submitted_at read_at read_role read_title read_digest sealed_at written_at version"
        + SIGNED,
    },
    "cases.Communication": {CONTENT: "recipient response", PLAIN: "communicated_on how"},
    "cases.Intervention": {
        CONTENT: "kind goal end_reason",
        PLAIN: "number status decided_on started_on ended_on version",
    },
    "cases.InterventionFollowUp": {CONTENT: "child_took_part note", PLAIN: "followed_up_on"},
    "cases.Deadline": {
        CONTENT: "cancel_reason",
        PLAIN: "matter_kind kind rule_version starts_on anchor_at extended_to due_on act_by due_at"
        " warn_on met_on met_at recorded_on cancelled_on missed_on overdue_since",
    },
    "cases.Escalation": {PLAIN: "due_on rung reached_on"},
    "cases.Note": {
        IDENTITY: "signed_name present",
        CONTENT: "kind child_spoken_with child_alone text change_reason",
        PLAIN: "happened_at written_at changed_at after_closing version" + SIGNED,
    },
    "cases.Addition": {
        IDENTITY: "signed_name",
        CONTENT: "text",
        PLAIN: "subject subject_id kind written_at" + SIGNED,
    },
    "cases.Disclosure": {
        IDENTITY: "recipient_name",
        CONTENT: "refusal_text return_comment delivered_how withdrawn_reason pdf right_reason",
        PLAIN: "relation requested_on status prepared_at submitted_at approved_at delivered_on"
        " pdf_digest version right_ground right_outcome right_examined_at",
    },
    "cases.DisclosureMatter": {},
    "cases.DisclosurePiece": {
        CONTENT: "heading text left_out left_out_ground flagged weighed",
        PLAIN: "position source source_id dated_on reviewed_at",
    },
    "cases.Redaction": {CONTENT: "reason", PLAIN: "start end ground found_by made_at removed_at"},
    "workload.RoundSettings": {
        PLAIN: "survey_months survey_days measurement_months measurement_days",
    },
    "workload.SurveyRound": {PLAIN: "period opened_on closes_on closed_at cases employees"},
    "workload.SurveyAnswer": {
        CONTENT: "situation situation_reason good_work good_work_reason recommend recommend_reason",
        PLAIN: "answered_at frozen_at",
    },
    "workload.ActionPlan": {CONTENT: "response content", PLAIN: "offered_on responded_on done_on"},
    "workload.PlanFollowUp": {CONTENT: "note", PLAIN: "due_on done_on"},
    "workload.PublishedPart": {
        PLAIN: "measure audience period nodes size figures published_at",
    },
    "workload.MeasurementRound": {PLAIN: "period opened_on closes_on closed_at"},
    "workload.Measurement": {
        CONTENT: "experience flex_hours comment",
        PLAIN: "answered_at tenths available_tenths cases lines frozen_at",
    },
    "workload.CaseReview": {CONTENT: "summary", PLAIN: "held_on version"},
    "workload.ReviewDecision": {CONTENT: "text", PLAIN: "due_on done_on"},
    "workload.Temperature": {
        CONTENT: "comment",
        PLAIN: "meeting_on wellbeing_green wellbeing_yellow wellbeing_red load_green load_yellow"
        " load_red",
    },
    "workload.MarkedEvent": {PLAIN: "from_on until_on text"},
    "cases.Notice": {PLAIN: "kind rung due_on topic_id created_at read_at"},
    "cases.Digest": {PLAIN: "day overdue due_today due_soon emergencies unread claimed_at sent_at"},
    "cases.Draft": {CONTENT: "data", PLAIN: "key tab saved_at"},
    "workload.WeightSet": {
        PLAIN: "name from_on until_on main_share norm_new norm_used norm_experienced norm_expert"
        " contact_tenths contact_days ceiling_percent ceiling_new_percent intervention_points"
        " made_at version",
    },
    "workload.WeightFactor": {PLAIN: "code name source assumed position"},
    "workload.WeightLevel": {PLAIN: "code name points from_value position"},
    "workload.CaseFactor": {
        CONTENT: "level_code",
        PLAIN: "factor_code from_on assessed_at",
    },
    "workload.ContactForOther": {PLAIN: "contact_on recorded_on withdrawn_on"},
    "workload.IntroductionPlan": {PLAIN: "from_on until_on made_at"},
    "workload.IntroductionStep": {PLAIN: "title due_on done_on"},
    "workload.Reduction": {
        CONTENT: "reason note",
        PLAIN: "percent from_on until_on decided_at",
    },
    "workload.AllocationWish": {CONTENT: "detail", PLAIN: "kind required noted_at"},
    "workload.StandingPair": {PLAIN: "from_on until_on set_at"},
    "workload.AllocationRound": {CONTENT: "notes", PLAIN: "monday begun_at version"},
    "workload.PlannedPair": {PLAIN: "pinned planned_at version"},
    "workload.AllocationProposal": {
        CONTENT: "facts",
        PLAIN: "asked_at room state digest result done_at accepted_at",
    },
    "workload.LoadWarning": {CONTENT: "percent experience", PLAIN: "kind raised_on ended_on"},
    "workload.Competence": {CONTENT: "detail", PLAIN: "kind from_on until_on"},
}


def own_models(*, events: bool) -> dict[str, Any]:
    """The apps' models by label: those that hold rows, or those that keep rows as they were."""
    return {
        model._meta.label: model
        for app in APPS
        if apps.is_installed(app)
        for model in apps.get_app_config(app).get_models()
        if hasattr(model, "pgh_tracked_model") is events
    }


def columns(model: Any) -> set[str]:
    return {
        field.name
        for field in model._meta.get_fields()
        if field.concrete and not field.is_relation and not field.primary_key
    }


def classified(label: str) -> list[str]:
    return [name for names in PERSONAL_DATA[label].values() for name in names.split()]


def test_every_column_has_its_place_among_personal_data() -> None:
    found = {
        f"{label}.{column}"
        for label, model in own_models(events=False).items()
        for column in columns(model) or {"(no column)"}
    }
    said = [
        f"{label}.{column}"
        for label in PERSONAL_DATA
        for column in classified(label) or ["(no column)"]
    ]
    assert found - {*said} == set(), "say in PERSONAL_DATA what these columns hold"
    assert {*said} - found == set(), "these are columns no more: take them out of PERSONAL_DATA"
    assert {column for column in said if said.count(column) > 1} == set(), "said twice"


def test_rows_kept_as_they_were_hold_no_more_than_the_rows() -> None:
    more = {
        label: columns(model) - set(classified(model.pgh_tracked_model._meta.label))
        for label, model in own_models(events=True).items()
    }
    kept = {"pgh_label", "pgh_created_at"}
    assert {label: extra - kept for label, extra in more.items() if extra - kept - {"id"}} == {}
    secrets = {
        label: columns(model)
        & set(PERSONAL_DATA[model.pgh_tracked_model._meta.label].get(SECRET, "").split())
        for label, model in own_models(events=True).items()
    }
    assert {label: held for label, held in secrets.items() if held} == {}


def test_what_is_sent_out_holds_nothing_personal() -> None:
    sent = ("cases.Notice", "cases.Digest", "cases.Escalation")
    assert {label: PERSONAL_DATA[label].keys() - {PLAIN} for label in sent} == {
        label: set() for label in sent
    }


def test_every_record_of_a_case_is_kept_as_it_was() -> None:
    """Rows with personal content leave their former selves; the rest is derived, or its own log."""
    tracked = {model.pgh_tracked_model._meta.label for model in own_models(events=True).values()}
    untracked = {
        label
        for label, kinds in PERSONAL_DATA.items()
        if kinds.keys() & {IDENTITY, CONTENT} and label not in tracked
    }
    own_log = {"core.TrailEntry", "cases.Draft", "cases.PersonChange"}
    assert untracked - own_log == set(), "write @tracked() (core.history) above these models"
    assert own_log - untracked == set()


def test_personal_data_stays_out_of_the_settings_that_log() -> None:
    handlers = settings.LOGGING["handlers"].values()
    assert all("no_personal_data" in handler["filters"] for handler in handlers)
