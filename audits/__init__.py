"""Self-audits: looking at what was done. So far the log checks."""
