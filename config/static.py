"""How files for browsers are stored in production: compressed, each named by what it holds."""

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage as Storage

_rules: Any = Storage
IMPORTS = _rules._js_module_import_aggregation_patterns[1]


class StaticFiles(Storage):
    """A module asks for those it imports by such a name too, or browsers would mix old and new.

    In our own scripts only: what others ship names files in its comments that it does not bring.
    """

    patterns = (*Storage.patterns, ("js/*.js", IMPORTS))
