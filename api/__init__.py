"""The ground of the REST API; what can be asked stands in the rooms it is about."""
