"""The database engine of a deployment with a schema a tenant."""
