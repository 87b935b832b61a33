"""Corrections of what was recorded: one form for all, with who, when, why, old and new."""
