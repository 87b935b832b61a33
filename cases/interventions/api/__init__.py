"""Interventions in the REST API."""
