"""Every change of state in the workload area: weights and staffing, rounds, plans, meetings."""
