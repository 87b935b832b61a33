"""Workload: points, loads, allocation, measurements and staffing, on top of the cases."""
