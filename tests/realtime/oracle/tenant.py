"""A tenant of the oracle's own, made like any other and then filled with its own rows."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from accounts.models import User
from accounts.provisioning import create_tenant
from accounts.tenancy import tenant_context
from realtime.reads.tables import tenant_tables
from tests.realtime.oracle.world import SCHEMA, Pick, populate


@contextmanager
def oracle_tenant(seed: int) -> Iterator[str]:
    """Inside a fresh tenant; yields its schema. In a database of its own: nothing is cleaned up."""
    owner = User.objects.create(email="oracle@oracle.test", name="Oracle", password="")
    create_tenant("oracle", "Oracle", owner)
    with tenant_context(SCHEMA):
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(sorted(tenant_tables()))} RESTART IDENTITY CASCADE")
        populate(Pick(random.Random(seed)))
        yield SCHEMA
