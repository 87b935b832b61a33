"""Pages of the organisation, and what every request knows of its actor."""
