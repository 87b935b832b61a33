from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UnitstatsConfig(AppConfig):
    name = "unitstats"
    verbose_name = _("Statistics")
