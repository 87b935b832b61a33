"""The workload of the demonstration."""
