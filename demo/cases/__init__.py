"""Synthetic data for demonstration, tests of size and training: nobody in it is a real person.

`words` holds names and sentences, `units` how large a unit is, `staff` the organisation, `plan`
what happens to whom and when, `rows` the same as database rows, `load` puts them there.
Everything but `load` is pure: the same seed and day give the same data. Stored deadlines come
from `cases.law.duties` like everybody else's.
"""
