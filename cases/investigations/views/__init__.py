"""Pages of investigations: lists, the case page and its sections, the document."""
