from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core.figures import figures


class UnitstatsConfig(AppConfig):
    name = "unitstats"
    verbose_name = _("Statistics")

    def ready(self) -> None:
        # The uppermost app is ready last: by now every app below has registered its figures.
        figures.close()
