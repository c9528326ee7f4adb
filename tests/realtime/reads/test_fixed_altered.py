"""A prepared statement and a migration: on a database of its own, as other connections must see the change."""

from contextlib import closing

import pytest
from django.db import NotSupportedError, connection

from accounts.roles.models import Role
from accounts.tenancy import tenant_context
from realtime.reads.fixed import FixedQuery
from tests.cast import ACME


def test_a_column_of_another_type_fails_once_at_most(committed_db: str) -> None:
    with tenant_context(ACME):
        _read_while_it_is_altered()


def _read_while_it_is_altered() -> None:
    query = FixedQuery(lambda role_id: Role.objects.filter(pk=role_id).values_list("name"))
    expected = query.rows(1)
    try:
        _alter("varchar(70)")
        with pytest.raises(NotSupportedError):
            query.rows(1)
        assert query.rows(1) == expected
    finally:
        _alter("varchar(60)")


def _alter(kind: str) -> None:
    # On another connection: psycopg forgets by itself what its own connection altered.
    other = connection.copy()
    with closing(other), other.cursor() as cursor:
        cursor.execute(f"ALTER TABLE roles_role ALTER COLUMN name TYPE {kind}")
