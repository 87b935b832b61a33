"""Interventions decided after an investigation."""
