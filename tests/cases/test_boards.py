"""Boards: the dashboard, the list of deadlines, allocation, documents to read, notices."""

import io
import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from audits.topics import LOG_CHECK_OPENED, LOG_CHECK_REVIEWER, TRAIL_BROKEN
from cases.deadlines.models import Deadline
from cases.enums import NoticeKind
from cases.investigations import services as investigations
from cases.investigations.models import DOCUMENT_PARTS, DecisionDocument, Investigation
from cases.notices.models import Notice
from core.models import TrailEntry, TrailKind
from organisation.enums import AbsenceReason
from organisation.models import Absence, User
from organisation.permissions import access_for
from tests.factories import World, moment

Clock = Callable[[str], None]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Set when the requests come in: the middleware is the only reader of the clock."""

    class Now:
        text = ""

        @staticmethod
        def now() -> object:
            return moment(Now.text)

    def travel(text: str) -> None:
        Now.text = text
        monkeypatch.setattr("organisation.views.middleware.timezone", Now)

    return travel


@pytest.fixture
def client() -> Client:
    return Client(headers={"accept-language": "en"})


def page(client: Client, user: User, url: str, status: int = 200) -> str:
    client.force_login(user)
    response = client.get(url)
    assert response.status_code == status
    return response.content.decode()


def submitted(world: World, investigation: Investigation, when: str) -> None:
    investigations.write_document(
        investigation.pk,
        parts=dict.fromkeys(DOCUMENT_PARTS, "Text."),
        by=world.main,
        at=moment(when),
    )
    investigations.submit_document(investigation.pk, by=world.main, at=moment(when))


# Who may open what

BOARDS = ["/dashboard/", "/allocation/", "/to-read/"]


@pytest.mark.parametrize("url", BOARDS)
def test_boards_are_for_leaders(world: World, client: Client, at: Clock, url: str) -> None:
    at("2026-03-16 10:00")
    allowed = set()
    for name, user in world.people.items():
        client.force_login(user)
        response = client.get(url)
        assert response.status_code in {200, 403}
        if response.status_code == 200:
            allowed.add(name)
    assert allowed == {
        "leader",
        "leader2",
        "reception_leader",
        "head",
        "other_head",
        "other_leader",
    }


@pytest.mark.parametrize("url", [*BOARDS, "/deadlines/", "/notices/", "/notices/1/"])
def test_boards_need_a_login(db: None, client: Client, url: str) -> None:
    assert client.get(url).status_code == 302


@pytest.mark.parametrize("name", ["leader2", "other_head", "other_leader"])
def test_boards_show_nothing_of_other_groups(
    world: World, client: Client, at: Clock, name: str
) -> None:
    at("2026-08-20 10:00")
    given, waiting = world.investigation(), world.investigation(allocated=False)
    submitted(world, given, "2026-06-01")
    for url in (*BOARDS, "/deadlines/", "/deadlines/?status=overdue"):
        html = page(client, world.people[name], url)
        for one in (given, waiting):
            assert one.number not in html, url
            assert one.child.name not in html, url
    assert given.number in page(client, world.leader, "/deadlines/")


@pytest.mark.parametrize("name", ["department_head", "director", "sysadmin", "stranger"])
def test_deadline_list_is_empty_without_a_right_to_read(
    world: World, client: Client, at: Clock, name: str
) -> None:
    at("2026-08-20 10:00")
    one = world.investigation()
    html = page(client, world.people[name], "/deadlines/")
    assert one.number not in html
    assert "No deadline is open" in html


# The dashboard


def test_dashboard_counts_lead_to_their_rows(world: World, client: Client, at: Clock) -> None:
    at("2026-07-10 10:00")
    one = world.investigation()
    html = page(client, world.head, "/dashboard/")
    group = world.groups["barn-1"].pk
    url = f"/deadlines/?status=overdue&amp;group={group}"
    assert f'href="{url}"' in html
    listed = page(client, world.head, url.replace("&amp;", "&"))
    assert one.number in listed
    assert "1 row" in listed


def test_dashboard_of_a_leader_is_of_the_group(world: World, client: Client, at: Clock) -> None:
    at("2026-07-10 10:00")
    html = page(client, world.leader, "/dashboard/")
    assert "barn-1" in html
    assert "ungdom-1" not in html


def test_figures_of_a_leader_lead_to_the_group_alone(
    world: World, client: Client, at: Clock
) -> None:
    at("2026-07-10 10:00")
    one = world.investigation()
    other = world.investigation("2026-03-02", group="barn-2", allocated=False)
    group = world.groups["barn-1"].pk
    html = page(client, world.leader, "/dashboard/")
    of_kind = f"/deadlines/?status=overdue&amp;group={group}&amp;kind=investigation"
    for url in (
        f"/deadlines/?status=overdue&amp;group={group}",
        of_kind,
        f"/investigations/?group={group}",
    ):
        assert f'href="{url}"' in html, url
        listed = page(client, world.leader, url.replace("&amp;", "&"))
        assert one.number in listed
        assert other.number not in listed
    assert 'href="/deadlines/?status=overdue"' not in html


# The list of deadlines


def test_deadline_list_filters_by_status_kind_group_and_days(
    world: World, client: Client, at: Clock
) -> None:
    at("2026-07-10 10:00")
    late = world.investigation()  # due 2 July
    due = world.investigation("2026-03-20")  # due 20 July
    other = world.investigation("2026-03-21", group="barn-2", allocated=False)

    def listed(query: str) -> set[str]:
        html = page(client, world.head, f"/deadlines/?kind=investigation&{query}")
        return {one.number for one in (late, due, other) if one.number in html}

    assert listed("") == {late.number, due.number, other.number}
    assert listed("status=overdue") == {late.number}
    assert listed("status=due") == {due.number, other.number}
    assert listed(f"group={world.groups['barn-2'].pk}") == {other.number}
    assert listed("due_from=2026-07-03&due_to=2026-07-20") == {due.number}
    assert listed("status=met") == set()


def test_deadline_list_of_mine_includes_whom_i_stand_in_for(
    world: World, client: Client, at: Clock
) -> None:
    at("2026-03-16 10:00")
    one = world.investigation()
    url = "/deadlines/?handler=me&kind=investigation"
    assert one.number in page(client, world.main, url)
    assert one.number not in page(client, world.leader, url)
    assert one.number not in page(client, world.third, url)
    Absence.objects.create(
        user=world.main,
        from_on=date(2026, 3, 16),
        until_on=date(2026, 3, 17),
        reason=AbsenceReason.HOLIDAY,
        stand_in=world.third,
    )
    assert one.number in page(client, world.third, url)


def test_deadline_list_sorts_both_ways(world: World, client: Client, at: Clock) -> None:
    at("2026-03-30 10:00")
    first, last = world.investigation(), world.investigation("2026-03-20")
    url = "/deadlines/?kind=investigation&sort="
    html = page(client, world.head, url + "due")
    assert html.index(first.number) < html.index(last.number)
    html = page(client, world.head, url + "-due")
    assert html.index(last.number) < html.index(first.number)


@pytest.mark.parametrize(
    "query",
    [
        "due_from=2026-13-40",
        "due_from=2026-05-02&due_to=2026-05-01",
        "status=late",
        "kind=nothing",
        "group=x",
        "group=99999999999999999999",
        "handler=gruppledare",
    ],
)
def test_deadline_list_says_what_is_wrong_with_a_filter(
    world: World, client: Client, at: Clock, query: str
) -> None:
    at("2026-03-16 10:00")
    world.investigation()
    assert 'role="alert"' in page(client, world.head, f"/deadlines/?{query}", status=422)


def test_deadline_list_forgives_a_page_and_an_order_that_do_not_exist(
    world: World, client: Client, at: Clock
) -> None:
    at("2026-03-16 10:00")
    one = world.investigation()
    assert one.number in page(client, world.head, "/deadlines/?page=x&sort=name")


def test_deadline_list_is_logged_as_read(world: World, client: Client, at: Clock) -> None:
    at("2026-03-16 10:00")
    one = world.investigation()
    page(client, world.main, "/deadlines/")
    entry = TrailEntry.objects.get(action="deadline.list_read")
    assert set(entry.targets) >= set(one.matter.deadlines.values_list("pk", flat=True))


def test_export_has_numbers_but_no_names_of_children(
    world: World, client: Client, at: Clock
) -> None:
    at("2026-03-16 10:00")
    mine = world.investigation()
    other = world.investigation(group="barn-2", allocated=False)
    client.force_login(world.leader)
    response = client.get("/deadlines/?kind=investigation&format=xlsx")
    assert response.status_code == 200
    body = b"".join(response) if response.streaming else response.content
    cells = {str(cell.value) for row in load_workbook(io.BytesIO(body)).active for cell in row}
    assert mine.number in cells
    assert other.number not in cells
    assert mine.child.name not in cells
    assert TrailEntry.objects.get(kind=TrailKind.EXPORT).actor == world.leader


@pytest.mark.parametrize("name", ["main", "coordinator", "reception", "department_head"])
def test_export_is_refused_to_those_who_do_not_lead(
    world: World, client: Client, at: Clock, name: str
) -> None:
    at("2026-03-16 10:00")
    page(client, world.people[name], "/deadlines/?format=xlsx", status=403)
    assert not TrailEntry.objects.filter(kind=TrailKind.EXPORT).exists()


# Allocation


def give_form(investigation: Investigation, main: User, co: User, **more: object) -> dict:
    return {
        "main": main.pk,
        "co": co.pk,
        "from": "2026-03-16",
        "version": investigation.version,
        **more,
    }


def handlers(investigation: Investigation) -> dict[str, User]:
    return {row.part: row.user for row in investigation.matter.workers.current()}


def test_giving_a_case_to_a_pair(world: World, client: Client, at: Clock) -> None:
    at("2026-03-16 10:00")
    one = world.investigation(allocated=False)
    url = f"/investigations/{one.pk}/handlers/?from=allocation"
    assert "Main Test: 0 open, 1 after" in page(client, world.leader, url)
    response = client.post(url, give_form(one, world.main, world.co))
    assert (response.status_code, response["location"]) == (302, "/allocation/")
    assert handlers(one) == {"main": world.main, "co": world.co}


def test_the_absent_stand_in_the_list_but_cannot_be_chosen(
    world: World, client: Client, at: Clock
) -> None:
    at("2026-03-16 10:00")
    Absence.objects.create(
        user=world.third,
        from_on=date(2026, 3, 9),
        until_on=date(2026, 3, 20),
        reason=AbsenceReason.ILLNESS,
    )
    one = world.investigation(allocated=False)
    url = f"/investigations/{one.pk}/handlers/"
    html = page(client, world.leader, url)
    assert re.search(f'<option value="{world.third.pk}"[^>]* disabled', html)
    assert "Third Test: away until Fri 20 Mar" in html.replace("March", "Mar")
    response = client.post(url, give_form(one, world.main, world.third))
    assert response.status_code == 422
    assert handlers(one) == {}


@pytest.mark.parametrize("stranger", ["worker2", "other_worker", "reception", "stranger"])
def test_only_workers_of_the_group_can_be_chosen(
    world: World, client: Client, at: Clock, stranger: str
) -> None:
    at("2026-03-16 10:00")
    one = world.investigation(allocated=False)
    client.force_login(world.leader)
    response = client.post(
        f"/investigations/{one.pk}/handlers/", give_form(one, world.main, world.people[stranger])
    )
    assert response.status_code == 422
    assert handlers(one) == {}


def test_a_change_of_worker_needs_its_reason_and_keeps_what_was_typed(
    world: World, client: Client, at: Clock
) -> None:
    at("2026-03-16 10:00")
    one = world.investigation()
    client.force_login(world.leader)
    url = f"/investigations/{one.pk}/handlers/"
    form = give_form(one, world.third, world.co, handover_note="Skolan väntar svar.")
    refused = client.post(url, form)
    assert refused.status_code == 422
    assert "Skolan väntar svar." in refused.content.decode()
    response = client.post(url, {**form, "reason": "Föräldraledighet"})
    assert response.status_code == 302
    assert handlers(one) == {"main": world.third, "co": world.co}
    ended = one.matter.workers.get(user=world.main)
    assert (ended.until_on, ended.end_reason) == (date(2026, 3, 15), "Föräldraledighet")


def test_the_later_of_two_leaders_sees_what_the_first_has_done(
    world: World, client: Client, at: Clock
) -> None:
    at("2026-03-16 10:00")
    one = world.investigation(allocated=False)
    mine = give_form(one, world.third, world.co)
    investigations.assign_handlers(
        one.pk,
        main=world.main,
        co=world.co,
        from_on=date(2026, 3, 16),
        by=world.head,
        at=moment("2026-03-16"),
    )
    client.force_login(world.leader)
    response = client.post(f"/investigations/{one.pk}/handlers/", mine)
    html = response.content.decode()
    assert response.status_code == 409
    assert "Head Test saved this while you were writing" in html
    assert "Third Test" in html
    assert "Main Test" in html
    assert handlers(one) == {"main": world.main, "co": world.co}


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("leader", 200),
        ("head", 200),
        ("leader2", 404),
        ("other_head", 404),
        ("main", 403),
        ("coordinator", 403),
        ("department_head", 404),
        ("stranger", 404),
    ],
)
def test_who_may_give_out_a_case(
    world: World, client: Client, at: Clock, name: str, status: int
) -> None:
    at("2026-03-16 10:00")
    one = world.investigation()
    page(client, world.people[name], f"/investigations/{one.pk}/handlers/", status=status)


# To read


def test_documents_to_read_stand_by_their_last_day(world: World, client: Client, at: Clock) -> None:
    at("2026-05-04 10:00")
    later, sooner = world.investigation("2026-03-20"), world.investigation()
    submitted(world, later, "2026-05-01")
    submitted(world, sooner, "2026-05-02")
    html = page(client, world.leader, "/to-read/")
    assert html.index(sooner.number) < html.index(later.number)


# Notices


def notice(world: World, **fields: object) -> Notice:
    one = Investigation.objects.first() or world.investigation()
    given = {
        "recipient": world.leader,
        "kind": NoticeKind.TO_READ,
        "matter": one.matter,
        "created_at": moment("2026-03-15 08:00"),
        **fields,
    }
    return Notice.objects.create(**given)


def test_notices_stand_unread_first_and_without_names(
    world: World, client: Client, at: Clock
) -> None:
    at("2026-03-16 10:00")
    one = world.investigation()
    Notice.objects.all().delete()
    deadline = one.matter.deadlines.get()
    notice(world, read_at=moment("2026-03-16 09:00"), created_at=moment("2026-03-16 08:00"))
    notice(
        world,
        kind=NoticeKind.DEADLINE,
        deadline=deadline,
        rung="after",
        due_on=deadline.due_on,
        matter=None,
    )
    html = page(client, world.leader, "/notices/")
    assert html.index("overdue, last day was") < html.index("ready to read")
    assert html.count(one.number) >= 2
    assert one.child.name not in html
    assert "yesterday 08.00" in html


def test_many_notices_of_one_kind_and_day_are_one_line_that_opens(
    world: World, client: Client, at: Clock
) -> None:
    at("2026-03-16 10:00")
    Notice.objects.all().delete()
    cases = [world.investigation() for _ in range(4)]
    Notice.objects.all().delete()
    for hour, one in enumerate(cases, start=8):
        late = {"created_at": moment(f"2026-03-15 {hour:02}:00"), "recipient": world.leader}
        deadline = one.matter.deadlines.get()
        Notice.objects.create(kind="to_read", matter=one.matter, **late)
        Notice.objects.create(
            kind="deadline", deadline=deadline, rung="after", due_on=deadline.due_on, **late
        )
    # Of another day, and read: lines of their own.
    other = notice(world, kind="to_read", created_at=moment("2026-03-14 23:30"))
    read = notice(world, read_at=moment("2026-03-15 23:00"), created_at=moment("2026-03-15 07:00"))
    html = page(client, world.leader, "/notices/")
    found = re.findall(r"<summary>(.*?)</summary>", html, re.DOTALL)
    summaries = [" ".join(one.split()) for one in found]
    assert "4 deadlines: overdue" in summaries
    assert (
        f"The decision document of {cases[3].number} is ready to read, and 3 more of the same kind"
        in (summaries)
    )
    bundles = [one for one in summaries if "deadlines" in one or "same kind" in one]
    assert len(bundles) == 2
    for one in (*cases, other.matter, read.matter):
        assert one.number in html
    assert len(re.findall(r'<li class="notice[ "]', html)) == 4

    key = re.search(r'name="bundle" value="([^"]*\|to_read\|[^"]*)"', html)
    assert key
    client.post("/notices/read/", {"bundle": key[1]})
    left = Notice.objects.of(world.leader.pk).unread()
    assert set(left.values_list("kind", "created_at__day")) == {("deadline", 15), ("to_read", 14)}
    for wrong in ("x", "2026-03-15|deadline", "9999-12-31|deadline|after|1", "2026-02-30|a|b|1"):
        assert client.post("/notices/read/", {"bundle": wrong}).status_code == 302
    assert left.count() == 5
    assert "4 deadlines: overdue" in page(client, world.leader, "/notices/")


def test_reminders_of_later_weeks_are_one_line(world: World, client: Client, at: Clock) -> None:
    at("2026-03-16 10:00")
    cases = [world.investigation() for _ in range(3)]
    Notice.objects.all().delete()
    for week, one in enumerate(cases, start=2):
        deadline = one.matter.deadlines.get()
        Notice.objects.create(
            recipient=world.leader,
            kind="deadline",
            deadline=deadline,
            rung=f"weekly-{week}",
            due_on=deadline.due_on,
            created_at=moment("2026-03-16 00:05"),
        )
    html = page(client, world.leader, "/notices/")
    assert "3 deadlines: still overdue" in html
    client.post("/notices/read/", {"bundle": "2026-03-16|deadline|weekly|1"})
    assert not Notice.objects.of(world.leader.pk).unread().exists()


def test_few_notices_of_one_kind_are_a_line_each(world: World, client: Client, at: Clock) -> None:
    at("2026-03-16 10:00")
    world.investigation()
    Notice.objects.all().delete()
    two = [notice(world), notice(world)]
    html = page(client, world.leader, "/notices/")
    assert all(f'href="/notices/{one.pk}/"' in html for one in two)
    assert "of the same kind" not in html


def test_a_bundle_has_only_ones_own_and_what_one_may_know_of(
    world: World, client: Client, at: Clock
) -> None:
    at("2026-03-16 10:00")
    notices = [notice(world) for _ in range(3)]
    theirs = [notice(world, recipient=world.head) for _ in range(3)]
    client.force_login(world.leader)
    client.post("/notices/read/", {"bundle": "2026-03-15|to_read||1"})
    assert not Notice.objects.filter(pk__in=[one.pk for one in notices]).unread().exists()
    assert Notice.objects.filter(pk__in=[one.pk for one in theirs]).unread().count() == 3


def test_opening_a_notice_leads_to_its_case_and_reads_it(
    world: World, client: Client, at: Clock
) -> None:
    at("2026-03-16 10:00")
    one = notice(world)
    client.force_login(world.leader)
    response = client.get(f"/notices/{one.pk}/")
    assert (response.status_code, response["location"]) == (
        302,
        f"/investigations/{one.matter_id}/",
    )
    one.refresh_from_db()
    assert one.read_at == moment("2026-03-16 10:00")


def test_notices_of_others_cannot_be_opened_nor_read(
    world: World, client: Client, at: Clock
) -> None:
    at("2026-03-16 10:00")
    one = notice(world)
    page(client, world.leader2, f"/notices/{one.pk}/", status=404)
    client.post("/notices/read/", {"notice": one.pk})
    client.post("/notices/read/")
    one.refresh_from_db()
    assert one.read_at is None


def test_marking_one_notice_or_all_as_read(world: World, client: Client, at: Clock) -> None:
    at("2026-03-16 10:00")
    one, two, three = notice(world), notice(world), notice(world)
    client.force_login(world.leader)

    def unread() -> set[int]:
        ids = Notice.objects.of(world.leader.pk).unread().values_list("pk", flat=True)
        return set(ids) & {one.pk, two.pk, three.pk}

    client.post("/notices/read/", {"notice": one.pk})
    assert unread() == {two.pk, three.pk}
    client.post("/notices/read/", {"notice": "; drop table"})
    assert unread() == {two.pk, three.pk}
    client.post("/notices/read/")
    assert unread() == set()
    assert client.get("/notices/read/").status_code == 405


ABOUT_NO_CASE = {
    NoticeKind.EMERGENCY: "A case has been opened in an emergency: review it",
    NoticeKind.NEW_DEVICE: "Your account was used from a device not seen before",
    NoticeKind.LOGIN_CHANGED: "Your password or second factor was changed",
    NoticeKind.HANDOVER_OFFERED: "Another unit asks yours to take over a family",
    NoticeKind.HANDOVER_ANSWERED: "The other unit has answered a hand-over",
}
"""Kinds whose words carry no number of a case."""


@pytest.mark.parametrize(
    "kind", sorted({*NoticeKind.values} - {"deadline", "topic", *ABOUT_NO_CASE})
)
def test_every_kind_of_notice_has_its_words(
    world: World, client: Client, at: Clock, kind: str
) -> None:
    at("2026-03-16 10:00")
    Notice.objects.all().delete()
    one = notice(world, kind=kind)
    Notice.objects.exclude(pk=one.pk).delete()
    html = page(client, world.leader, "/notices/")
    assert one.matter.number in html
    assert "%(" not in html


@pytest.mark.parametrize("kind", ABOUT_NO_CASE)
def test_notices_about_no_case_have_their_words(
    world: World, client: Client, at: Clock, kind: NoticeKind
) -> None:
    at("2026-03-16 10:00")
    Notice.objects.create(recipient=world.leader, kind=kind, created_at=moment("2026-03-15 08:00"))
    assert ABOUT_NO_CASE[kind] in page(client, world.leader, "/notices/")


@pytest.mark.parametrize(
    ("topic", "words"),
    [
        ("workload.warning", "A load in your group asks for something"),
        (LOG_CHECK_OPENED, "Last month&#x27;s log check is drawn and waits for you"),
        (LOG_CHECK_REVIEWER, "You have been named second reviewer of a log check"),
        (TRAIL_BROKEN, "The trail is not as it was written"),
    ],
)
def test_notices_of_the_apps_above_have_their_words(
    world: World, client: Client, at: Clock, topic: str, words: str
) -> None:
    at("2026-03-16 10:00")
    Notice.objects.create(
        recipient=world.leader,
        kind=topic,
        topic_id=1,
        created_at=moment("2026-03-15 08:00"),
    )
    assert words in page(client, world.leader, "/notices/")


# Constant numbers of queries


def test_boards_ask_as_many_queries_for_ten_rows_as_for_one(
    world: World, client: Client, at: Clock
) -> None:
    at("2026-03-16 10:00")
    names = ("leader", "head")

    def more(count: int) -> None:
        for _ in range(count):
            world.investigation(allocated=False)
            submitted(world, world.investigation(), "2026-03-10")
            for name in names:
                notice(world, recipient=world.people[name])
                Notice.objects.create(
                    recipient=world.people[name],
                    kind="workload.warning",
                    topic_id=Notice.objects.count(),
                    created_at=moment("2026-03-15 08:00"),
                )

    def queries() -> dict[tuple[str, str], int]:
        found = {}
        for name in names:
            for address in addresses:
                page(client, world.people[name], address)
                with CaptureQueriesContext(connection) as captured:
                    page(client, world.people[name], address)
                found[name, address] = len(captured)
        return found

    more(1)
    waiting = Investigation.objects.waiting().first()
    addresses = [
        "/dashboard/",
        "/deadlines/",
        "/allocation/",
        "/to-read/",
        "/notices/",
        f"/investigations/{waiting.pk}/handlers/",
    ]
    one = queries()
    more(9)
    assert queries() == one


def test_bell_costs_one_query(world: World, at: Clock) -> None:
    from cases.boards.navigation import unread

    notice(world)
    access = access_for(world.leader, on=date(2026, 3, 16))
    request = type("R", (), {"user": world.leader, "access": access})()
    with CaptureQueriesContext(connection) as captured:
        assert unread(request) >= 1
    assert len(captured) == 1


def test_documents_and_deadlines_exist_as_the_boards_expect(world: World, at: Clock) -> None:
    """What the lists rest on: the deadline carries the group of its matter."""
    one = world.investigation()
    submitted(world, one, "2026-03-10")
    assert DecisionDocument.objects.get(investigation=one).submitted_by == world.main
    assert all(row.group_id == one.group_id for row in Deadline.objects.filter(matter=one.pk))
    assert one.matter.deadlines.get().due_on - one.opened_on > timedelta(days=100)
