"""PostgreSQL backend whose SELECT compilers record what a query reads."""

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's PostgreSQL backend with recording compilers."""
