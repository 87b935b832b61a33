"""Children and their guardians: identity, protection, where a child is."""
