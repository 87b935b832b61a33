"""The drawings of the installed icon package, inlined."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import js_lib_bootstrap_icons
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

ICONS = Path(js_lib_bootstrap_icons.__file__).parent / "static" / "bootstrap-icons"


@lru_cache(maxsize=512)
def _drawing(name: str) -> str:
    """The inside of an icon from the installed package, which is trusted markup."""
    source = (ICONS / f"{name}.svg").read_text(encoding="utf-8")
    found = re.search(r"<svg[^>]*>(.*)</svg>", source, re.DOTALL)
    if found is None:
        raise ValueError(f"{name}.svg is not a drawing")
    return found.group(1).strip()


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """A Bootstrap icon, inlined so that it takes the colour of its text.

    Hidden from assistive technology unless it has a `label`, which it needs when it stands alone.
    """
    return _icon(name, str(label), css)


@lru_cache(maxsize=1024)
def _icon(name: str, label: str, css: str) -> SafeString:
    drawing = mark_safe(_drawing(name))  # noqa: S308 - read from the installed package
    role = (
        format_html('role="img" aria-label="{}"', label)
        if label
        else mark_safe('aria-hidden="true"')
    )
    return format_html(
        '<svg class="icon {}" width="16" height="16" viewBox="0 0 16 16" fill="currentColor"'
        ' focusable="false" {}>{}</svg>',
        css,
        role,
        drawing,
    )
