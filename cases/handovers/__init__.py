"""A family that moves between units: its open investigations handed over, with what goes along."""
