"""Migration operation for the tables of third-party apps."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState, StateApps

from realtime.changes.trigger import NAME, ChangeTriggerSql, call_of_log, is_reactive


class InstallChangeTriggers(Operation):
    """Put the change-log trigger on every table that the app has at this point, m2m tables included.

    Belongs into a migration of ``changes`` that depends on the app's migration; again after an upgrade
    of the package that adds a table or a column (a test compares).
    """

    reversible = True
    reduces_to_sql = True

    def __init__(self, app: str) -> None:
        self.app = app

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Triggers of foreign tables are no part of their models' state."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        # The router has decided for this app's schema (public), where these tables live too.
        if not self.allow_migrate_model(
            schema_editor.connection.alias, to_state.apps.get_model(app_label, "relay")
        ):
            return
        for sql in trigger_statements(to_state.apps, self.app):
            schema_editor.execute(str(sql), params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """The triggers stay: they do no harm, and go with their tables."""

    def describe(self) -> str:
        return f"Log the changes of the tables of {self.app}"


def trigger_statements(apps: StateApps, app: str) -> list[ChangeTriggerSql]:
    """The statements that make the triggers of one app's tables."""
    return [
        ChangeTriggerSql(pgid=f"{NAME}_row", table=model._meta.db_table, execute=call_of_log(model))
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label == app
        and not model._meta.proxy
        and model._meta.managed
        and is_reactive(model)
    ]
