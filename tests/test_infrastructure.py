"""The test infrastructure itself: copies of the template, the cast, rollback and committed data."""

import pytest
from django.db import connection

from accounts.models import Tenant
from accounts.roles.models import Member, Role
from tests.cast import ACME, Cast


@pytest.mark.django_db
def test_cast_is_there(cast: Cast, acme: str) -> None:
    assert [person.name for person in cast.acme] == list(
        Member.objects.order_by("id").values_list("name", flat=True)
    )
    assert cast.charlie.schema == "t_globex"
    assert set(cast.teams) == {"North", "South"}
    assert connection.schema_name == ACME


@pytest.mark.django_db
@pytest.mark.parametrize("_round", [1, 2])
def test_what_a_test_writes_is_rolled_back(acme: str, _round: int) -> None:
    assert not Role.objects.filter(name="Intern").exists()
    Role.objects.create(name="Intern")


@pytest.mark.django_db
def test_public_is_where_a_test_begins() -> None:
    assert connection.schema_name == "public"
    assert set(Tenant.objects.values_list("slug", flat=True)) == {"acme", "globex"}
