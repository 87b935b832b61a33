"""What the reader is told in its place on the page: an alert, a conflict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template

register = template.Library()

ALERT_ICONS = {
    "ok": "check2-circle",
    "soon": "exclamation-triangle",
    "late": "exclamation-octagon-fill",
    "protected": "shield-lock-fill",
}


@register.inclusion_tag("components/alert.html")
def alert(
    text: str,
    tone: str = "info",
    title: str = "",
    icon: str = "",
    url: str = "",
    link: str = "",
    live: bool = False,
) -> dict[str, Any]:
    """Something to know, in its place on the page. `live` when it appears after loading."""
    return {
        "text": text,
        "tone": tone,
        "title": title,
        "icon": icon or ALERT_ICONS.get(tone, "info-circle"),
        "url": url,
        "link": link,
        "live": live,
    }


@register.inclusion_tag("components/conflict.html")
def conflict(
    rows: Iterable[Mapping[str, Any]], by: str = "", at: str = "", reload_url: str = ""
) -> dict[str, Any]:
    """Two versions side by side: rows of {label, yours, theirs}."""
    return {"rows": rows, "by": by, "at": at, "reload_url": reload_url}
