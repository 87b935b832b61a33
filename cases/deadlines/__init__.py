"""Deadlines as they are stored: kept true to the facts, swept, listed."""
