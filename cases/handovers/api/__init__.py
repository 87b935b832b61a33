"""Hand-overs between units in the REST API."""
