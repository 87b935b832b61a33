"""Pages of investigations: lists, the case page and its sections, the document, the start page."""

from cases.views.investigations.start import worker_start

__all__ = ["worker_start"]
