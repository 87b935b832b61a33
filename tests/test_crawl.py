"""Everything a person can reach by following links, as everybody, and what must not be reached.

Both units are filled, each with its own marker in every name, and every page is read once. The
tests then only look at what was read.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import polib
import pytest
import time_machine
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, resolve, reverse

from cases.notices.models import Notice
from cases.persons.models import Guardian
from tests.factories import World, moment
from tests.factories.measured import measure
from tests.factories.populated import HERE, LONG, NUMBERS, THERE, populate

# For the database to be made at all; the tests themselves ask it nothing.
pytestmark = [pytest.mark.django_db, pytest.mark.slow]

NOW = moment("2026-07-10 10:00")
TWICE = {"report", "investigation", "intervention", "child", "notice_open"}
"""Kinds of page that each person reads two of; else one, and one more with a query."""
NOT_FOLLOWED = ("/static/", "/i18n/", "/accounts/", "/api/", "/readyz")
OTHERS = {"other_head", "other_reception", "other_leader", "other_worker", "other_co"}
ABOVE = {"department_head", "director", "sysadmin", "stranger", "administrator", "on_duty"}
"""Who may read no person's matter at all."""
STRANGERS = {
    "head": THERE,
    "main": THERE,
    "reception": THERE,
    "stranger": HERE,
    "department_head": HERE,
    "sysadmin": HERE,
    "other_head": HERE,
}
"""Who asks for every address of one matter, and whose name is in it."""
WRITING = {"head", "main", "other_head"}
"""Who of them tries to change it, too."""


class Reader(HTMLParser):
    """What of a page matters here: links, title, language, and what is said in words.

    `links` open pages, `parts` what may be loaded into the page.
    """

    SAID = frozenset({"alt", "title", "placeholder", "aria-label", "data-label"})
    SILENT = frozenset({"script", "style", "template"})

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.parts: list[str] = []
        self.title = ""
        self.lang = ""
        self.words: list[str] = []
        self._inside: list[str] = []
        self._drawing = False  # pictures have titles too, and come after the page's own
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.lang = given.get("lang", "")
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if "hx-get" in given:
            self.parts.append(given["hx-get"])
        self._drawing = self._drawing or tag == "svg"
        if tag in self.SILENT or tag == "title":
            self._inside.append(tag)
        self.words.extend(given[name] for name in self.SAID & given.keys())

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if self._inside == ["title"] and not self._drawing:
            self.title += data
        if not self.SILENT.intersection(self._inside):
            self.words.append(data)

    @property
    def pieces(self) -> frozenset[str]:
        """What stands together, with single spaces."""
        return frozenset(" ".join(piece.split()) for piece in self.words)


@dataclass(slots=True)
class Page:
    person: str
    url: str
    found_on: str
    status: int
    headers: dict[str, str]
    html: str
    words: frozenset[str]
    title: str
    lang: str
    is_part: bool


@dataclass(slots=True)
class Crawl:
    pages: list[Page] = field(default_factory=list)
    seen_urls: dict[str, str] = field(default_factory=dict)
    refused: dict[tuple[str, str, str], tuple[int, str]] = field(default_factory=dict)
    people: list[str] = field(default_factory=list)


def kind_of(url: str) -> tuple[str, bool]:
    parts = urlsplit(url)
    return resolve(parts.path).view_name, bool(parts.query)


def walk(client: Client, person: str, crawl: Crawl) -> None:
    todo = deque([("/", "", False)])
    known = {"/"}
    read: Counter[Any] = Counter()
    while todo:
        url, found_on, is_part = todo.popleft()
        kind = kind_of(url)
        if read[kind] == 1 + (kind[0] in TWICE):
            continue
        read[kind] += 1
        response = client.get(url, follow=True)
        is_html = response["Content-Type"].startswith("text/html")
        html = response.content.decode() if is_html else ""
        reader = Reader(html)
        crawl.pages.append(
            Page(
                person=person,
                url=url,
                found_on=found_on,
                status=response.status_code,
                headers={name.lower(): value for name, value in response.items()},
                html=html,
                words=reader.pieces,
                title=reader.title.strip(),
                lang=reader.lang,
                is_part=is_part and "<html" not in html,
            )
        )
        for link, loaded in [(one, False) for one in reader.links] + [
            (one, True) for one in reader.parts
        ]:
            target = urljoin(url, link).partition("#")[0]
            parts = urlsplit(target)
            crawl.seen_urls.setdefault(target, url)
            if parts.scheme or parts.netloc or target in known:
                continue
            known.add(target)
            if not target.startswith(NOT_FOLLOWED):
                todo.append((target, url, loaded))


def case_addresses(matters: Any, notice: Notice, reader: int) -> dict[str, str]:
    """Every address of the case area and the API that names one matter, for these matters."""
    about = {
        "report": matters.report.pk,
        "child": matters.report.child_id,
        "investigation": matters.investigation.pk,
        "intervention": matters.intervention.pk,
        "note": matters.note.pk,
        "notice": notice.pk,
    }
    special = {
        "intervention_grant": matters.investigation.pk,
        "disclosure_new": matters.investigation.pk,
    }
    addresses = {}
    resolver = get_resolver()
    everything = [("", name, resolver.reverse_dict.getlist(name)) for name in resolver.reverse_dict]
    _prefix, api = resolver.namespace_dict["api"]
    everything += [("api:", name, api.reverse_dict.getlist(name)) for name in api.reverse_dict]
    for space, name, ways in everything:
        if not isinstance(name, str) or name.startswith(("organisation", "account")):
            continue
        parameters = ways[0][0][0][1]
        stem = re.split("[_-]", name)[0].removesuffix("s")
        pk = special.get(name, about.get(stem))
        if "pk" not in parameters or pk is None:
            continue
        arguments = {"pk": pk}
        if "reader" in parameters:
            arguments["reader"] = reader
        if "guardian_pk" in parameters:
            guardian = Guardian.objects.filter(child=pk).first()
            arguments["guardian_pk"] = guardian.pk if guardian else 1
        # Another record of the child, or a merging: there is none.
        given = {"other_pk": 1, "merge_pk": 1, "entry": 1, "entry_kind": "risk"}
        arguments |= {one: value for one, value in given.items() if one in parameters}
        addresses[space + name] = reverse(space + name, kwargs=arguments)
    return addresses


def client_for(user: Any) -> Client:
    client = Client(headers={"accept-language": "sv"})
    client.force_login(user)
    return client


@pytest.fixture(scope="module")
def crawl(django_db_setup: None, django_db_blocker: Any) -> Crawl:
    """Every page of everybody, read once; what was written for it is rolled back."""
    found = Crawl()
    with (
        django_db_blocker.unblock(),
        time_machine.travel(NOW, tick=False),
        transaction.atomic(),
    ):
        world = World()
        matters = populate(world, date(2026, 7, 10))
        measure(world, date(2026, 7, 10))
        found.people = list(world.people)
        for person, user in world.people.items():
            client = client_for(user)
            walk(client, person, found)
        owners = {HERE: world.main, THERE: world.other_worker}
        for person, marker in STRANGERS.items():
            client = client_for(world.people[person])
            notice = Notice.objects.filter(recipient=owners[marker]).earliest("pk")
            addresses = case_addresses(matters[marker], notice, owners[marker].pk)
            for name, url in addresses.items():
                for method in ("get", "post") if person in WRITING else ("get",):
                    answer = getattr(client, method)(url, content_type="application/json")
                    found.refused[person, name, method] = (
                        answer.status_code,
                        answer.content.decode(),
                    )
        transaction.set_rollback(True)
    return found


def listed(pages: Any) -> str:
    return "\n".join(f"{p.person}: {p.url} (from {p.found_on}): {p.status}" for p in pages)


def test_every_link_anybody_sees_opens(crawl: Crawl) -> None:
    assert not (wrong := [page for page in crawl.pages if page.status != 200]), listed(wrong)


def test_what_is_not_ones_own_is_not_found_whichever_way_it_is_asked_for(crawl: Crawl) -> None:
    """Every address of the other unit's matters, for reading and writing, by name and by role."""
    methods: dict[str, dict[str, set[int]]] = {}
    for (_person, name, method), (status, _body) in crawl.refused.items():
        methods.setdefault(name, {}).setdefault(method, set()).add(status)
    assert len(methods) > 45
    for name, found in methods.items():
        # The same to everybody; where a page takes only one method, the other is no news.
        assert {404} in found.values(), name
        assert all(statuses in ({404}, {405}) for statuses in found.values()), name


def test_a_refusal_tells_nothing(crawl: Crawl) -> None:
    told = [
        asked
        for asked, (_status, body) in crawl.refused.items()
        if STRANGERS[asked[0]] in body or re.search(r"\b20\d\d-[A-Z]?\d{4}", body)
    ]
    assert told == []


def test_no_page_names_a_child_of_another_unit(crawl: Crawl) -> None:
    for page in crawl.pages:
        for marker, number in NUMBERS.items():
            digits = number.replace("-", "")
            if page.person in ABOVE or (page.person in OTHERS) == (marker == HERE):
                shown = [text for text in (marker, number, digits) if text in page.html]
                assert not shown, listed([page])


def test_the_names_are_there_to_be_seen_by_those_who_work_with_them(crawl: Crawl) -> None:
    seen = {
        (person, marker)
        for person, marker in (("head", HERE), ("main", HERE), ("other_head", THERE))
        if any(marker in page.html for page in crawl.pages if page.person == person)
    }
    assert seen == {("head", HERE), ("main", HERE), ("other_head", THERE)}


def test_nothing_personal_stands_in_an_address_or_a_title(crawl: Crawl) -> None:
    personal = re.compile("|".join([HERE, THERE, "Alva", r"Barn\d", r"\d{8}-?\d{4}", LONG]))
    wrong = {(page.url, page.title) for page in crawl.pages if personal.search(page.title)}
    wrong |= {(url, on) for url, on in crawl.seen_urls.items() if personal.search(unquote(url))}
    assert wrong == set()


def test_every_page_is_swedish_guarded_and_leaves_nothing_behind(crawl: Crawl) -> None:
    pages = [page for page in crawl.pages if page.headers["content-type"].startswith("text/html")]
    assert len(pages) > 300
    for page in pages:
        where = listed([page])
        if not page.is_part:
            assert page.title, where
            assert page.lang == "sv", where
        assert "script-src 'self'" in page.headers["content-security-policy"], where
        assert "unsafe" not in page.headers["content-security-policy"], where
        assert "no-store" in page.headers["cache-control"], where
        assert not re.search(r"<(?:style|script)(?![^>]*(?: src=|/json))[^>]*>", page.html), where
        assert not re.search(r"\s(?:style|on[a-z]+)=\"", page.html), where


def test_no_page_says_a_day_as_machines_write_it(crawl: Crawl) -> None:
    """Days are said in one form, as people say them; in fields and for machines they are codes."""
    iso = re.compile(r"\b(?:19|20)\d\d-[01]\d(?:-[0-3]\d)?(?![\w-])")
    first = {piece: page.url for page in reversed(crawl.pages) for piece in page.words}
    wrong = {piece[:80]: url for piece, url in first.items() if iso.search(piece)}
    assert wrong == {}
    said = re.compile(r"\b(?:mån|tis|ons|tors|fre|lör|sön) \d{1,2} [a-zåäö]{3,9}\b")
    assert sum(bool(said.search(piece)) for piece in first) > 50


def english_texts() -> list[str]:
    """The pieces of our own English sources, without placeholders, that Swedish never has."""
    pieces: set[str] = set()
    swedish: list[str] = []
    for path in sorted(settings.BASE_DIR.glob("locale/sv/LC_MESSAGES/**/*.po")):
        for entry in polib.pofile(str(path)):
            swedish += [entry.msgstr, *entry.msgstr_plural.values()]
            for source in filter(None, (entry.msgid, entry.msgid_plural)):
                for piece in re.split(r"%\(\w+\)[sd]|[{]\w*[}]|\n", source):
                    if len(piece.strip()) > 12:
                        pieces.add(piece.strip())
    said = "\n".join(swedish)
    return sorted(piece for piece in pieces if piece not in said)


def test_no_english_is_left_on_a_swedish_page(crawl: Crawl) -> None:
    texts = english_texts()
    assert len(texts) > 500
    # People here are called after their roles.
    names = re.compile("|".join(rf"\b{name}(?: Test)?\b" for name in crawl.people), re.IGNORECASE)
    figures = re.compile(r"\b[a-z_]+\.[a-z0-9_]+\b")  # their permanent codes
    source = re.compile("|".join(rf"\b{re.escape(text)}" for text in texts))
    common = re.compile(r"\b(?:the|this|your|with|please|from|which|not|and|has)\b", re.IGNORECASE)
    # Most pieces stand on many pages: each is looked at once.
    first = {piece: page.url for page in reversed(crawl.pages) for piece in page.words}
    wrong = {}
    for piece, url in first.items():
        text = names.sub("", figures.sub("", piece))
        for pattern in (source, common):
            if found := pattern.search(text):
                around = text[max(0, found.start() - 30) : found.end() + 30]
                wrong.setdefault(around, url)
    assert wrong == {}


def test_everybody_has_a_start_page_with_a_way_on(crawl: Crawl) -> None:
    read = Counter(page.person for page in crawl.pages)
    assert set(read) == set(crawl.people)
    assert min(read.values()) >= 3
