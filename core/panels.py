"""Panels that apps above put on the pages of apps below, named by the settings.

A setting lists dotted callables of the request and what the page is about; each answers markup, or
nothing when it has nothing to show or the reader may not see it.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString


def panels(setting: str, request: HttpRequest, **about: Any) -> list[SafeString]:
    """What the callables of the setting answer, in their order, without empty answers."""
    found = [import_string(dotted)(request, **about) for dotted in getattr(settings, setting, ())]
    return [panel for panel in found if panel]
