"""Investigations in the REST API."""
