"""What stands sixty times on an allocation board, drawn once for each value."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def use_gauge(gauge: Any, label: str, planned: bool = False) -> SafeString:
    """A worker's use as a small bar with its words; `planned` when the plan has changed it."""
    return _drawn(gauge, str(label), bool(planned))


@lru_cache(maxsize=4096)
def _drawn(gauge: Any, label: str, planned: bool) -> SafeString:
    return render_to_string(
        "workload/partials/_gauge.html", {"gauge": gauge, "label": label, "planned": planned}
    )
