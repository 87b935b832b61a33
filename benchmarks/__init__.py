"""Measurements that anybody can make again, each beside its floor: the bare SQL of the same rows.

No limits are asserted here; figures are for reading. `make bench` starts services of its own.
"""
