"""Starts the case area: finds the kinds of every app, and checks that each is whole."""

from importlib import import_module

from django.apps import AppConfig
from django.core.checks import register
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from cases.boards import start_pages


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = _("Cases")

    def ready(self) -> None:
        """Find the kinds of matters of every app, and see to it that nothing is half registered."""
        autodiscover_modules("kinds")
        from cases.matters import registry as matters
        from cases.notices import topics

        import_module("cases.statistics")  # registers its figures
        register(start_pages.check, "registries")
        register(matters.check, "registries")
        register(topics.check, "registries")
