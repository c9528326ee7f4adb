"""Which tenants have automations that listen to the change log, and up to where the log was looked through."""
