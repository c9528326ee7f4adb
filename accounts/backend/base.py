"""django-tenants' backend with the tenant in a context variable instead of on the connection.

The stock backend keeps the tenant on the connection, and connections belong to threads: sockets, tasks and
``asyncio.gather`` over tenants then answer for whoever used the thread last. Here a connection only remembers
which search path it sent, and sends another one when the context asks for another tenant.
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django_tenants.postgresql_backend import base
from psycopg.pq import TransactionStatus
from psycopg.types.datetime import TimestamptzLoader

from accounts import tenancy
from accounts.backend.pooled import is_pooled, tell_path

#: Where a connection of the pool keeps the search path that it was last sent.
TOLD = "_crm_search_path"


@lru_cache(maxsize=4096)
def search_path(schema: str, include_public: bool) -> tuple[str, ...]:
    """The schemas to look in, most particular first; refuses names that could break out of their quotes."""
    public = (tenancy.PUBLIC,) if include_public or schema == tenancy.PUBLIC else ()
    path = tuple(dict.fromkeys((schema, *public, *getattr(settings, "PG_EXTRA_SEARCH_PATHS", ()))))
    for name in path:
        if not base.is_valid_schema_name(name):
            raise ImproperlyConfigured(f"Invalid schema name: {name!r}")
    return path


class UtcLoader(TimestamptzLoader):
    """Reads timestamps four times as fast as Django's loader: a page of rows holds hundreds."""

    timezone = UTC

    def load(self, data: Any) -> datetime:
        try:
            found = datetime.fromisoformat(str(data, "ascii"))
        except ValueError:  # infinity, or before Christ
            return super().load(data).replace(tzinfo=UTC)
        return found if found.tzinfo is UTC else found.astimezone(UTC)


class DatabaseWrapper(base.DatabaseWrapper):  # type: ignore[misc]  # django-tenants has no types
    """A connection that answers for the tenant of the context that uses it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # The stock constructor resets the tenant; opening a connection must not do that to the opener.
        self._is_constructed = self.is_pooled = False
        super().__init__(*args, **kwargs)
        self._is_constructed = True
        #: Behind a pooler: the path that the open transaction was told.
        self.said_path: list[str] | None = None

    @property
    def tenant(self) -> Any:
        state = tenancy.current()
        return state.tenant or base.FakeTenant(state.schema)

    @tenant.setter
    def tenant(self, tenant: Any) -> None:
        if self._is_constructed:
            self.set_tenant(tenant)

    @property
    def schema_name(self) -> str:
        return tenancy.current().schema

    @schema_name.setter
    def schema_name(self, schema: str) -> None:
        if self._is_constructed:
            self.set_schema(schema)

    @property
    def include_public_schema(self) -> bool:
        return tenancy.current().include_public

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:
        """Enter a tenant; the ContentType cache stays, as content types are public and the same for all."""
        if self._is_constructed:
            tenancy.set_current(tenancy.Current(tenant.schema_name, include_public, tenant))

    def get_connection_params(self) -> dict[str, Any]:
        """Django's, with the faster loader of timestamps."""
        params: dict[str, Any] = super().get_connection_params()
        if self.timezone is UTC:
            params["context"].register_loader("timestamptz", UtcLoader)
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection, fresh or from the pool; what it was last told is known if it was told so outside any
        transaction, which might have taken it back."""
        raw = super().get_new_connection(conn_params)
        self.search_path_set_schemas = getattr(raw, TOLD, None)
        self.is_pooled = is_pooled(self.settings_dict)
        if tell_path in self.execute_wrappers:
            self.execute_wrappers.remove(tell_path)
        if self.is_pooled:
            # The outermost one: those that a block has added are taken off from the end.
            self.execute_wrappers.insert(0, tell_path)
        return raw

    def _set_autocommit(self, autocommit: bool) -> None:
        """Django's; a transaction that begins finds the path told, outside of it, for those after it as well."""
        if not autocommit and not self._is_path_told():
            self.cursor().close()
        super()._set_autocommit(autocommit)

    def _commit(self) -> None:
        self.said_path = None
        super()._commit()

    def _rollback(self) -> None:
        self.said_path = None
        super()._rollback()

    def savepoint_rollback(self, sid: str) -> None:
        """Django's; what the transaction was told since then is forgotten, too."""
        self.said_path = None
        super().savepoint_rollback(sid)

    @property
    def wanted_path(self) -> list[str]:
        """The schemas of the context that asks."""
        return self._get_cursor_search_paths()

    def _handle_search_path(self, cursor: Any = None) -> None:
        if self._setting_search_path or self._is_path_told():
            return
        self.search_path_set_schemas = None
        setattr(self.connection, TOLD, None)
        super()._handle_search_path(cursor)
        if self.connection.info.transaction_status == TransactionStatus.IDLE:
            setattr(self.connection, TOLD, self.search_path_set_schemas)

    def _make_ready(self) -> None:
        super()._make_ready()
        if not self._is_path_told():
            self.cursor().close()

    def _end_snapshot(self) -> None:
        self.said_path = None
        super()._end_snapshot()

    def _is_path_told(self) -> bool:
        """Whether the session knows the path of the context, or need not."""
        if self.is_pooled or tenancy.current().anywhere:
            return True
        return bool(self.search_path_set_schemas == self._get_cursor_search_paths())

    def _get_cursor_search_paths(self) -> list[str]:
        state = tenancy.current()
        return list(search_path(state.schema, state.include_public))
