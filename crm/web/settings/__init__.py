"""Settings: oneself, the firm, its members, teams, roles, keys and the audit log."""
