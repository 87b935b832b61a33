"""The menu: what providers offer, in order, and where the reader is."""

from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from core.context import Shell, shell
from core.navigation import Item, Room, Waiting, items_for, navigation_for


def cases(request):
    yield Item("Start", "/", "house", Room.START)
    yield Item("Cases", "/cases/", "folder2", Room.CASES, ("/children",))
    yield Item("My cases", "/cases/mine/", "person", Room.CASES)


def figures(request):
    yield Item("Figures", "/figures/", "bar-chart", Room.QUALITY)


def own(request):
    yield Item("Tree", "/tree/", "diagram-3", Room.SETTINGS, first=True)
    yield Item("Todo", "/todo/", "check2", Room.TODO)
    yield Item("Log", "/log/", "plus-lg", room=None)


def waits(request):
    yield Waiting("cases", "Cases", 2, "/cases/", "folder2")
    yield Waiting("figures", "Figures", 3, "/figures/?late=1", "table")


def active(settings, path: str) -> list[str]:
    settings.NAVIGATION_PROVIDERS = [f"{__name__}.cases", f"{__name__}.figures"]
    return [item.label for item in items_for(RequestFactory().get(path)) if item.active]


def test_items_stand_in_the_order_of_the_rooms(settings) -> None:
    settings.NAVIGATION_PROVIDERS = [f"{__name__}.figures", f"{__name__}.cases"]
    labels = [item.label for item in items_for(RequestFactory().get("/"))]
    assert labels == ["Start", "Cases", "My cases", "Figures"]


def test_a_room_has_its_tabs_and_what_waits_is_counted_in_one_place(settings) -> None:
    names = ("figures", "cases", "own")
    settings.NAVIGATION_PROVIDERS = [f"{__name__}.{name}" for name in names]
    settings.WAITING_PROVIDERS = [f"{__name__}.waits"]
    found = navigation_for(RequestFactory().get("/cases/17/"))
    rooms = [(place.room, place.url, place.badge, place.active) for place in found.rooms]
    assert rooms == [
        (Room.START, "/", 0, False),
        (Room.SETTINGS, "/tree/", 0, False),
        (Room.TODO, "/todo/", 5, False),
        (Room.CASES, "/cases/", 0, True),
        (Room.QUALITY, "/figures/", 0, False),
    ]
    tabs = [(tab.label, tab.badge, tab.active) for tab in found.tabs]
    assert tabs == [("Cases", 2, True), ("My cases", 0, False)]
    assert [button.label for button in found.buttons] == ["Log"]


def test_a_page_of_no_room_is_in_none(settings) -> None:
    settings.NAVIGATION_PROVIDERS = [f"{__name__}.cases"]
    settings.WAITING_PROVIDERS = []
    found = navigation_for(RequestFactory().get("/elsewhere/"))
    assert found.here is None
    assert found.tabs == ()
    assert found.rooms


def test_the_nearest_item_is_active(settings) -> None:
    assert active(settings, "/cases/17/") == ["Cases"]
    assert active(settings, "/cases/mine/late/") == ["My cases"]
    assert active(settings, "/") == ["Start"]
    assert active(settings, "/children/4/") == ["Cases"]
    assert active(settings, "/elsewhere/") == []
    assert active(settings, "/cases-of-old/") == []


def test_nobody_signed_in_sees_no_menu_and_counts_no_notices(settings) -> None:
    settings.NAVIGATION_PROVIDERS = [f"{__name__}.cases"]
    settings.UNREAD_COUNTER = f"{__name__}.must_not_be_called"
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    context = shell(request)
    assert context["nav"].rooms == ()
    assert context["unread_count"] == 0
    assert context["shell"].session_seconds == 0


def test_theme_comes_from_the_cookie_and_never_raw() -> None:
    request = RequestFactory().get("/")
    frame = Shell(request)
    assert (frame.theme, frame.bs_theme) == ("auto", "light")
    request.COOKIES["theme"] = "dark"
    assert (frame.theme, frame.bs_theme) == ("dark", "dark")
    request.COOKIES["theme"] = '"><script>'
    assert frame.theme == "auto"
