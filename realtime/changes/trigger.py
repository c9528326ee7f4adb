"""Declares the change-log trigger on every table.

``register_triggers`` runs when all apps are loaded, so that a model is reactive because it exists: nobody
declares anything. ``makemigrations`` then writes the trigger into the app's migrations (pgtrigger), and the
trigger calls one function in public (log.sql) with the table's columns as arguments; a later change of
what is logged touches that function alone. Tables of third-party apps, whose migrations are not ours, get
theirs from a migration of this app (``InstallChangeTriggers``).
"""

from collections.abc import Iterator
from typing import Any

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.db import models
from pgtrigger import compiler

from realtime.changes.columns import kept_columns, key_column, unlogged_columns

NAME = "change_log"
TRUNCATE_NAME = "change_log_truncate"

#: Models of the engine itself that stay out of the log, and why; ``settings.CHANGE_LOG_EXEMPT`` adds others.
EXEMPT = {
    "changes.Change": "It is the log.",
    "changes.Relay": "The relay's own bookkeeping would wake the relay.",
    "changes.RelaySchema": "The relay's own bookkeeping would wake the relay.",
}


def is_reactive(model: type[models.Model]) -> bool:
    """Whether the table's changes reach the log; proxies answer for the table that they stand for."""
    meta = model._meta.concrete_model._meta if model._meta.concrete_model else model._meta
    return meta.label not in EXEMPT and meta.label not in settings.CHANGE_LOG_EXEMPT


def reactive_models() -> Iterator[type[models.Model]]:
    """Every model with a table that is not exempt, automatic m2m tables included."""
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.proxy and model._meta.managed and is_reactive(model):
            yield model


def register_triggers() -> None:
    """Give every reactive table of our own apps its trigger, for the migration autodetector to see."""
    for model in reactive_models():
        # The stubs say bool; of an automatic m2m table it is the model that has the field.
        owner: Any = model._meta.auto_created
        if is_third_party(owner or model):
            continue
        if owner:
            field = next(f for f in owner._meta.local_many_to_many if f.remote_field.through is model)
            ChangeTrigger(field.name).register(owner)
        else:
            ChangeTrigger().register(model)


def is_third_party(model: type[models.Model]) -> bool:
    """Whether the model's migrations belong to an installed package rather than to this project."""
    return "-packages" in apps.get_app_config(model._meta.app_label).path


class ChangeTriggerSql(compiler.UpsertTriggerSql):  # type: ignore[misc]  # pgtrigger has no types
    """The two triggers of a table; migrations hold this by its arguments."""

    def __init__(self, *, pgid: str, table: str, execute: str, hash: str | None = None) -> None:
        super().__init__(
            pgid=pgid,
            func="",
            table=table,
            when="AFTER",
            operation="INSERT OR UPDATE OR DELETE",
            execute=execute,
            hash=hash,
        )

    def get_template(self) -> str:
        return (
            "DROP TRIGGER IF EXISTS {pgid} ON {table};\n"
            f"DROP TRIGGER IF EXISTS {TRUNCATE_NAME} ON {{table}};\n"
            "CREATE TRIGGER {pgid} AFTER INSERT OR UPDATE OR DELETE ON {table}\n"
            "    FOR EACH ROW EXECUTE FUNCTION {execute};\n"
            f"CREATE TRIGGER {TRUNCATE_NAME} AFTER TRUNCATE ON {{table}}\n"
            "    FOR EACH STATEMENT EXECUTE FUNCTION {execute};\n"
            "COMMENT ON TRIGGER {pgid} ON {table} IS '{hash}';\n"
        )

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        path = f"{type(self).__module__}.{type(self).__name__}"
        arguments = {"pgid": self.pgid, "table": self.table, "execute": self.kwargs["execute"]}
        return path, [], {**arguments, "hash": self.hash}


class ChangeTrigger(pgtrigger.Trigger):  # type: ignore[misc]  # pgtrigger has no types
    """Logs the changes of a model's table, or of the table behind one of its automatic m2m fields."""

    when = pgtrigger.After
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
    func = "RETURN NULL;"

    def __init__(self, m2m_field: str = "") -> None:
        self.m2m_field = m2m_field
        super().__init__(name=f"{NAME}_{m2m_field}" if m2m_field else NAME)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ChangeTrigger) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)

    def table_model(self, model: type[models.Model]) -> type[models.Model]:
        """The model of the table that the trigger stands on."""
        if not self.m2m_field:
            return model
        field: Any = model._meta.get_field(self.m2m_field)
        through: type[models.Model] = field.remote_field.through
        return through

    def get_pgid(self, model: type[models.Model]) -> str:
        # Not under pgtrigger's prefix: its "prune" would take away what stands on m2m tables.
        return str(super().get_pgid(model)).removeprefix("pgtrigger_")

    def compile(self, model: type[models.Model]) -> compiler.Trigger:
        table_model = self.table_model(model)
        sql = ChangeTriggerSql(
            pgid=self.get_pgid(model), table=table_model._meta.db_table, execute=call_of_log(table_model)
        )
        return compiler.Trigger(name=self.name, sql=sql)


def call_of_log(model: type[models.Model]) -> str:
    """The call of the shared function with the table's arguments."""
    unlogged = ",".join(f'"{column}"' for column in unlogged_columns(model))
    kept = ",".join(f'"{column}"' for column in kept_columns(model))
    further = f", '{{{kept}}}'" if kept else ""
    return f"public.log_change('{key_column(model)}', '{{{unlogged}}}'{further})"
