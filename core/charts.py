"""Charts drawn on the server with pygal, safe under a strict content security policy.

pygal writes its look into a `<style>` and its behaviour into a `<script>`; both are taken out. What
is left is shapes with classes that static/css/charts.css colours from the design tokens, so a chart
follows light and dark. The figures stand in a table behind every chart.
"""

import itertools
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal
from uuid import uuid4

from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

Number = int | float
Tone = Literal["main", "second", "third", "fourth", "before", "ok", "soon", "late"]
Kind = Literal["bar", "stacked", "line"]
Scale = tuple[int, int]
"""The lowest and the highest step there is: (0, 10), (1, 5)."""

DRAWINGS: dict[Kind, str] = {"bar": "Bar", "stacked": "StackedBar", "line": "Line"}

WIDTH, HEIGHT = 600, 260
TILTED_FROM = 12
"""Labels longer than this many characters are tilted."""
WIDEST_BAR = 44.0
MOST_LABELS = 14
"""Words that fit side by side under a chart; of more, every second, third ... is written."""


@dataclass(frozen=True, slots=True)
class Series:
    """One row of figures; None where nothing is known (or may be shown)."""

    name: str
    values: Sequence[Number | None]
    tone: Tone = "main"


@dataclass(frozen=True, slots=True)
class ChartMark:
    """Something to see at a label of a chart: a line across it and a word in the table."""

    index: int
    text: str


@dataclass(frozen=True, slots=True)
class ChartRow:
    label: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing and the same figures as text. `id` joins the drawing to its title."""

    id: str
    title: str
    unit: str
    kind: str
    svg: SafeString
    series: tuple[Series, ...]
    table: tuple[ChartRow, ...]
    marks: tuple[ChartMark, ...] = ()
    over_time: bool = True
    """Whether the last label is the newest: where it is scrolled, that end is seen first."""


@cache
def _pygal() -> Any:
    """The library, loaded with the first chart a process draws."""
    import pygal
    import pygal.etree
    import pygal.style

    # Its import hook, for maps we do not draw, is of a kind that others who walk the hooks trip on.
    # A new list: another thread may be walking the old one.
    sys.meta_path = [one for one in sys.meta_path if type(one).__name__ != "PluginImportFixer"]
    return pygal


def bar_chart(
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    unit: str = "",
    *,
    over_time: bool = True,
) -> Chart:
    """Bars side by side: amounts by month, or by group (then not `over_time`)."""
    return _chart("bar", title, labels, series, unit, over_time=over_time)


def stacked_bar(
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    unit: str = "",
    *,
    over_time: bool = True,
) -> Chart:
    """Bars on top of each other: parts of a whole."""
    return _chart("stacked", title, labels, series, unit, over_time=over_time)


def line_chart(
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    unit: str = "",
    marks: Sequence[ChartMark] = (),
    *,
    scale: Scale | None = None,
) -> Chart:
    """Lines: a course over time. A gap in the figures is a gap in the line.

    `marks` are numbered in the drawing; their words stand below it and in the table. Answers on a
    `scale` are drawn over the whole of it, whatever was answered.
    """
    return _chart("line", title, labels, series, unit, marks, scale=scale)


def figure(value: Number | None) -> str:
    """A number as the reader's language writes it; a dash where there is none."""
    if value is None:
        return "–"
    if isinstance(value, float) and not value.is_integer():
        return number_format(value, decimal_pos=1, use_l10n=True, force_grouping=True)
    return number_format(int(value), use_l10n=True, force_grouping=True)


def _chart(
    kind: Kind,
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    unit: str,
    marks: Sequence[ChartMark] = (),
    *,
    scale: Scale | None = None,
    over_time: bool = True,
) -> Chart:
    for one in series:
        if len(one.values) != len(labels):
            raise ValueError(f"{one.name!r} has {len(one.values)} values for {len(labels)} labels")
    chart_id = f"chart-{uuid4().hex[:8]}"
    said = {mark.index: f" ({mark.text})" for mark in marks}
    table = tuple(
        ChartRow(f"{label}{said.get(i, '')}", tuple(figure(one.values[i]) for one in series))
        for i, label in enumerate(labels)
    )
    return Chart(
        id=chart_id,
        title=str(title),
        unit=str(unit),
        kind=kind,
        svg=_draw(kind, chart_id, str(title), labels, series, str(unit), marks, scale),
        series=tuple(series),
        table=table,
        marks=tuple(marks),
        over_time=over_time,
    )


def _draw(
    kind: Kind,
    chart_id: str,
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    unit: str,
    marks: Sequence[ChartMark] = (),
    scale: Scale | None = None,
) -> SafeString:
    numbers = [value for one in series for value in one.values if value is not None]
    longest = max((len(str(label)) for label in labels), default=0)
    tilted = longest > TILTED_FROM
    # The last point of a line stands at the edge, and half its label outside.
    beyond = len(str(labels[-1])) * 3.4 if kind == "line" and labels and not tilted else 0
    pygal = _pygal()
    chart = getattr(pygal, DRAWINGS[kind])(
        width=WIDTH,
        height=HEIGHT,
        margin=4,
        margin_right=4 + beyond,
        margin_top=14,
        spacing=8,
        show_legend=False,
        js=[],
        disable_xml_declaration=True,
        truncate_label=-1,
        dots_size=3,
        include_x_axis=scale is None,
        show_y_labels=bool(numbers),
        show_y_guides=bool(numbers),
        **({"allow_interruptions": True} if kind == "line" else {}),
        x_label_rotation=-35 if tilted else 0,
        formatter=figure,
        value_formatter=figure,
        no_data_text=_("No figures"),
        style=pygal.style.Style(
            label_font_size=12, major_label_font_size=12, font_family="sans-serif"
        ),
    )
    if numbers:
        chart.y_labels = _steps(scale) if scale else _ticks(_highest(kind, series), min(numbers))
    every = max(1, -(-len(labels) // MOST_LABELS))
    chart.x_labels = ["" if i % every else str(label) for i, label in enumerate(labels)]
    for one in series:
        chart.add(str(one.name), list(one.values))
    root = chart.render_tree()
    _strip(root)
    _classes(root, series)
    _narrow_bars(root)
    _hover_titles(root, unit)
    _mark(root, marks)
    for old in root.findall("title"):
        root.remove(old)
    etree = pygal.etree.etree
    heading = etree.Element("title", {"id": f"{chart_id}-title"})
    heading.text = title
    description = etree.Element("desc", {"id": f"{chart_id}-desc"})
    description.text = _describe(labels, series, unit)
    root.insert(0, heading)
    root.insert(1, description)
    root.set("class", "chart-svg")
    root.set("id", chart_id)
    root.set("role", "img")
    root.set("aria-labelledby", f"{chart_id}-title {chart_id}-desc")
    root.set("preserveAspectRatio", "xMidYMid meet")
    markup = etree.tostring(root, encoding="unicode")
    safe: SafeString = mark_safe(markup)  # noqa: S308 - serialised from a tree, text escaped
    return safe


def _highest(kind: Kind, series: Sequence[Series]) -> Number:
    if kind == "stacked" and series:
        columns = zip(*(one.values for one in series), strict=True)
        return max((sum(value or 0 for value in column) for column in columns), default=0)
    return max((value or 0 for one in series for value in one.values), default=0)


def _ticks(highest: Number, lowest: Number) -> list[Number]:
    """Round numbers from zero (or below) to just above the highest, at most six steps."""
    span = max(highest, 0) - min(lowest, 0)
    step: Number = 1
    for size in itertools.count():
        step = (1, 2, 5)[size % 3] * 10 ** (size // 3)
        if span <= step * 6:
            break
    first, last = math.floor(min(lowest, 0) / step), max(math.ceil(highest / step), 1)
    return [step * tick for tick in range(first, last + 1)]


def _steps(scale: Scale) -> list[Number]:
    """The steps of a scale from the lowest to the highest; of a long one not each."""
    low, high = scale
    step = next(size for size in (1, 2, 5, 10, 20, 50) if high - low <= size * 6)
    return [*range(low, high, step), high]


def _describe(labels: Sequence[str], series: Sequence[Series], unit: str) -> str:
    parts = []
    for one in series:
        known = [value for value in one.values if value is not None]
        if not known:
            parts.append(_("%(name)s: no figures") % {"name": one.name})
            continue
        parts.append(
            _("%(name)s: from %(first)s to %(last)s, lowest %(low)s, highest %(high)s %(unit)s")
            % {
                "name": one.name,
                "first": figure(known[0]),
                "last": figure(known[-1]),
                "low": figure(min(known)),
                "high": figure(max(known)),
                "unit": unit,
            }
        )
    return ". ".join(part.strip() for part in parts)


def _local(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _strip(root: Any) -> None:
    """Everything a policy without "unsafe-inline" would refuse, and pygal's hover machinery."""
    for parent in list(root.iter()):
        for child in list(parent):
            overlay = "tooltip-overlay" in child.get("class", "")
            if _local(child) in {"style", "script", "defs", ""} or overlay:
                parent.remove(child)
        parent.attrib.pop("style", None)


def _classes(root: Any, series: Sequence[Series]) -> None:
    for element in root.iter():
        names = element.get("class", "").split()
        for index, one in enumerate(series):
            if f"serie-{index}" in names:
                element.set("class", " ".join([*names, f"tone-{one.tone}"]))


def _narrow_bars(root: Any) -> None:
    """Few labels would give slabs instead of bars."""
    for bar in root.iter():
        if _local(bar) != "rect" or "reactive" not in bar.get("class", ""):
            continue
        width = float(bar.get("width"))
        if width > WIDEST_BAR:
            bar.set("x", f"{float(bar.get('x')) + (width - WIDEST_BAR) / 2:.2f}")
            bar.set("width", f"{WIDEST_BAR:.2f}")


def _mark(root: Any, marks: Sequence[ChartMark]) -> None:
    """A line across the plot at the label of each mark, with its number above."""
    plots = [e for e in root.iter() if _local(e) == "g" and e.get("class") == "plot"]
    axes = [e for e in root.iter() if _local(e) == "g" and e.get("class") == "axis x"]
    if not (marks and plots and axes):
        return
    places = [
        (float(text.get("x")), float(text.get("y")))
        for guide in axes[0]
        for text in guide
        if _local(text) == "text"
    ]
    etree = _pygal().etree.etree
    for number, mark in enumerate(marks, start=1):
        if mark.index >= len(places):
            continue
        x, below = places[mark.index]
        group = etree.SubElement(plots[0], "g", {"class": "mark"})
        across = {"x1": f"{x:.1f}", "x2": f"{x:.1f}", "y1": "2", "y2": f"{below - 16:.1f}"}
        etree.SubElement(group, "line", across)
        label = etree.SubElement(group, "text", {"x": f"{x + 4:.1f}", "y": "10"})
        label.text = str(number)
        tip = etree.SubElement(group, "title")
        tip.text = mark.text


def _hover_titles(root: Any, unit: str) -> None:
    """pygal's hidden descriptions become the browser's own tooltips."""
    etree = _pygal().etree.etree
    for group in list(root.iter()):
        notes = {
            child.get("class", ""): child.text or ""
            for child in list(group)
            if _local(child) == "desc"
        }
        if not notes:
            continue
        for child in list(group):
            if _local(child) == "desc":
                group.remove(child)
        words = [notes.get("x_label", ""), notes.get("value", ""), unit]
        tip = etree.SubElement(group, "title")
        tip.text = " ".join(word for word in words if word)


def drawn(
    kind: str,
    title: str,
    labels: tuple[str, ...],
    series: tuple[tuple[str, tuple[int | None, ...], Any], ...],
    unit: str,
) -> Chart:
    """A chart, drawn once for the same figures in the same language: drawing is what takes time."""
    return _drawn(get_language() or "", kind, title, labels, series, unit)


@lru_cache(maxsize=512)
def _drawn(
    _language: str,
    kind: str,
    title: str,
    labels: tuple[str, ...],
    series: tuple[tuple[str, tuple[int | None, ...], Any], ...],
    unit: str,
) -> Chart:
    draw = stacked_bar if kind == "stacked" else line_chart
    return draw(title, labels, [Series(name, values, tone) for name, values, tone in series], unit)
