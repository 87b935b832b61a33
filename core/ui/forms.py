"""Forms: fields, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field
from django import template
from django.forms import BaseForm, BoundField, DateField
from django.forms.formsets import DELETION_FIELD_NAME, BaseFormSet
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

register = template.Library()

FIRST_DAY = re.compile(r"(^|_)(from|first|from_on|starts_on|started_on)$")
LAST_DAY = re.compile(r"(^|_)(to|last|until|until_on|ends_on|ended_on)$")
"""What fields of the first and of the last day of a time are called, whatever stands before."""


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
    rendered: list[str] = []
    bounds = list(form)
    for at, bound in enumerate(bounds):
        if bound.is_hidden:
            rendered.append(str(bound))
            continue
        first = at + 1 < len(bounds) and _are_pair(bound, bounds[at + 1])
        second = at > 0 and _are_pair(bounds[at - 1], bound)
        rendered += [
            '<div class="days">' if first else "",
            as_crispy_field(_unechoed(bound)),
            "</div>" if second else "",
        ]
    return mark_safe("".join(rendered))  # noqa: S308 - each part is rendered by a template


def _are_pair(first: BoundField, last: BoundField) -> bool:
    """Whether they are the first and the last day of a time: they stand on one row."""
    return (
        isinstance(first.field, DateField)
        and isinstance(last.field, DateField)
        and not (first.is_hidden or last.is_hidden)
        and FIRST_DAY.search(first.name) is not None
        and LAST_DAY.search(last.name) is not None
    )


@register.simple_block_tag(takes_context=True)
def form_page(
    context: template.Context,
    content: str,
    form: BaseForm,
    action: str = "",
    draft: str = "",
    swaps: str = "",
    css: str = "",
) -> str:
    """A form that is sent: what was wrong with it above its fields, and its draft kept as `draft`.

    Sent to `action`, or to the address of the page. `swaps` is the #id whose place the answer
    takes; without it a page answers.
    """
    return render_to_string(
        "components/form_page.html",
        {
            "content": content,
            "form": form,
            "action": action,
            "draft": draft,
            "swaps": swaps,
            "css": css,
            "csrf_token": context.get("csrf_token", ""),
        },
    )


@register.inclusion_tag("components/error_summary.html")
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
            row = getattr(form, "row_name", _("Row %(number)d")) % {"number": number}
            for entry in _errors(inner):
                yield {**entry, "label": f"{row}, {entry['label']}" if entry["label"] else row}
        return
    for message in form.non_field_errors():
        yield {"label": "", "message": str(message), "target": ""}
    for bound in form:
        for message in bound.errors:
            target = f"div_{bound.auto_id}" if bound.use_fieldset else bound.auto_id
            yield {
                # Where the heading of several says half of the label, this is the whole.
                "label": str(getattr(bound.field, "whole_label", bound.label)),
                "message": str(message),
                "target": "" if bound.is_hidden else target,
            }


@register.filter
def is_cards(bound: BoundField) -> bool:
    """True for a choice drawn as cards (core.widgets.RadioCards)."""
    return bool(getattr(bound.field.widget, "cards", False))
