"""Cases of child welfare: a room for each kind of matter and for what every matter gets."""
