"""Reports of concern and applications, from the first call to the decision."""
