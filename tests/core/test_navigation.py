"""The menu: what providers offer, in order, and where the reader is."""

from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from core.context import Shell, shell
from core.navigation import Item, items_for


def cases(request):
    yield Item("Start", "/", "house")
    yield Item("Cases", "/cases/", "folder2")
    yield Item("My cases", "/cases/mine/", "person")


def figures(request):
    yield Item("Figures", "/figures/", "bar-chart", badge=3)


def led(request):
    yield Item("Board", "/board/", "kanban", section="To lead")


def led_too(request):
    yield Item("Log", "/log/", "shield", section="To lead")


def active(settings, path: str) -> list[str]:
    settings.NAVIGATION_PROVIDERS = [f"{__name__}.cases", f"{__name__}.figures"]
    return [item.label for item in items_for(RequestFactory().get(path)) if item.active]


def test_items_stand_in_the_order_of_their_providers(settings) -> None:
    settings.NAVIGATION_PROVIDERS = [f"{__name__}.figures", f"{__name__}.cases"]
    labels = [item.label for item in items_for(RequestFactory().get("/"))]
    assert labels == ["Figures", "Start", "Cases", "My cases"]


def test_items_of_a_section_stand_together_whoever_provides_them(settings) -> None:
    settings.NAVIGATION_PROVIDERS = [f"{__name__}.led", f"{__name__}.cases", f"{__name__}.led_too"]
    items = items_for(RequestFactory().get("/"))
    assert [item.label for item in items] == ["Board", "Log", "Start", "Cases", "My cases"]


def test_the_nearest_item_is_active(settings) -> None:
    assert active(settings, "/cases/17/") == ["Cases"]
    assert active(settings, "/cases/mine/late/") == ["My cases"]
    assert active(settings, "/") == ["Start"]
    assert active(settings, "/elsewhere/") == []
    assert active(settings, "/cases-of-old/") == []


def test_nobody_signed_in_sees_no_menu_and_counts_no_notices(settings) -> None:
    settings.NAVIGATION_PROVIDERS = [f"{__name__}.cases"]
    settings.UNREAD_COUNTER = f"{__name__}.must_not_be_called"
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    context = shell(request)
    assert list(context["nav"]) == []
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
