"""The matter: what every kind of case shares, and the registry of what differs."""
