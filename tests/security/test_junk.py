"""NUL, endless text, broken UTF-8 and wild numbers in every parameter and every field of every
page: an answer that says so, never a defect."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest
from django.db import transaction

from tests.factories.populated import HERE
from tests.security.conftest import Address, Stage, about, addresses, matter_ids

ASKED = [
    "page",
    "page_size",
    "sort",
    "order",
    "q",
    "status",
    "unit",
    "group",
    "kind",
    "on",
    "from",
    "to",
    "until",
    "by",
    "month",
    "year",
    "format",
    "next",
    "for",
    "parent",
    "state",
    "role",
    "node",
    "tab",
    "notes",
    "mine",
    "late",
    "before",
    "after",
    "part",
    "handler",
    "child",
    "week",
    "reason",
]
"""Names that questions of pages have; those of the page's own fields are added."""
BAD = {
    "nul": "%00a%00",
    "broken": "%ff%fe%c3%28",
    "endless": "9" * 3000,
    "wild": "-99999999999999999999999999",
    "odd": quote(
        "'\";--<script>{{7*7}}%s\u202e\ud83d\ude00".encode("utf-16", "surrogatepass").decode(
            "utf-16"
        )
    ),
}
_NAMES = re.compile(r'name="([^"]+)"')


def names_on(page: str) -> set[str]:
    return {name for name in _NAMES.findall(page) if name != "csrfmiddlewaretoken"}


def tried(client: Any, address: Address, url: str) -> dict[tuple[str, str, str], int]:
    """The defects, by address, method and kind of junk."""
    client.raise_request_exception = False
    page = client.get(url)
    text = "" if page.streaming else page.content.decode(errors="replace")
    fields = names_on(text) | {"q", "row", "key", "payload"}
    found = {}
    for kind, junk in BAD.items():
        for method, names in (("get", {*ASKED, *names_on(text)}), ("post", fields)):
            sent = "&".join(f"{quote(name)}={junk}" for name in sorted(names))
            point = transaction.savepoint()
            if method == "get":
                answer = client.get(f"{url}?{sent}")
            else:
                answer = client.post(url, sent, content_type="application/x-www-form-urlencoded")
            transaction.set_rollback(False)  # after an error of the database nothing else works
            transaction.savepoint_rollback(point)
            if answer.status_code >= 500:
                found[address.name, method, kind] = answer.status_code
    return found


OTHERWISE_TO_EACH = {"child", "dashboard", "home", "investigation", "report", "search", "todo"}
"""Pages with other fields to another role: everybody sends junk to them."""
PEOPLE = ("head", "main", "reception", "sysadmin")
PARTS = 3
"""Of the addresses, for different processes."""


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_junk_is_answered(scene: Stage, settings: Any, part: int) -> None:
    """Each address is sent junk by the first who may open it, or send to it; else by the head."""
    settings.PAGE_RATES = {"search": "100000/min", "export": "100000/min"}
    ids = matter_ids(scene, HERE)
    clients = {person: scene.client(person) for person in PEOPLE}
    found: dict[tuple[str, str, str], int] = {}
    for address in addresses()[part::PARTS]:
        if address.name.startswith(("api:", "account_logout", "own_sessions_end", "readyz")):
            continue  # has tests of its own; would end the session (2); says what is away (503)
        url = address.at(pk=about(address, ids) or 1)
        people = list(PEOPLE)
        if address.name not in OTHERWISE_TO_EACH:
            let_in = (one for one in PEOPLE if clients[one].get(url).status_code in (200, 405))
            people = [next(let_in, "head")]
        for person in people:
            found |= tried(clients[person], address, url)
    assert found == {}
