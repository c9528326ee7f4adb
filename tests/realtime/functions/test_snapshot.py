"""The transaction of a query, on a database of its own, as it is only one where no other is open."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from django.db import DatabaseError, InternalError, OperationalError, connection, transaction

from accounts.roles.models import Role
from accounts.tenancy import tenant_context
from realtime.functions.transactions import reading
from tests.cast import ACME


@pytest.fixture(autouse=True)
def acme_alone(committed_db: str) -> Iterator[None]:
    with tenant_context(ACME):
        yield
        connection.close()


def _name() -> str:
    return Role.objects.order_by("id").values_list("name", flat=True)[0]


def _elsewhere(sql: str) -> None:
    other = connection.copy()
    with closing(other), other.cursor() as cursor:
        cursor.execute(sql)


def test_the_database_refuses_to_write() -> None:
    before = _name()
    with pytest.raises(InternalError, match="read-only"), reading():
        Role.objects.update(name="other")
    assert not connection.in_atomic_block
    assert _name() == before


def test_all_of_it_sees_one_moment() -> None:
    with reading():
        before = _name()
        _elsewhere("UPDATE roles_role SET name = name || '!'")
        try:
            assert _name() == before
        finally:
            _elsewhere("UPDATE roles_role SET name = left(name, -1)")


def test_what_fails_leaves_nothing_open() -> None:
    with pytest.raises(DatabaseError, match="division"), reading(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")
    assert connection.get_autocommit()
    with reading():
        assert _name()


def test_a_part_may_fail_by_itself() -> None:
    with reading():
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        assert _name()


def _read_on_a_connection_that_is_cut() -> None:
    with reading():
        pid = connection.connection.info.backend_pid
        _elsewhere(f"SELECT pg_terminate_backend({pid}, 60000)")
        _name()


def test_a_connection_that_was_cut_is_given_up() -> None:
    with pytest.raises(OperationalError):
        _read_on_a_connection_that_is_cut()
    with reading():
        assert _name()
