"""The page of one child, and searching for it."""
