"""Deadlines in the REST API."""
