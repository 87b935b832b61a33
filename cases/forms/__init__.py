"""Forms of the case area."""
