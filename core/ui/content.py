"""What stands on a page. Tags rather than includes, so that nothing leaks in from its variables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.ui.icons import icon as drawn

register = template.Library()

SOFT_HYPHEN = "\u00ad"


@register.simple_tag
def status_badge(label: str, tone: str = "neutral", icon: str = "") -> SafeString:
    """A state in words. Tones: neutral, info, ok, soon, late, muted, protected."""
    drawing = drawn(icon) if icon else ""
    return format_html('<span class="badge-status tone-{}">{}{}</span>', tone, drawing, label)


@register.inclusion_tag("components/person_header.html")
def person_header(
    name: str,
    born: str | int | date = "",
    age: int | None = None,
    gender: str = "",
    identity_number: str = "",
    number: str = "",
    protected: bool = False,
    url: str = "",
    tags: Iterable[Mapping[str, Any]] = (),
    status: str = "",
    status_tone: str = "neutral",
) -> dict[str, Any]:
    """Who the page is about. `gender` and `status` in words; `born` a year or a day in words."""
    return {
        "name": name,
        "born": born,
        "age": age,
        "gender": gender,
        "identity_number": identity_number,
        "number": number,
        "protected": protected,
        "url": url,
        "tags": list(tags),
        "status": status,
        "status_tone": status_tone,
    }


@register.inclusion_tag("components/chips.html")
def chips(tags: Iterable[Mapping[str, Any]], label: str = "") -> dict[str, Any]:
    """Small marks: each {label, url?, tone?, icon?}."""
    return {"tags": tags, "label": label}


@register.inclusion_tag("components/empty_state.html")
def empty_state(
    title: str,
    text: str = "",
    icon: str = "inbox",
    action_url: str = "",
    action_label: str = "",
    action_icon: str = "",
) -> dict[str, Any]:
    """What a list says when it is empty: why, and what to do next."""
    return {
        "title": title,
        "text": text,
        "icon": icon,
        "action_url": action_url,
        "action_label": action_label,
        "action_icon": action_icon,
    }


@register.inclusion_tag("components/timeline.html")
def timeline(entries: Iterable[Any]) -> dict[str, Any]:
    """What has happened: each {when (words), title, datetime?, url?, by?, text?, icon?, tone?}."""
    return {"entries": entries}


@register.inclusion_tag("components/step_path.html")
def step_path(steps: Iterable[Any], label: str = "") -> dict[str, Any]:
    """The course of a case: each {label, state, note?, url?}; state is done, now, left or late."""
    return {"steps": steps, "label": label}


@register.inclusion_tag("components/notice_list.html", takes_context=True)
def notice_list(
    context: template.Context, notices: Iterable[Any], read_url: str = ""
) -> dict[str, Any]:
    """Each {text, url, when (words), read, icon?, tone?}, or with `inside` a bundle that opens.

    `read_url` takes the `notice` (pk) or `bundle` (key) that is marked as read.
    """
    return {
        "notices": notices,
        "read_url": read_url,
        "csrf_token": context.get("csrf_token", ""),
    }


@register.inclusion_tag("components/file.html")
def file_block(
    name: str,
    url: str = "",
    kind: str = "",
    size: str = "",
    when: str = "",
    by: str = "",
    icon: str = "file-earmark-text",
    note: str = "",
) -> dict[str, Any]:
    """A document with its facts in words."""
    return {
        "name": name,
        "url": url,
        "facts": [fact for fact in (kind, size, when, by) if fact],
        "icon": icon,
        "note": note,
    }


@register.inclusion_tag("components/skeleton.html")
def skeleton(rows: int = 3) -> dict[str, Any]:
    """Grey lines where something is on its way."""
    return {"rows": range(rows)}


@register.filter
def without_hyphens(text: str) -> str:
    """The text without the soft hyphens of long Swedish words: a browser's tab shows them."""
    return text.replace(SOFT_HYPHEN, "")
