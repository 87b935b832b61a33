"""Every change of state in the self-audits."""
