"""Lists: what is asked for, its order, its pages."""

from __future__ import annotations

from typing import Any

from django import template
from django.core.paginator import Page
from django.template.loader import render_to_string

register = template.Library()


@register.simple_block_tag(takes_context=True)
def filter_bar(
    context: template.Context,
    content: str,
    target: str,
    push: bool = True,
    action: str = "",
    private: bool = False,
) -> str:
    """A form that refreshes `target` (an #id) as its fields change: what is chosen stands in the
    address, unless `push=False`, and even then in the server's log.

    `private` for names and other personal data: what is asked for is sent in the body, when the
    reader says so, to the address as it then is: the filters in it stay.
    """
    return render_to_string(
        "components/filter_bar.html",
        {
            "content": content,
            "target": target,
            "push": push and not private,
            "action": action or ("" if private else context["request"].path),
            "private": private,
            "csrf_token": context.get("csrf_token", ""),
        },
    )


def _query(context: template.Context, **changes: str | None) -> str:
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}"


@register.inclusion_tag("components/sort_header.html", takes_context=True)
def sort_header(
    context: template.Context,
    field: str,
    label: str,
    target: str = "",
    default: str = "",
    numeric: bool = False,
    param: str = "sort",
) -> dict[str, Any]:
    """A column heading that sorts by `field`, then the other way, and keeps the filters.

    `default` is the order the view uses when the address names none.
    """
    current = context["request"].GET.get(param) or default
    ascending, descending = current == field, current == f"-{field}"
    following = f"-{field}" if ascending else field
    return {
        "label": label,
        "field": field,
        "target": target,
        "numeric": numeric,
        "state": "ascending" if ascending else "descending" if descending else "",
        "href": _query(context, **{param: following, "page": None}),
    }


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(
    context: template.Context, page: Page[Any], target: str = "", param: str = "page"
) -> dict[str, Any]:
    """Previous, next and the pages between, keeping filters and order."""
    paginator = page.paginator
    numbers = [
        {
            "label": number,
            "href": _query(context, **{param: str(number)}) if isinstance(number, int) else "",
            "current": number == page.number,
        }
        for number in paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    ]
    return {
        "page": page,
        "numbers": numbers,
        "target": target,
        "previous": _query(context, **{param: str(page.number - 1)}) if page.has_previous() else "",
        "next": _query(context, **{param: str(page.number + 1)}) if page.has_next() else "",
    }
