"""The organisation: its tree and people, roles and rights, signing in, and acting as somebody."""
