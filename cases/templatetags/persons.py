"""How a child is named where many are listed: `{% child_name child %}`."""

from __future__ import annotations

from typing import Any

from django import template

from cases.persons import whereabouts

register = template.Library()


@register.simple_tag(takes_context=True)
def child_name(context: Any, child: Any) -> str:
    """The child's name; the initials when its identity is protected from this reader."""
    return whereabouts.listed_name(child, context["request"]) if child else "–"
