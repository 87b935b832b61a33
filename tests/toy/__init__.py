"""A kind of matter that nothing in the program knows: a promise made to a child, to be kept.

What holds of it holds of placements, homes and complaints to come. The app is not installed; its
table is made by the test that needs it.
"""
