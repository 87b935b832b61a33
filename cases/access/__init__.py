"""Letting in and keeping out: grants, emergency openings, conflicts, the log of a child."""
