"""Migrates every schema in one run: public, then the template, then all tenants.

Nearly all the time of a migration goes into rendering model states, and the states are the same for all
tenants that lack the same migrations. So: one query reads what every schema has applied, schemas are grouped
by it, states are computed once a group, and each schema gets the operations in a transaction of its own. A
schema that fails keeps what it had and is named in the result; the others go on, and the next run resumes
it where it stopped.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field

from django.conf import settings
from django.db import InternalError, OperationalError, connection, router, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.models import IndexOperation
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

from accounts import tenancy

Key = tuple[str, str]  # app label, migration name

#: Advisory lock: migrating takes it alone, creating a tenant shares it.
LOCK = 0x6D69_6772
SCHEMAS_PER_QUERY = 200


@dataclass(slots=True)
class Outcome:
    """What became of one schema: the migrations applied to it, and the error that stopped it, if one did."""

    schema: str
    applied: list[Key] = field(default_factory=list)
    error: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One operation with the states before and after it."""

    operation: Operation
    before: ProjectState
    after: ProjectState


Report = Callable[[str], None]


def migrate_all(*, workers: int = 4, report: Report = lambda line: None) -> list[Outcome]:
    """Bring public, the template schema and all tenants up to date; an outcome for each schema that lacked
    something. Tenants are left alone when public or the template fails: they would fail the same way."""
    with migration_lock():
        outcomes: list[Outcome] = []
        make_template()
        for schemas in ([tenancy.PUBLIC], [settings.TENANT_TEMPLATE_SCHEMA]):
            outcomes += migrate_schemas(schemas, workers=1, report=report)
            if any(outcome.error for outcome in outcomes):
                return outcomes
        return outcomes + migrate_schemas(tenant_schemas(), workers=workers, report=report)


def migrate_schemas(
    schemas: Collection[str], *, workers: int = 4, report: Report = lambda line: None
) -> list[Outcome]:
    """Apply what each schema lacks, in parallel; outcomes for those that lacked something."""
    loader = MigrationLoader(None)
    plan = full_plan(loader)
    groups: dict[frozenset[Key], list[str]] = defaultdict(list)
    for schema, applied in applied_migrations(schemas).items():
        groups[frozenset(applied)].append(schema)
    outcomes: list[Outcome] = []
    for known, members in groups.items():
        if not all(is_applied(migration, known) for migration in plan):
            outcomes += _migrate_group(loader, plan, known, members, workers, report)
    return outcomes


def full_plan(loader: MigrationLoader) -> list[Migration]:
    """All migrations in an order that respects their dependencies."""
    keys: dict[Key, None] = {}
    for leaf in loader.graph.leaf_nodes():
        keys.update(dict.fromkeys(loader.graph.forwards_plan(leaf)))
    return [loader.graph.nodes[key] for key in keys]


def is_applied(migration: Migration, applied: Collection[Key]) -> bool:
    """Whether the migration, or all of those that it squashes, are among the applied ones."""
    key = (migration.app_label, migration.name)
    return key in applied or (bool(migration.replaces) and all(old in applied for old in migration.replaces))


def applied_migrations(schemas: Collection[str]) -> dict[str, set[Key]]:
    """What each schema has applied, many schemas a query; nothing for a schema without the table."""
    applied: dict[str, set[Key]] = {schema: set() for schema in schemas}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relname = 'django_migrations' AND n.nspname = ANY(%s)",
            [list(schemas)],
        )
        recorded = [schema for (schema,) in cursor.fetchall()]
        for start in range(0, len(recorded), SCHEMAS_PER_QUERY):
            part = recorded[start : start + SCHEMAS_PER_QUERY]
            cursor.execute(" UNION ALL ".join(_APPLIED_IN.format(schema) for schema in part), part)
            for schema, app_label, name in cursor.fetchall():
                applied[schema].add((app_label, name))
    return applied


_APPLIED_IN = 'SELECT %s::text, app, name FROM "{}".django_migrations'


def tenant_schemas() -> list[str]:
    """The schema of every tenant, suspended ones too."""
    from accounts.models import Tenant

    with tenancy.public_context():
        return list(Tenant.objects.order_by("id").values_list("schema_name", flat=True))


def make_template() -> None:
    """The empty schema that the first migration fills and that tenants are cloned from."""
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE SCHEMA IF NOT EXISTS "{settings.TENANT_TEMPLATE_SCHEMA}"')


@contextmanager
def migration_lock() -> Iterator[None]:
    """Wait for other migrations and for tenants being created, and keep them waiting meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _migrate_group(
    loader: MigrationLoader,
    plan: Sequence[Migration],
    applied: Collection[Key],
    schemas: Iterable[str],
    workers: int,
    report: Report,
) -> list[Outcome]:
    """Migrate schemas that have the same migrations applied."""
    state = ProjectState(real_apps=loader.unmigrated_apps)
    outcomes = {schema: Outcome(schema) for schema in schemas}
    lacking = [migration for migration in plan if not is_applied(migration, applied)]
    for migration in plan:
        if migration not in lacking:
            migration.mutate_state(state, preserve=False)
    for migration in lacking:
        going = [outcome for outcome in outcomes.values() if not outcome.error]
        steps, state = _steps(migration, state, _concerns(migration, going[0].schema) if going else False)
        _apply_everywhere(migration, steps, going, workers)
    names = list(outcomes)
    report(f"{names[0] if len(names) == 1 else f'{len(names)} schemas'}: {len(lacking)} migrations")
    return list(outcomes.values())


def _concerns(migration: Migration, schema: str) -> bool:
    """Whether the migration's app lives in the schema; if not, it is only recorded there."""
    with tenancy.tenant_context(schema):
        return router.allow_migrate(connection.alias, migration.app_label)


def _steps(migration: Migration, state: ProjectState, concerns: bool) -> tuple[list[Step], ProjectState]:
    """The operations with their states, rendered once for all schemas, and the state after all of them."""
    if not concerns:
        # No operation here looks at rendered models: whoever does next renders them, once.
        state.__dict__.pop("apps", None)
        return [], migration.mutate_state(state, preserve=False)
    _ = state.apps  # a clone of a rendered state renders only what its operation touches
    steps: list[Step] = []
    stale: set[Key] = set()
    for operation in migration.operations:
        if not isinstance(operation, IndexOperation):
            state.reload_models(list(stale))
            stale.clear()
        before = state
        state = before.clone()
        _go_forwards(operation, migration.app_label, state, stale)
        steps.append(Step(operation, before, state))
    state.reload_models(list(stale))
    for step in steps:
        _ = step.before.apps, step.after.apps
    return steps, state


def _go_forwards(operation: Operation, app_label: str, state: ProjectState, stale: set[Key]) -> None:
    """Apply an operation to the state. One of an index, a constraint or a trigger looks at its model's table alone:
    a model that many of them concern is rendered again after the last; until then it is among ``stale``."""
    if not isinstance(operation, IndexOperation):
        operation.state_forwards(app_label, state)
        return
    rendered = state.__dict__.pop("apps")
    operation.state_forwards(app_label, state)
    state.__dict__["apps"] = rendered
    stale.add((app_label, operation.model_name_lower))


def _apply_everywhere(
    migration: Migration, steps: Sequence[Step], outcomes: Sequence[Outcome], workers: int
) -> None:
    # Operations with a one-off default change the shared state's field while they run.
    if any(not getattr(step.operation, "preserve_default", True) for step in steps):
        workers = 1
    if workers == 1 or len(outcomes) < 2 or connection.in_atomic_block:
        for outcome in outcomes:
            _apply(migration, steps, outcome)
        return
    with ThreadPoolExecutor(workers, "migrate") as pool:
        list(pool.map(lambda outcome: _apply_in_thread(migration, steps, outcome), outcomes))
    # Definitions in public that all schemas share (CREATE OR REPLACE) can collide; alone they do not.
    for outcome in outcomes:
        if outcome.error.startswith(_COLLISION):
            _apply(migration, steps, outcome)


_COLLISION = "Collision: "


def _apply_in_thread(migration: Migration, steps: Sequence[Step], outcome: Outcome) -> None:
    try:
        _apply(migration, steps, outcome)
    finally:
        connection.close()


def _apply(migration: Migration, steps: Sequence[Step], outcome: Outcome) -> None:
    """Apply one migration to one schema and note the outcome; an error is noted, not raised."""
    outcome.error = ""
    try:
        with tenancy.tenant_context(outcome.schema), _transaction(migration):
            _run(migration, steps)
    except (InternalError, OperationalError) as error:
        outcome.error = f"{_COLLISION}{migration}: {error}".strip()
    except Exception as error:  # noqa: BLE001  (whatever a data migration raises concerns this schema alone)
        outcome.error = f"{migration}: {type(error).__name__}: {error}".strip()
    else:
        outcome.applied.append((migration.app_label, migration.name))


def _transaction(migration: Migration) -> AbstractContextManager[object]:
    return transaction.atomic() if migration.atomic else nullcontext()


def _run(migration: Migration, steps: Sequence[Step]) -> None:
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    with connection.schema_editor(atomic=False) as editor:
        for step in steps:
            with transaction.atomic() if step.operation.atomic else nullcontext():
                step.operation.database_forwards(migration.app_label, editor, step.before, step.after)
    recorder.record_applied(migration.app_label, migration.name)
