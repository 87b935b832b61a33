"""Pages of the workload area."""
