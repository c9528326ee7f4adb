"""A query of a fixed shape answers like its queryset, compiled once, and is recorded like it."""

import pytest

from accounts.roles.models import Role, RolePermission
from realtime.reads.fixed import FixedQuery
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
