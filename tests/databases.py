"""Databases for tests: one template a content of the migrations, copied in a tenth of a second.

The template holds the public schema, the template schema of tenants and the cast's two tenants. It is built
once, under an advisory lock, and kept for later runs; whoever needs committed data takes a copy of its own.
"""

import hashlib
import itertools
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.core.management import call_command
from django.db import connection, connections

ROOT = Path(__file__).resolve().parent.parent
#: What decides the template's content besides the migrations themselves.
SOURCES = [
    "accounts/cloning.py",
    "accounts/provisioning.py",
    "accounts/roles/builtin.py",
    "accounts/permissions.py",
    "realtime/changes/*.py",
    "realtime/changes/log.sql",
    "config/settings.py",
    "requirements/runtime.lock",
    "tests/cast.py",
    "tests/databases.py",
]
PREFIX = "tests_"
BUILDING = 7_214_551
_numbers = itertools.count(1)


def content_hash() -> str:
    """Twelve hex digits over all migrations and the other sources of the template."""
    digest = hashlib.sha256()
    for path in sources():
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def sources() -> Iterator[Path]:
    """The files that decide the template's content, looked for in the packages only.

    A walk from the root would pass through ``var``, where databases vanish under it as other workers drop them.
    """
    for package in sorted(path.parent for path in ROOT.glob("*/__init__.py")):
        for kind in ("py", "sql"):
            yield from sorted(package.glob(f"**/migrations/*.{kind}"))
    for pattern in ["crm/*/defaults.py", *SOURCES]:
        yield from sorted(ROOT.glob(pattern))


@contextmanager
def administration() -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """An autocommit connection to the server's own database."""
    with psycopg.connect(database_url("postgres"), autocommit=True) as administrator:
        yield administrator


def database_url(name: str) -> str:
    """The address of a database on the tests' server."""
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


def template() -> str:
    """The name of the current template, which is built by the first one to ask."""
    name = f"{PREFIX}template_{content_hash()}"
    with administration() as administrator:
        administrator.execute("SELECT pg_advisory_lock(%s)", [BUILDING])
        found = administrator.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if not found:
            drop_leftovers(administrator)
            build(administrator, name)
    return name


def build(administrator: psycopg.Connection[tuple[Any, ...]], name: str) -> None:
    """Migrate and fill a database; the rename at the end makes it a template that others may use."""
    from tests.cast import create_cast

    unfinished = f"{PREFIX}building_{os.getpid()}"
    administrator.execute(f"CREATE DATABASE {unfinished}")
    with used(unfinished):
        call_command("migrate", verbosity=0, interactive=False)
        create_cast()
    administrator.execute(f"ALTER DATABASE {unfinished} RENAME TO {name}")


def drop_leftovers(administrator: psycopg.Connection[tuple[Any, ...]]) -> None:
    """Drop old templates, and copies that a killed run left; a database in use stays, and so does a living run's."""
    names = administrator.execute("SELECT datname FROM pg_database WHERE datname ^@ %s", [PREFIX]).fetchall()
    for (name,) in names:
        maker = re.fullmatch(rf"{PREFIX}copy_(\d+)_\d+", name)
        if maker and Path("/proc", maker[1]).exists():
            continue
        in_use = administrator.execute("SELECT 1 FROM pg_stat_activity WHERE datname = %s", [name]).fetchone()
        if not in_use:
            administrator.execute(f"DROP DATABASE {name}")


@contextmanager
def copy() -> Iterator[str]:
    """A copy of the template that lives as long as the block; yields its name."""
    source = template()
    name = f"{PREFIX}copy_{os.getpid()}_{next(_numbers)}"
    with administration() as administrator:
        administrator.execute(f"CREATE DATABASE {name} TEMPLATE {source}")
        try:
            yield name
        finally:
            administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def used(name: str) -> Iterator[None]:
    """Point Django at a database for the block, in every thread: they share the settings' dictionary."""
    settings = connections.settings["default"]
    before = settings["NAME"]
    disconnect()
    settings["NAME"] = name
    try:
        yield
    finally:
        disconnect()
        settings["NAME"] = before


def disconnect() -> None:
    """Close this thread's connection and the pool behind all of them."""
    connections.close_all()
    connection.close_pool()
