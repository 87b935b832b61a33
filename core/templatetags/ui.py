"""The components of the page, as template tags: words and markup only, no queries.

Each tag has its template in templates/components/; templates/core/styleguide.html shows them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zlib import crc32

import js_lib_bootstrap_icons
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field
from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.forms.formsets import DELETION_FIELD_NAME, BaseFormSet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from core import wording
from core.charts import Chart
from core.decisions import Allowed, Decision

register = template.Library()

SOFT_HYPHEN = "\u00ad"

ICONS = Path(js_lib_bootstrap_icons.__file__).parent / "static" / "bootstrap-icons"
COMPONENTS = "components/{}.html"
ALERT_ICONS = {
    "ok": "check2-circle",
    "soon": "exclamation-triangle",
    "late": "exclamation-octagon-fill",
    "protected": "shield-lock-fill",
}


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


# Days and deadlines


def _as_day(value: date | datetime) -> date:
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).date()
    return value


@register.filter
def swedish_day(value: date | datetime | None, today: date) -> str:
    """ "fre 14 mars"; with the year when it is another than today's."""
    return wording.day(_as_day(value), today) if value else ""


@register.filter
def days_left_text(value: date | datetime | None, today: date) -> str:
    """ "3 dagar kvar", "i dag", "2 dagar sen"."""
    return wording.days_left(_as_day(value), today) if value else ""


@register.simple_tag
def deadline_chip(deadline: Any, today: date, show_kind: bool = True) -> SafeString:
    """A deadline in days and words. `show_kind=False` where the column already names the duty."""
    kind = ""
    if show_kind:
        display = getattr(deadline, "get_kind_display", None)
        kind = str(display() if display else getattr(deadline, "kind_label", ""))
    return _chip(wording.deadline(deadline, today), kind, deadline.due_on)


@lru_cache(maxsize=4096)
def _chip(words: wording.DeadlineWords, kind: str, due_on: date) -> SafeString:
    """Drawn once for each wording: a page of a list has fifty, of few kinds and days."""
    return render_to_string(
        COMPONENTS.format("deadline_chip"), {"words": words, "kind": kind, "due_on": due_on}
    )


@register.simple_tag
def status_badge(label: str, tone: str = "neutral", icon: str = "") -> SafeString:
    """A state in words. Tones: neutral, info, ok, soon, late, muted, protected."""
    drawing = _icon(icon, "", "") if icon else ""
    return format_html('<span class="badge-status tone-{}">{}{}</span>', tone, drawing, label)


# Frames around content


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
) -> str:
    """A titled section of the page. `flush` lets a table reach the edges."""
    return render_to_string(
        COMPONENTS.format("panel"),
        {
            "content": content,
            "title": title,
            "icon": icon,
            "id": id,
            "flush": flush,
            "level": level,
            "tone": tone,
        },
    )


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
        COMPONENTS.format("data_table"),
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
        COMPONENTS.format("dialog"), {"content": content, "id": id, "title": title}
    )


@register.simple_block_tag(takes_context=True)
def filter_bar(
    context: template.Context, content: str, target: str, push: bool = True, action: str = ""
) -> str:
    """A GET form that refreshes `target` (an #id) as its fields change. Never for personal data:
    what is chosen stands in the address unless `push=False`, and even then in the server's log."""
    request = context["request"]
    return render_to_string(
        COMPONENTS.format("filter_bar"),
        {"content": content, "target": target, "push": push, "action": action or request.path},
    )


@register.simple_block_tag
def breadcrumbs(content: str) -> str:
    """The way here; fill it with `{% crumb %}`. No personal names: the number names a case."""
    return render_to_string(COMPONENTS.format("breadcrumbs"), {"content": content})


@register.simple_tag
def crumb(label: str, url: str = "") -> SafeString:
    if url:
        return format_html('<li><a href="{}">{}</a></li>', url, label)
    return format_html('<li><span aria-current="page">{}</span></li>', label)


# Content. Tags rather than includes, so that nothing leaks in from the page's own variables.


@register.inclusion_tag(COMPONENTS.format("person_header"))
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


@register.inclusion_tag(COMPONENTS.format("chips"))
def chips(tags: Iterable[Mapping[str, Any]], label: str = "") -> dict[str, Any]:
    """Small marks: each {label, url?, tone?, icon?}."""
    return {"tags": tags, "label": label}


@register.inclusion_tag(COMPONENTS.format("stat_tile"))
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


@register.inclusion_tag(COMPONENTS.format("empty_state"))
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


@register.inclusion_tag(COMPONENTS.format("timeline"))
def timeline(entries: Iterable[Any]) -> dict[str, Any]:
    """What has happened: each {when (words), title, datetime?, url?, by?, text?, icon?, tone?}."""
    return {"entries": entries}


@register.inclusion_tag(COMPONENTS.format("step_path"))
def step_path(steps: Iterable[Any], label: str = "") -> dict[str, Any]:
    """The course of a case: each {label, state, note?, url?}; state is done, now, left or late."""
    return {"steps": steps, "label": label}


@register.inclusion_tag(COMPONENTS.format("tabs"))
def tabs(tabs: Iterable[Any], label: str) -> dict[str, Any]:
    """Pages of one thing: each {label, url, active, badge?}."""
    return {"tabs": tabs, "label": label}


@register.inclusion_tag(COMPONENTS.format("notice_list"))
def notice_list(notices: Iterable[Any]) -> dict[str, Any]:
    """Each {text, url, when (words), read, icon?, tone?}."""
    return {"notices": notices}


@register.inclusion_tag(COMPONENTS.format("file"))
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


@register.inclusion_tag(COMPONENTS.format("alert"))
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


@register.inclusion_tag(COMPONENTS.format("conflict"))
def conflict(
    rows: Iterable[Mapping[str, Any]], by: str = "", at: str = "", reload_url: str = ""
) -> dict[str, Any]:
    """Two versions side by side: rows of {label, yours, theirs}."""
    return {"rows": rows, "by": by, "at": at, "reload_url": reload_url}


@register.inclusion_tag(COMPONENTS.format("progress"))
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


@register.inclusion_tag(COMPONENTS.format("skeleton"))
def skeleton(rows: int = 3) -> dict[str, Any]:
    """Grey lines where something is on its way."""
    return {"rows": range(rows)}


@register.inclusion_tag(COMPONENTS.format("chart"))
def chart(chart: Chart, note: str = "") -> dict[str, Any]:
    """A drawing from core.charts, with its table behind."""
    return {"chart": chart, "note": note}


# Lists


def _query(context: template.Context, **changes: str | None) -> str:
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}"


@register.inclusion_tag(COMPONENTS.format("sort_header"), takes_context=True)
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


@register.inclusion_tag(COMPONENTS.format("pagination"), takes_context=True)
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


# Actions


@register.inclusion_tag(COMPONENTS.format("action_button"), takes_context=True)
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


@register.inclusion_tag(COMPONENTS.format("submit_button"))
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


# Forms


@register.simple_tag
def field(bound: BoundField) -> SafeString:
    """One form field: label, help, control, error."""
    rendered: SafeString = mark_safe(as_crispy_field(_unechoed(bound)))  # noqa: S308 - by a template
    return rendered


def _unechoed(bound: BoundField) -> BoundField:
    """Without a placeholder that only says the label again, as those of django-allauth do."""
    attrs = bound.field.widget.attrs
    if attrs.get("placeholder") == bound.label:
        del attrs["placeholder"]
    return bound


@register.simple_tag
def form_fields(form: BaseForm) -> SafeString:
    """Every field of a form in order, without the summary of errors and without the form tag."""
    rendered = [
        str(bound) if bound.is_hidden else as_crispy_field(_unechoed(bound)) for bound in form
    ]
    return mark_safe("".join(rendered))  # noqa: S308 - each part is rendered by a template


@register.inclusion_tag(COMPONENTS.format("error_summary"))
def error_summary(*forms: BaseForm | BaseFormSet[Any] | None) -> dict[str, Any]:
    """What is wrong, above the form, each line leading to its field. Takes forms and formsets."""
    entries: list[dict[str, str]] = []
    for form in forms:
        entries.extend(_errors(form))
    return {"entries": entries}


def _errors(form: BaseForm | BaseFormSet[Any] | None) -> Iterable[dict[str, str]]:
    if form is None or not form.is_bound:
        return
    if isinstance(form, BaseFormSet):
        for message in form.non_form_errors():
            yield {"label": "", "message": str(message), "target": ""}
        for number, inner in enumerate(form.forms, start=1):
            if getattr(inner, "cleaned_data", {}).get(DELETION_FIELD_NAME):
                continue
            row = _("Row %(number)d") % {"number": number}
            for entry in _errors(inner):
                yield {**entry, "label": f"{row}, {entry['label']}" if entry["label"] else row}
        return
    for message in form.non_field_errors():
        yield {"label": "", "message": str(message), "target": ""}
    for bound in form:
        for message in bound.errors:
            target = f"div_{bound.auto_id}" if bound.use_fieldset else bound.auto_id
            yield {
                "label": str(bound.label),
                "message": str(message),
                "target": "" if bound.is_hidden else target,
            }


@register.filter
def is_cards(bound: BoundField) -> bool:
    """True for a choice drawn as cards (core.widgets.RadioCards)."""
    return bool(getattr(bound.field.widget, "cards", False))


# Figures


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
        COMPONENTS.format("meter"),
        {"width": width, "known": known, "norm": 80, "text": text, "label": label, "tone": tone},
    )


@register.filter
def without_hyphens(text: str) -> str:
    """The text without the soft hyphens of long Swedish words: a browser's tab shows them."""
    return text.replace(SOFT_HYPHEN, "")
