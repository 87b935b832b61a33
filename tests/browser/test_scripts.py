"""Each module of static/js in real Chromium, on a page of a few lines: no server, no database.

A page of its own origin is answered from here, and so are its scripts, straight from their folder.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

pytestmark = pytest.mark.browser

SCRIPTS = Path(__file__).parents[2] / "static" / "js"
ORIGIN = "http://page.test"
WORDS = (
    '{"counter": "{0} of {1}", "counterOver": "{0} too many", "chosen": "chosen {0}",'
    ' "rowAdded": "row {0} added", "sending": "sending", "draftSaved": "saved {0}",'
    ' "draftRestored": "restored {0}", "draftDiscard": "discard", "netGone": "gone",'
    ' "netDown": "down", "netError": "error"}'
)
CONFIRM = """<dialog id="confirm"><p data-confirm-text></p><button data-confirm-yes>Yes</button>
    <button data-dialog-close>No</button></dialog>"""


class Site:
    """What the browser asks for, and what it is told. A path in `held` leads nowhere."""

    def __init__(self, context: Any) -> None:
        self.context = context
        self.html = ""
        self.answers: dict[str, str] = {}
        self.held: set[str] = set()
        self.asked: list[Any] = []
        self.wrong: list[str] = []
        context.route("**/*", self.answer)

    def answer(self, route: Any) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/js/"):
            text = (SCRIPTS / path.removeprefix("/js/")).read_text(encoding="utf-8")
            return route.fulfill(body=text, content_type="text/javascript; charset=utf-8")
        if path == "/":
            return route.fulfill(body=self.html, content_type="text/html; charset=utf-8")
        if path == "/favicon.ico":
            return route.fulfill(status=204)
        self.asked.append(route.request)
        if path in self.held:
            return route.fulfill(status=204)
        return route.fulfill(body=self.answers.get(path, "{}"), content_type="text/plain")

    def open(self, content: str, *modules: str, body: str = "", width: int = 800) -> Any:
        """A page with this content and these modules, run."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.set_viewport_size({"width": width, "height": 600})
        scripts = "".join(
            f'<script type="module" src="/js/{name}.js"></script>' for name in modules
        )
        self.html = (
            f'<!DOCTYPE html><html lang="sv"><body {body}>{content}'
            '<div id="live" role="status"></div>'
            f'<script id="ui-strings" type="application/json">{WORDS}</script>{scripts}'
        )
        self.asked.clear()
        page.goto(f"{ORIGIN}/")
        return page


@pytest.fixture(scope="module")
def context(chromium: Any) -> Iterator[Any]:
    made = chromium.new_context(locale="sv-SE", timezone_id="Europe/Stockholm")
    made.set_default_timeout(5_000)
    yield made
    made.close()


@pytest.fixture
def site(context: Any) -> Iterator[Site]:
    made = Site(context)
    yield made
    context.unroute_all()
    for page in context.pages:
        page.close()
    context.clear_cookies()
    assert made.wrong == []


@pytest.fixture
def show(site: Site) -> Callable[..., Any]:
    return site.open


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.name"))


def test_the_page_loads_every_module_it_names(show: Any) -> None:
    page = show("<p>Here</p>", "app")
    loaded = page.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
    named = set(re.findall(r"\./(.+\.js)", (SCRIPTS / "app.js").read_text(encoding="utf-8")))
    assert named <= {Path(urlsplit(url).path).name for url in loaded}


def test_a_dialog_opens_at_its_first_field_and_closes(show: Any) -> None:
    page = show(
        """<button data-dialog-open="#d">Open</button><dialog id="d"><button data-dialog-close
        id="x">x</button><div class="dialog-body"><input id="first"></div></dialog>""",
        "dialogs",
    )
    page.click("text=Open")
    assert page.locator("#d").evaluate("one => one.open")
    assert focused(page) == "first"
    page.click("#x")
    assert not page.locator("#d").evaluate("one => one.open")
    page.click("text=Open")
    page.mouse.click(2, 2)  # beside it
    assert not page.locator("#d").evaluate("one => one.open")


def test_what_has_a_question_is_sent_only_after_yes(site: Site, show: Any) -> None:
    page = show(
        f"""<form method="post" action="/sent" data-confirm="Sure?"><button id="go">Send</button>
        </form>{CONFIRM}""",
        "confirm",
        "dialogs",
    )
    page.click("#go")
    assert page.locator("[data-confirm-text]").inner_text() == "Sure?"
    page.click("[data-dialog-close]")
    page.wait_for_function("document.activeElement.id === 'go'")
    assert site.asked == []
    page.click("#go")
    page.click("[data-confirm-yes]")
    page.wait_for_url("**/sent")
    assert [one.method for one in site.asked] == ["POST"]


def test_a_link_with_a_question_leads_on_after_yes(show: Any) -> None:
    page = show(f'<a href="/gone" data-confirm="Leave?">Leave</a>{CONFIRM}', "confirm", "dialogs")
    page.click("text=Leave")
    assert page.url == f"{ORIGIN}/"
    page.click("[data-confirm-yes]")
    page.wait_for_url("**/gone")


def test_a_form_is_sent_once(site: Site, show: Any) -> None:
    site.held.add("/sent")
    page = show(
        """<form method="post" action="/sent"><input required><button id="go" name="b" value="1">
        Send</button></form><a href="/no" aria-disabled="true">Not yours</a>""",
        "send-once",
    )
    page.click("text=Not yours", force=True)
    assert page.url == f"{ORIGIN}/"
    assert page.locator("form").evaluate("one => one.noValidate")
    page.evaluate("""() => {
        window.sent = 0;
        addEventListener("submit", (event) => (window.sent += !event.defaultPrevented));
        for (const _ of [1, 2, 3]) document.getElementById("go").click();
    }""")
    page.locator("#go.is-sending:disabled").wait_for()
    assert page.evaluate("window.sent") == 1
    assert page.locator("#live").inner_text() == "sending"
    assert [one.post_data for one in site.asked] == ["b=1"]


def test_all_boxes_are_ticked_at_once_and_counted(show: Any) -> None:
    box = '<input type="checkbox" class="one" data-counted>'
    page = show(
        f"""<form><label hidden><input type="checkbox" id="all" data-check-all=".one"></label>
        {box}{box}<span data-check-count></span></form>""",
        "tick-all",
    )
    page.check("#all")
    assert page.locator("[data-check-count]").inner_text() == "chosen 2"
    page.locator(".one").first.uncheck()
    assert page.locator("#all").evaluate("one => [one.checked, one.indeterminate]") == [False, True]
    assert page.locator("[data-check-count]").inner_text() == "chosen 1"


def test_a_field_counts_and_takes_more_than_it_may(show: Any) -> None:
    page = show('<textarea maxlength="5"></textarea>', "counter")
    page.locator("textarea").press_sequentially("abcd")
    assert page.locator(".counter").inner_text() == "4 of 5"
    page.locator("textarea").press_sequentially("efg")
    assert page.locator(".counter.over").inner_text() == "2 too many"


PEOPLE = {
    "Åsa Öhrn": "asaohrn ohrn",
    "Mikael Ström-Hammar": "mikaelstromhammar stromhammar hammar",
    "Leyla D'Souza": "leyladsouza dsouza souza",
    "Kim Berg": "kimberg berg",
    "Anna-Lisa Ek": "annalisaek lisaek ek",
    "Anna Ek": "annaek ek",
    "Maria Perić": "mariaperic peric",
    "Ali Berglund": "aliberglund berglund",
}


def picker(names: dict[str, str]) -> str:
    options = "".join(
        f'<option value="{n}" data-name="{keys}">{name}: {n} öppna</option>'
        for n, (name, keys) in enumerate(names.items(), start=1)
    )
    return f"""<form action="/sent"><label for="who">Handläggare</label>
        <select id="who" name="who" data-names required><option value="">Välj</option>{options}
        </select><button id="go">Spara</button></form>"""


def left(page: Any) -> list[str]:
    shown = page.locator("#who option").all_inner_texts()
    return [text.partition(":")[0] for text in shown if text != "Välj"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("berg", ["Kim Berg", "Ali Berglund"]),
        ("ÅSA", ["Åsa Öhrn"]),
        ("ohrn", ["Åsa Öhrn"]),
        ("dsouza", ["Leyla D'Souza"]),
        ("d’souza", ["Leyla D'Souza"]),
        ("anna lisa", ["Anna-Lisa Ek"]),
        ("Ek, Anna", ["Anna-Lisa Ek", "Anna Ek"]),
        ("hammar mik", ["Mikael Ström-Hammar"]),
        ("peric", ["Maria Perić"]),
        ("A\u030asa", ["Åsa Öhrn"]),
        ("erg", []),
    ],
)
def test_part_of_a_name_is_typed_where_people_are_chosen(
    show: Any, typed: str, found: list[str]
) -> None:
    page = show(picker(PEOPLE), "pickers")
    page.get_by_label("Handläggare: pickType").fill(typed)
    assert left(page) == found
    chosen = page.locator("#who").evaluate("one => one.selectedOptions[0].text.split(':')[0]")
    assert chosen == (found[0] if len(found) == 1 else "Välj")


def test_a_picker_is_used_by_the_keyboard_alone(site: Site, show: Any) -> None:
    site.held.add("/sent")
    page = show(picker(PEOPLE), "pickers")
    page.evaluate("addEventListener('change', () => (window.changes = (window.changes || 0) + 1))")
    typed = page.get_by_label("Handläggare: pickType")
    typed.focus()
    page.keyboard.type("berg")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.locator("#live").inner_text() == "Ali Berglund: 8 öppna"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert focused(page) == "who"
    assert typed.input_value() == ""
    assert len(left(page)) == len(PEOPLE)  # the whole list is there again
    assert page.locator("#who").input_value() == "4"
    assert page.evaluate("window.changes") == 3
    assert site.asked == []  # Enter chose; it did not send
    # What is chosen stays when something else is looked for and given up.
    typed.fill("souza x")
    assert page.locator("#who").input_value() == "4"
    page.keyboard.press("Escape")
    assert page.locator("#who").input_value() == "4"
    page.click("#go")
    assert [urlsplit(one.url).query for one in site.asked] == ["who=4"]


def test_few_people_are_a_plain_list(show: Any) -> None:
    page = show(picker(dict(list(PEOPLE.items())[:3])), "pickers")
    assert page.locator("input").count() == 0
    without = show(picker(PEOPLE))
    assert without.locator("input").count() == 0
    without.select_option("#who", "3")
    assert without.locator("#who").input_value() == "3"


def test_what_htmx_swaps_in_is_prepared_too(show: Any) -> None:
    page = show('<div id="place"></div>', "counter")
    page.evaluate("""() => {
        const place = document.getElementById("place");
        place.innerHTML = '<textarea maxlength="5"></textarea>';
        place.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
    }""")
    assert page.locator("#place .counter").inner_text() == "0 of 5"


ROW = """<div data-formset-row><b data-formset-number></b><input name="kid-{n}-name">{extra}
    <button type="button" data-formset-remove>Remove</button></div>"""


def formset(*extra: str) -> str:
    rows = "".join(ROW.format(n=n, extra=one) for n, one in enumerate(extra))
    return f"""<form method="post" action="/sent" data-draft="k" data-draft-url="/draft">
        <div data-formset="kid"><input type="hidden" name="kid-TOTAL_FORMS" value="{len(extra)}">
        <div data-formset-rows>{rows}</div>
        <template>{ROW.format(n="__prefix__", extra="")}</template>
        <button type="button" data-formset-add>Add</button></div>
        <div class="form-actions"></div></form>"""


def test_rows_are_added_and_removed(show: Any) -> None:
    page = show(formset(""), "rows")
    page.click("text=Add")
    assert page.locator("[name=kid-TOTAL_FORMS]").input_value() == "2"
    assert focused(page) == "kid-1-name"
    assert page.locator("[data-formset-number]").all_inner_texts()[1] == "2"
    page.fill("[name=kid-1-name]", "Nils")
    page.locator("[data-formset-remove]").first.click()
    # The one that is left is the first now, by number and by name.
    assert page.locator("[name=kid-TOTAL_FORMS]").input_value() == "1"
    assert page.locator("[name=kid-0-name]").input_value() == "Nils"


def test_a_row_that_is_saved_is_marked_and_hidden(show: Any) -> None:
    page = show(formset('<input type="hidden" name="kid-0-DELETE">', ""), "rows")
    page.locator("[data-formset-remove]").first.click()
    assert page.locator("[name=kid-0-DELETE]").input_value() == "on"
    assert not page.locator("[data-formset-row]").first.is_visible()
    assert page.locator("[name=kid-TOTAL_FORMS]").input_value() == "2"


KEYS = """<input id="search"><dialog id="shortcuts"></dialog><a class="brand" href="/start">J</a>
    <form method="post" action="/sent"><textarea></textarea><button>Send</button></form>"""


def test_keys_lead_to_search_help_start_and_send(show: Any) -> None:
    page = show(KEYS, "shortcuts", body='data-letter-shortcuts="on"')
    page.keyboard.press("/")
    assert focused(page) == "search"
    page.keyboard.press("?")  # typed into the field
    assert not page.locator("#shortcuts").evaluate("one => one.open")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    assert page.locator("#shortcuts").evaluate("one => one.open")
    page.keyboard.press("Escape")
    page.focus("textarea")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/sent")
    page = show(KEYS, "shortcuts", body='data-letter-shortcuts="on"')
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url("**/start")


def test_single_letters_can_be_turned_off(show: Any, context: Any) -> None:
    choice = '<input type="checkbox" checked data-letter-shortcuts-choice>'
    page = show(KEYS + choice, "shortcuts", body='data-letter-shortcuts="on"')
    page.uncheck("[data-letter-shortcuts-choice]")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    assert focused(page) != "search"
    assert {one["name"]: one["value"] for one in context.cookies()} == {"shortcuts": "off"}


def test_alt_n_adds_a_row(show: Any) -> None:
    page = show(formset(""), "shortcuts")
    page.keyboard.press("Alt+n")
    assert focused(page) == "kid-1-name"


def test_the_reader_is_taken_to_what_is_wrong_and_to_its_field(show: Any) -> None:
    page = show(
        """<input data-autofocus><div id="wrong" tabindex="-1" data-error-summary>
        <a href="#f">Fix</a></div><div id="f" class="field"><input id="field"></div>""",
        "errors",
    )
    assert focused(page) == "wrong"
    page.click("text=Fix")
    assert focused(page) == "field"
    assert page.url == f"{ORIGIN}/"


def test_without_errors_writing_begins_where_the_page_says(show: Any) -> None:
    assert focused(show('<input id="a"><input id="b" data-autofocus>', "errors")) == "b"


def test_what_is_typed_is_kept_on_the_server(site: Site, show: Any) -> None:
    page = show(formset(""), "drafts")
    with page.expect_request(lambda one: one.method == "POST"):
        page.fill("[name=kid-0-name]", "Alva")
    page.get_by_text("saved").wait_for()
    sent = parse_qs(site.asked[-1].post_data)
    assert sent["key"] == ["k"]
    assert '"kid-0-name":["Alva"]' in sent["data"][0]
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


@pytest.mark.parametrize(
    ("field", "kept"),
    [
        ("<textarea></textarea>", True),
        ('<input type="password">', False),
        ('<input type="text" autocomplete="one-time-code">', False),
    ],
)
def test_every_form_with_words_has_a_draft_but_what_proves_who_one_is(
    show: Any, field: str, kept: bool
) -> None:
    form = f'<main><form method="post" action="/x"><input name="a">{field}</form></main>'
    page = show(form, "drafts", body='data-draft-url="/draft"')
    page.wait_for_function("document.readyState === 'complete'")
    assert page.locator("form[data-draft]").count() == kept


def test_a_draft_comes_back_with_its_rows_and_can_be_discarded(site: Site, show: Any) -> None:
    site.answers["/draft"] = (
        '{"saved_at": "2026-03-02T09:00:00Z", "data": {"kid-TOTAL_FORMS": ["2"],'
        ' "kid-0-name": ["Alva"], "kid-1-name": ["Nils"]}}'
    )
    page = show(formset(""), "drafts")
    page.get_by_text("restored").wait_for()
    names = "[...document.querySelectorAll('[data-formset-rows] input')].map(one => one.value)"
    assert page.evaluate(names) == ["Alva", "Nils"]
    page.click("text=discard")
    page.locator(".draft-bar").wait_for(state="detached")
    assert page.evaluate(names) == [""]
    assert parse_qs(site.asked[-1].post_data, keep_blank_values=True)["data"] == [""]


def test_what_the_server_does_not_answer_is_said(show: Any) -> None:
    page = show(
        """<div id="net-alert" hidden><span data-net-text></span><button data-net-retry>Again
        </button><button data-net-close>Close</button></div>""",
        "network",
    )
    fail = """([name, status, verb]) => document.dispatchEvent(new CustomEvent(name, { detail: {
        xhr: { status }, elt: document.body, requestConfig: { verb, path: "/x", headers: {} } } }
        ))"""
    page.evaluate(fail, ["htmx:responseError", 404, "get"])
    assert page.locator("[data-net-text]").inner_text() == "gone"
    assert not page.locator("[data-net-retry]").is_visible()
    # What was posted may have been done: only what was read is asked for again.
    page.evaluate(fail, ["htmx:responseError", 500, "post"])
    assert not page.locator("[data-net-retry]").is_visible()
    page.evaluate(fail, ["htmx:responseError", 500, "get"])
    assert page.locator("[data-net-retry]").is_visible()
    page.click("text=Close")
    page.evaluate(fail, ["htmx:sendError", 0, "get"])
    assert page.locator("[data-net-text]").inner_text() == "down"
    page.evaluate("""() => document.dispatchEvent(new CustomEvent("htmx:afterRequest", { detail: {
        successful: true, requestConfig: { headers: {} } } }))""")
    assert not page.locator("#net-alert").is_visible()


SESSION = """<dialog id="session-dialog"><p data-session-when="idle">Soon
    <b data-session-clock></b></p><p data-session-when="over">Over</p>
    <button data-session-stay>Stay</button></dialog>"""


def test_the_session_warns_can_be_kept_and_ends(chromium: Any) -> None:
    body = 'data-session-seconds="600" data-session-who="1" data-keepalive-url="/alive"'
    # A clock of the test's own stays in a context for good.
    site = Site(chromium.new_context(locale="sv-SE"))
    site.context.clock.install()
    page = site.open(SESSION, "session", body=body)
    # Its seconds go on by themselves, too: a slow machine is some of them further.
    page.clock.run_for(270_000)
    assert not page.locator("dialog").is_visible()
    page.clock.run_for(31_000)
    assert re.fullmatch(r"4:[345]\d", page.locator("[data-session-clock]").inner_text())
    page.click("text=Stay")
    page.locator("dialog").wait_for(state="hidden")
    assert urlsplit(site.asked[-1].url).path == "/alive"
    page.clock.run_for(601_000)
    assert page.get_by_text("Over").is_visible()
    assert page.locator("body.session-over").count() == 1
    site.context.close()
    assert site.wrong == []


TABS = "".join(
    f'<li><a href="/{n}"{" aria-current=page" if n == 9 else ""}>Page number {n}</a></li>'
    for n in range(12)
)


def test_a_row_of_tabs_begins_at_the_one_that_is_open(show: Any) -> None:
    style = "<style>ul{display:flex;gap:1rem}a{white-space:nowrap}.tabs{overflow-x:auto}</style>"
    page = show(f'{style}<nav class="tabs"><ul>{TABS}</ul></nav>', "tabs", width=390)
    row, tab = page.locator(".tabs").bounding_box(), page.locator("[aria-current]").bounding_box()
    assert row["x"] <= tab["x"]
    assert tab["x"] + tab["width"] <= row["x"] + row["width"]
    assert page.evaluate("[scrollX, scrollY]") == [0, 0]


def test_a_theme_is_painted_at_once_and_remembered(show: Any, context: Any) -> None:
    page = show('<input type="radio" value="dark" data-theme-choice>', "theme-choice")
    page.check("[data-theme-choice]")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    assert {one["name"]: one["value"] for one in context.cookies()} == {"theme": "dark"}


def test_the_page_prints_with_its_time(show: Any) -> None:
    page = show("<button data-print>Print</button><i data-print-time></i>", "printing")
    page.evaluate("window.print = () => dispatchEvent(new Event('beforeprint'))")
    page.click("text=Print")
    assert re.search(r"\d{4}.*\d\d:\d\d", page.locator("[data-print-time]").inner_text())


def test_words_chosen_in_a_text_fill_in_where_they_stand(show: Any) -> None:
    page = show(
        """<p data-redactable>Å😀 <mark><i data-skip>[masked: </i>Bo</mark> <b id="w">Alva</b></p>
        <form data-redact-form><input name="phrase"><input name="start"><input name="end">
        </form>""",
        "disclosure",
    )
    page.evaluate("""() => { const text = document.getElementById("w").firstChild;
        getSelection().setBaseAndExtent(text, 0, text, 4); }""")
    page.wait_for_function("document.querySelector('[name=phrase]').value === 'Alva'")
    places = [page.locator(f"[name={name}]").input_value() for name in ("start", "end")]
    assert places == ["6", "10"]
    page.fill("[name=phrase]", "Al")
    assert page.locator("[name=start]").input_value() == ""


def test_a_letter_chooses_and_feedback_is_asked_of_those_bound_to_report(show: Any) -> None:
    page = show(
        """<form data-report data-mandated="school"><div data-pick>
        <label><input type="radio" name="reporter_category" value="neighbour">Granne</label>
        <label><input type="radio" name="reporter_category" value="school">Skola</label></div>
        <p data-when-mandated><input type="checkbox" id="wants"></p></form>""",
        "report",
    )
    assert not page.locator("#wants").is_visible()
    page.locator("[value=neighbour]").focus()
    page.keyboard.press("s")
    assert page.locator("[value=school]").is_checked()
    assert page.locator("#wants").is_visible()
