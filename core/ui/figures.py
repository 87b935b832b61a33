"""Figures: tiles, meters, drawings and long work under way."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from core.charts import Chart
from core.figures import Figure

register = template.Library()


@register.inclusion_tag("components/stat_tile.html")
def stat_tile(
    label: str,
    value: Any,
    unit: str = "",
    note: str = "",
    tone: str = "",
    icon: str = "",
    url: str = "",
) -> dict[str, Any]:
    """One figure with its name. Stand several in `<div class="tiles">`."""
    return {
        "label": label,
        "value": value,
        "unit": unit,
        "note": note,
        "tone": tone,
        "icon": icon,
        "url": url,
    }


@register.simple_tag
def meter(value: float | None, maximum: float, text: str, label: str, tone: str = "") -> SafeString:
    """A load against its norm: a bar, and the same in words. `value=None` means unavailable.

    Up to 100 % calm, over 100 % soon, over 110 % late, unless `tone` says otherwise. The bar ends
    at 150 % and the norm is marked on it.
    """
    share = 0.0 if value is None or maximum <= 0 else value / maximum
    if not tone:
        tone = "late" if share > 1.1 else "soon" if share > 1 else "ok"
    width = round(min(share, 1.5) / 1.5 * 120, 1)
    return _meter(width, value is not None, str(text), str(label), tone)


@lru_cache(maxsize=4096)
def _meter(width: float, known: bool, text: str, label: str, tone: str) -> SafeString:
    return render_to_string(
        "components/meter.html",
        {"width": width, "known": known, "norm": 80, "text": text, "label": label, "tone": tone},
    )


@register.inclusion_tag("components/definition.html")
def definition(figure: Figure, version: int = 0) -> dict[str, Any]:
    """What a figure counts, and its code, behind one word; of the definition in that version."""
    version = version or figure.version
    return {
        "figure": figure,
        "definition": figure.definition_in(version),
        "version": min(version, figure.version),
    }


@register.inclusion_tag("components/chart.html")
def chart(chart: Chart, note: str = "") -> dict[str, Any]:
    """A drawing from core.charts, with its table behind."""
    return {"chart": chart, "note": note}


@register.inclusion_tag("components/progress.html")
def progress(
    id: str,  # noqa: A002
    label: str,
    value: float | None = None,
    maximum: float = 100,
    text: str = "",
    poll_url: str = "",
) -> dict[str, Any]:
    """Long work under way; without `value`, of unknown length. `poll_url` answers this again."""
    return {
        "id": id,
        "label": label,
        "value": value,
        "maximum": maximum,
        "text": text,
        "poll_url": poll_url,
    }
