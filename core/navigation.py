"""The primary navigation: what each app offers, in the order the settings name the apps.

`NAVIGATION_PROVIDERS` lists dotted callables; each takes the request and yields the items its
user may open. What a user may not open is not yielded: the menu never shows a locked door.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True)
class Item:
    """One line in the menu. `badge` is a number to act on, 0 for none; `section` groups lines."""

    label: str
    url: str
    icon: str
    badge: int = 0
    section: str = ""
    active: bool = False


Provider = Callable[[HttpRequest], Iterable[Item]]


def items_for(request: HttpRequest) -> list[Item]:
    """Every provider's items, section by section as they first come, the current page's active."""
    sections: dict[str, list[Item]] = {}
    for dotted in getattr(settings, "NAVIGATION_PROVIDERS", []):
        provider: Provider = import_string(dotted)
        for item in provider(request):
            sections.setdefault(item.section, []).append(item)
    items = [item for section in sections.values() for item in section]
    here = max(
        (item.url for item in items if _holds(item.url, request.path)), key=len, default=None
    )
    return [replace(item, active=item.url == here) for item in items]


def _holds(url: str, path: str) -> bool:
    return path == url or (url != "/" and path.startswith(url.rstrip("/") + "/"))
