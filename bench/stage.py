"""A deployment to measure: embedded servers of its own, a migrated database, a tenant with many contacts."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from bench.sizes import DIRECTORY

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Stage:
    """A tenant with contacts, and an API key of its owner."""

    database_url: str
    redis_url: str
    schema: str
    key: str
    member_id: int
    contacts: int


def set_environment(database: str) -> tuple[str, str]:
    """Start the servers, make the database and point Django's settings at them. Before Django is imported."""
    from config import embedded

    urls = embedded.start(DIRECTORY)
    address = make_database(urls["DATABASE_URL"], database)
    os.environ |= {"DATABASE_URL": address, "REDIS_URL": urls["REDIS_URL"], "VALIDATE_RESULTS": "0"}
    os.environ |= {"API_REQUESTS_PER_KEY": "100000000", "API_REQUESTS_PER_TENANT": "100000000"}
    os.environ.setdefault("SECRET_KEY", "bench-only-" + "0" * 40)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    return address, urls["REDIS_URL"]


def make_database(url: str, name: str) -> str:
    """The address of a database, made if it is missing."""
    with psycopg.connect(url, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(f'CREATE DATABASE "{name}"')
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def pid_of(server: str) -> int:
    """The pid of "postgres" or "valkey"."""
    from config import embedded

    return embedded.Folder(DIRECTORY).state()[server]["pid"]


def prepare(contacts: int, database: str = "") -> Stage:
    """A tenant with so many contacts; made on the first run and kept for the next."""
    address, redis_url = set_environment(database or f"bench_{contacts}")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    schema, member_id, key = _tenant_with_key()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f'SET search_path = "{schema}", public')
        _fill(connection, member_id, contacts)
    return Stage(address, redis_url, schema, key, member_id, contacts)


def _tenant_with_key() -> tuple[str, int, str]:
    from accounts.api_keys import create_api_key
    from accounts.models import Tenant, TenantUser, User
    from accounts.provisioning import create_tenant

    tenant = Tenant.objects.filter(slug="bench").first()
    if tenant is None:
        user = User.objects.create(email="owner@bench.test", name="Owner")
        tenant = create_tenant("bench", "Bench", user).tenant
    # The owner: bench.mixed adds others, and the database is kept.
    member_id = TenantUser.objects.filter(tenant=tenant).earliest("pk").member_id
    _, key = create_api_key(tenant_id=tenant.pk, member_id=member_id, name="bench", scopes=["read", "write"])
    return tenant.schema_name, member_id, key


def key_of(made: Stage, member_id: int) -> str:
    """A key of another member."""
    from accounts.api_keys import create_api_key
    from accounts.models import Tenant

    tenant = Tenant.objects.get(schema_name=made.schema)
    scopes = ["read", "write"]
    return create_api_key(tenant_id=tenant.pk, member_id=member_id, name="bench", scopes=scopes)[1]


def _fill(connection: psycopg.Connection, member_id: int, contacts: int) -> None:
    """Rows by one INSERT; the change log is not what is measured here, so its triggers rest meanwhile."""
    row = connection.execute(
        "SELECT count(*), (SELECT min(id) FROM contacts_contactstage) FROM contacts_contact"
    ).fetchone()
    assert row is not None
    if not contacts or row[0] >= contacts:
        return
    connection.execute("TRUNCATE contacts_contact RESTART IDENTITY CASCADE")
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(
            """INSERT INTO contacts_contact (first_name, last_name, full_name, email, phone, phone_e164, job_title,
                 stage_id, source, company_name, background, last_activity_at, owner_id, version,
                 created_at, updated_at)
               SELECT 'First' || n, 'Last' || n, 'First' || n || ' Last' || n, 'person' || n || '@example.org',
                 '+1415555' || n, '+1415555' || n, 'Manager', %s, 'web', '', '',
                 now() - n * interval '1 minute', %s, 1, now(), now()
               FROM generate_series(1, %s) AS n""",
            [row[1], member_id, contacts],
        )
    connection.execute("VACUUM ANALYZE contacts_contact")
