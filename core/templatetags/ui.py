"""`{% load ui %}`: every component of core.ui under one name."""

from django import template

from core.ui import actions, content, days, figures, forms, frames, icons, lists, notes

register = template.Library()

for part in (actions, content, days, figures, forms, frames, icons, lists, notes):
    register.tags.update(part.register.tags)
    register.filters.update(part.register.filters)
