"""Investigations, from the opening to the conclusion."""
