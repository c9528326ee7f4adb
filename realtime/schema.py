"""Which schema the running code reads and writes, as the database backend knows it (accounts.tenancy decides)."""

from typing import Any

from django.db import connection


def current_schema() -> str:
    """The schema name of the current tenant, ``public`` outside any."""
    wrapper: Any = connection
    name: str = wrapper.schema_name
    return name
