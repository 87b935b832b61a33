"""Views of the boards."""
