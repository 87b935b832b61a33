"""Pages of the self-audits."""
