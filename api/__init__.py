"""The REST API: the same services and permissions as the pages, said in JSON."""
