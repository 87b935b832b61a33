"""Buttons: one act each, or the reason why it may not be done."""

from __future__ import annotations

from typing import Any
from zlib import crc32

from django import template

from core.decisions import Allowed, Decision

register = template.Library()


@register.inclusion_tag("components/action_button.html", takes_context=True)
def action_button(
    context: template.Context,
    url: str,
    label: str,
    decision: Decision | None = None,
    method: str = "post",
    tone: str = "primary",
    icon: str = "",
    confirm: str = "",
    small: bool = False,
) -> dict[str, Any]:
    """A button for one action, or the same button disabled with the reason beside it.

    `method="get"` makes it a link to the page where the action is prepared. Tones: primary,
    secondary, danger, quiet. `confirm` is the question asked before a POST.
    """
    decision = Allowed() if decision is None else decision
    return {
        "url": url,
        "label": label,
        "allowed": bool(decision),
        "reason": getattr(decision, "reason", ""),
        "method": method,
        "tone": tone,
        "icon": icon,
        "confirm": confirm,
        "small": small,
        "reason_id": f"why-{crc32(f'{url} {label}'.encode()):08x}",
        "csrf_token": context.get("csrf_token", ""),
    }


@register.inclusion_tag("components/submit_button.html")
def submit_button(
    label: str,
    decision: Decision | None = None,
    tone: str = "primary",
    icon: str = "",
    name: str = "",
    value: str = "",
    confirm: str = "",
) -> dict[str, Any]:
    """The button that sends a form, or the reason why it may not be sent."""
    decision = Allowed() if decision is None else decision
    return {
        "label": label,
        "allowed": bool(decision),
        "reason": getattr(decision, "reason", ""),
        "tone": tone,
        "icon": icon,
        "name": name,
        "value": value,
        "confirm": confirm,
        "reason_id": f"why-{crc32(label.encode()):08x}",
    }
