"""django-tenants' backend with the tenant in a context variable."""

from django_tenants.postgresql_backend import base


class DatabaseWrapper(base.DatabaseWrapper):
    """django-tenants' wrapper."""
