"""Forms of the workload area."""
