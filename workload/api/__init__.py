"""The workload in the REST API: the same reads and permissions as the pages, said in JSON."""
