"""Synthetic data of every app, for the demonstration and for measurements."""
