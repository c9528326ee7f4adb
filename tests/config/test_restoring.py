"""One tenant put back from a backup of all, as docs/operations.md says: by pg_dump and psql themselves."""

import subprocess
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.api_keys import create_api_key
from accounts.models import ApiKey, Tenant, TenantUser, User
from accounts.provisioning import add_member
from accounts.roles.models import Role
from accounts.tenancy import tenant_context
from config.binaries import postgres_folder
from crm.automations.models import ScanPosition
from crm.contacts.models import Contact
from realtime.changes.log import current_snapshot
from realtime.functions.call import call
from tests.accounts.catalogs import describe
from tests.cast import ACME, Cast


def run(program: str, *arguments: str, **options: Any) -> str:
    """One of PostgreSQL's programs."""
    done = subprocess.run(
        [postgres_folder() / program, *arguments], check=True, capture_output=True, text=True, **options
    )
    return done.stdout


def put_back(dump: Path, address: str) -> None:
    """The schema as it was, in one transaction."""
    script = run("pg_restore", f"--schema={ACME}", "--no-owner", "--file=-", str(dump))
    begin = f"DROP SCHEMA {ACME} CASCADE; CREATE SCHEMA {ACME};\n"
    run("psql", "-q", "-1", "-v", "ON_ERROR_STOP=1", address, input=begin + script)


def add(cast: Cast, name: str) -> int:
    """A contact of Alice's, committed."""
    with tenant_context(ACME):
        made = call("contacts.create_contact", cast.alice.context(), {"first_name": name})
    return int(made["id"])


def defined() -> dict[str, list[Any]]:
    """How the schema is defined; of constraints the names, as PostgreSQL writes some checks otherwise later."""
    found = describe(ACME)
    return {**found, "constraints": [row[:3] for row in found["constraints"]]}


def key_of(tenant: Tenant, member_id: int) -> ApiKey:
    """A key that acts as the member."""
    row, _key = create_api_key(tenant_id=tenant.pk, member_id=member_id, name="Key", scopes=["read"])
    return row


def stays(key: ApiKey) -> bool:
    """Whether the key is still good."""
    key.refresh_from_db()
    return key.revoked_at is None


def test_one_tenant_is_put_back(committed_db: str, cast: Cast, tmp_path: Path) -> None:
    tenant = Tenant.objects.get(slug="acme")
    kept, definitions = add(cast, "Kept"), defined()
    with tenant_context(ACME):
        past = current_snapshot().text()
        ScanPosition.objects.create(pk=1, snapshot=past, at=tenant.created_at)
    dump = tmp_path / "backup.dump"
    run("pg_dump", "--format=custom", f"--file={dump}", committed_db)

    later = add(cast, "Later")
    newcomer = User.objects.create(email="late@acme.test", name="Late")
    with tenant_context(ACME):
        late = add_member(tenant, newcomer, Role.objects.get(key="agent"))
    theirs, alices = key_of(tenant, late.pk), key_of(tenant, cast.alice.member_id)
    TenantUser.objects.filter(user=cast.bob.user_id).delete()
    connection.close()
    put_back(dump, committed_db)
    out = StringIO()
    call_command("after_restore", tenant="acme", stdout=out)

    assert out.getvalue().startswith("1 users back, 1 gone, 1 API keys revoked, 0 workflow runs")
    assert defined() == definitions
    with tenant_context(ACME):
        assert list(Contact.objects.filter(pk__in=[kept, later]).values_list("pk", flat=True)) == [kept]
        # Nothing listens; had something, it would not hear what the backup undid.
        assert not ScanPosition.objects.exists()
    assert not TenantUser.objects.filter(user=newcomer).exists()
    assert TenantUser.objects.get(user=cast.bob.user_id).member_id == cast.bob.member_id
    assert (stays(theirs), stays(alices)) == (False, True)
    assert add(cast, "Next") == later  # the number was never used, as far as the backup knows
    with connection.cursor() as cursor:
        cursor.execute("SELECT epoch FROM public.changes_relay")
        assert cursor.fetchone() == ("",)


def test_a_tenant_that_is_not_there(committed_db: str) -> None:
    with pytest.raises(CommandError, match="no tenant nobody"):
        call_command("after_restore", tenant="nobody")
