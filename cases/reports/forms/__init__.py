"""Forms of reports: what is typed, not whether it may be."""
