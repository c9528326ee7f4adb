"""Which tenant the running code answers for.

One context variable holds it, and the database backend reads it at every cursor. asyncio and asgiref
carry the variable into tasks and threads and back, so a request, a socket, a job or a task that outlives
its request each keep their own tenant, whichever thread or pooled connection serves them. A thread that
was started without a context begins in the public schema.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Current:
    """The schema that the running code reads and writes; ``tenant`` is whatever django-tenants was given."""

    schema: str = PUBLIC
    include_public: bool = True
    tenant: Any = None
    #: Any search path will do, so none is set.
    anywhere: bool = False


_current: ContextVar[Current] = ContextVar("tenant", default=Current())  # noqa: B039 - it is frozen


def current() -> Current:
    """The whole state; the backend's own business."""
    return _current.get()


def set_current(state: Current) -> None:
    """Change the tenant of this context for good; prefer ``tenant_context``."""
    _current.set(state)


def current_schema() -> str:
    """The schema name of the running code's tenant, ``public`` outside any."""
    return _current.get().schema


@contextmanager
def entered(state: Current) -> Iterator[None]:
    """Run the block in the given state."""
    before = _current.get()
    _current.set(state)
    try:
        yield
    finally:
        # Not reset(token): a generator may be closed in another context than the one that opened it.
        _current.set(before)


def tenant_context(schema: str) -> AbstractContextManager[None]:
    """Run the block for the tenant that owns the schema; works in sync and async code alike."""
    return entered(Current(schema))


@contextmanager
def anywhere() -> Iterator[None]:
    """Run statements on public tables alone on whatever search path the connection has: all lead to them."""
    before = _current.get()
    _current.set(Current(anywhere=True))
    try:
        yield
    finally:
        _current.set(before)


def public_context() -> AbstractContextManager[None]:
    """Run the block in the public schema, outside any tenant."""
    return tenant_context(PUBLIC)


def schema_alone(schema: str) -> AbstractContextManager[None]:
    """Run the block with one schema in the search path and public out of sight; for work on catalogs."""
    return entered(Current(schema, include_public=False))
