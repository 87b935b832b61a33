"""Frames around what a page shows, and the way to it and between its parts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

ACTIONS = "panel actions"
"""Under which a section keeps its buttons while it is drawn."""


@register.simple_block_tag(takes_context=True)
def panel(
    context: template.Context,
    content: str,
    title: str = "",
    icon: str = "",
    id: str = "",  # noqa: A002 - the word authors expect in a template
    flush: bool = False,
    level: int = 2,
    tone: str = "",
    swaps: bool = False,
    below: bool = False,
) -> str:
    """A titled section of the page. `flush` lets a table reach the edges; the table names itself.

    Its buttons stand in `{% panel_actions %}`, beside the title or, where it is narrow, `below`.
    With `swaps` what they lead to takes the section's place. A section just saved (`fresh` in the
    context names its id) takes the focus, for whoever cannot see that it changed.
    """
    actions = context.render_context.get(ACTIONS)
    if actions:
        context.render_context[ACTIONS] = ""
    return render_to_string(
        "components/panel.html",
        {
            "content": content,
            "title": title,
            "icon": icon,
            "id": id,
            "flush": flush,
            "level": level,
            "tone": tone,
            "actions": actions,
            "swaps": swaps,
            "below": below,
            "fresh": bool(id) and context.get("fresh") == id,
        },
    )


@register.simple_block_tag(takes_context=True)
def panel_actions(context: template.Context, content: str) -> str:
    """What can be done with the section it stands in; its `{% panel %}` gives it its place."""
    context.render_context[ACTIONS] = content if content.strip() else ""
    return ""


@register.simple_block_tag
def data_table(
    content: str,
    label: str,
    id: str = "",  # noqa: A002
    cards: bool = True,
    dense: bool = False,
) -> str:
    """A table in a region that scrolls by itself. Content: thead, tbody, tfoot.

    With `cards`, each row becomes a card on a phone and each cell shows its `data-label`. `dense`
    is for many columns of figures.
    """
    return render_to_string(
        "components/data_table.html",
        {"content": content, "label": label, "id": id, "cards": cards, "dense": dense},
    )


@register.filter
def under(values: Iterable[Any], heads: Iterable[Any]) -> list[tuple[Any, Any]]:
    """Each figure of a row with the head it stands under, for its `data-label`."""
    return list(zip(heads, values, strict=True))


@register.simple_block_tag
def dialog(content: str, id: str, title: str) -> str:  # noqa: A002
    """A modal window, opened by any element with `data-dialog-open="#id"`."""
    return render_to_string(
        "components/dialog.html", {"content": content, "id": id, "title": title}
    )


@register.simple_block_tag
def breadcrumbs(content: str) -> str:
    """The way here; fill it with `{% crumb %}`. No personal names: the number names a case."""
    return render_to_string("components/breadcrumbs.html", {"content": content})


@register.simple_tag
def crumb(label: str, url: str = "") -> SafeString:
    if url:
        return format_html('<li class="breadcrumb-item"><a href="{}">{}</a></li>', url, label)
    return format_html(
        '<li class="breadcrumb-item active"><span aria-current="page">{}</span></li>', label
    )


@register.inclusion_tag("components/tabs.html")
def tabs(tabs: Iterable[Any], label: str, here: str = "") -> dict[str, Any]:
    """Pages of one thing: each {label, url, active, badge?}.

    Those of a room say `here`, the page's own path: the active one may stand above it.
    """
    return {"tabs": tabs, "label": label, "here": here}
