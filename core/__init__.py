"""The kernel: calendar, trail, figures, pages, files. Nothing of child welfare or of staff."""
