"""A query of a fixed shape answers like its queryset, compiled once, and is recorded like it."""

from unittest.mock import ANY

import pytest
from django.db.models import F, Value
from django.utils import timezone

from accounts.roles.models import Role, RolePermission
from realtime.functions.models import AuditEntry
from realtime.reads.fixed import MARK, FixedQuery, Statement, Statements
from realtime.reads.tracker import track

pytestmark = pytest.mark.usefixtures("acme")


def grants(role_id, access):
    return (
        RolePermission.objects.filter(role_id=role_id, access=access)
        .order_by("permission")
        .values_list("permission", "access")
    )


QUERY = FixedQuery(grants, parameters=2)


@pytest.mark.parametrize("access", ["all", "own", "none"])
def test_rows_are_those_of_the_queryset(access: str, django_assert_num_queries) -> None:
    for role in Role.objects.all():
        expected = list(grants(role.pk, access))
        with django_assert_num_queries(1):
            assert QUERY.rows(role.pk, access) == expected


def test_a_tracker_sees_the_same_reads() -> None:
    role = Role.objects.get(key="agent")
    QUERY.rows(role.pk, "own")
    with track() as plain:
        list(grants(role.pk, "own"))
    with track() as fixed:
        assert QUERY.rows(role.pk, "own") == list(grants(role.pk, "own"))
    assert set(fixed.read_set.reads) == set(plain.read_set.reads)


def test_a_statement_holds_its_constants_and_takes_its_parameters() -> None:
    shown = Role.objects.filter(key="agent").values("id", percent=Value("100 %s"), kept=F("name"))
    statement = Statement(shown.filter(id__gt=MARK + 1, id__lt=MARK))
    assert statement.dicts((10_000, 0)) == [{"id": ANY, "percent": "100 %s", "kept": "Agent"}]
    assert statement.dicts((0, 10_000)) == []


def test_a_query_that_can_find_nothing_finds_nothing() -> None:
    statement = Statement(Role.objects.filter(pk__in=[]).values("id"))
    assert statement.dicts(()) == statement.rows(()) == []


def test_values_come_as_from_the_queryset() -> None:
    entry = AuditEntry.objects.create(
        function="a.b", actor_kind="system", changes={"x": [1]}, at=timezone.now()
    )
    entries = AuditEntry.objects.filter(pk=entry.pk).values("changes", "at", "object_id", "function")
    statement = Statement(AuditEntry.objects.filter(pk=MARK).values("changes", "at", "object_id", "function"))
    assert statement.dicts((entry.pk,)) == list(entries)


def test_statements_are_kept_by_shape() -> None:
    statements = Statements(kept=2)
    built = []

    def build(shape: str):
        def make(role_id: int):
            built.append(shape)
            return Role.objects.filter(pk=role_id).values("id")

        return make

    for shape in ("a", "b", "a", "c", "a"):
        assert statements.get(shape, build(shape), (1,)).dicts((1,)) == [{"id": 1}]
    assert built == ["a", "b", "c", "a"]


def test_without_preparing_the_answers_are_the_same(settings) -> None:
    expected = QUERY.rows(1, "all")
    settings.DATABASE_PREPARES = False
    assert expected == QUERY.rows(1, "all") == list(grants(1, "all"))
