"""The one call path: validate, permit, open the transaction, run, check the result, audit.

Web pages, REST routes, sockets, jobs and workflow steps all come through ``call``; nothing else runs a function.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import psycopg
from django.conf import settings
from django.db import DataError, IntegrityError, connection, transaction
from pydantic import ValidationError

from realtime.changes import poke
from realtime.functions import idempotency
from realtime.functions.arguments import Arguments
from realtime.functions.context import AuditNote, Context
from realtime.functions.encoding import encode_json
from realtime.functions.errors import Conflict, InvalidInput
from realtime.functions.models import AuditEntry
from realtime.functions.registry import AnyFunction, inside_call, registry
from realtime.functions.transactions import dividing, joined_audit, reading, writing
from realtime.schema import current_schema, preparing_cursor

AUDIT_FIELDS = "function, actor_kind, actor_id, credential, object, object_id, changes, request_id, at"
INSERT_AUDIT = (
    f"INSERT INTO {AuditEntry._meta.db_table} ({AUDIT_FIELDS})"
    " VALUES (%s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s)"
)
#: The same of rows that ``joining`` collected, from one JSON document.
INSERT_AUDITS = (
    f"INSERT INTO {AuditEntry._meta.db_table} ({AUDIT_FIELDS}) SELECT {AUDIT_FIELDS} FROM json_to_recordset(%s::json)"
    " AS new (function text, actor_kind text, actor_id bigint, credential text, object text, object_id bigint,"
    " changes jsonb, request_id text, at timestamptz)"
)
ANNOUNCE = (
    "SELECT pg_current_xact_id()::text::bigint, set_config('realtime.actor', %s, true),"
    " set_config('realtime.request_id', %s, true)"
)


class BadResult(Exception):
    """A function returned something else than it declares: a defect, found where VALIDATE_RESULTS is on."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A call's result, and for a mutation how it came about."""

    result: Any
    #: The mutation's transaction id: a change log row with it carries this mutation's effect.
    xid: int | None = None
    #: The result was stored by an earlier call with the same idempotency key.
    replayed: bool = False


def call(
    function: AnyFunction | str,
    ctx: Context,
    args: Mapping[str, object] | Arguments | None = None,
    *,
    idempotency_key: str | None = None,
    dry_run: bool = False,
) -> Any:
    """Call a function and return its result; FunctionError if it refuses. See ``call_outcome``."""
    return call_outcome(function, ctx, args, idempotency_key=idempotency_key, dry_run=dry_run).result


def call_outcome(
    function: AnyFunction | str,
    ctx: Context,
    args: Mapping[str, object] | Arguments | None = None,
    *,
    idempotency_key: str | None = None,
    dry_run: bool = False,
    asked: Mapping[str, object] | None = None,
) -> Outcome:
    """Call a function by object or name. A repeat is known by ``asked``, or else by its arguments.

    A mutation is one transaction: the change, its audit row and its idempotency record commit together or not
    at all. With ``dry_run`` it runs whole, answers what it would have done, and is rolled back.
    """
    if current_schema() != ctx.schema:
        raise RuntimeError(f"A call for {ctx.schema} was made while in {current_schema()}.")
    found = registry.get(function) if isinstance(function, str) else function
    arguments = args if isinstance(args, Arguments) else found.args_from_values(args or {})
    if found.kind == "query":
        with reading():
            return Outcome(_run_once(found, ctx, arguments))
    return _run_mutation(found, ctx, arguments, idempotency_key, dry_run, asked or arguments)


def _run_once(function: AnyFunction, ctx: Context, arguments: Arguments) -> Any:
    """The query's result; where the context shares results, the one that another part of the answer got."""
    if ctx.shared is None:
        return run_query(function, ctx, arguments)

    def found() -> tuple[Any, bytes]:
        result = run_query(function, ctx, arguments)
        return result, _fingerprint(result)

    result, before = ctx.once((function.name, encode_json(arguments, sort_keys=True)), found)
    if before != _fingerprint(result):
        raise BadResult(f"{function.name}: a part of the page changed a result that other parts share.")
    return result


def _fingerprint(result: Any) -> bytes:
    """Of a shared result, where results are checked at all."""
    return encode_json(result) if settings.VALIDATE_RESULTS else b""


def run_query(function: AnyFunction, ctx: Context, arguments: Arguments) -> Any:
    """Run a query in a transaction that the caller has opened (``reading``, or the hub at a tick's snapshot)."""
    with connection.execute_wrapper(_refuse_bad_values):
        permit(function, ctx)
        with inside_call():
            return _checked(function, function.body(ctx, **_fields(arguments)))


def permit(function: AnyFunction, ctx: Context) -> None:
    """The scope's refusal (Forbidden, say) unless the actor's role and key allow the function at all."""
    if not ctx.scope.allows(function.permission):
        raise ctx.scope.refusal(function.permission)


def _run_mutation(
    function: AnyFunction, ctx: Context, arguments: Arguments, key: str | None, dry_run: bool, asked: object
) -> Outcome:
    def once() -> Outcome:
        attempt = ctx.again()
        outcome = _mutate(function, attempt, arguments, key, asked)
        if dry_run:
            transaction.set_rollback(True)
        return outcome

    try:
        return writing(once)
    except IntegrityError as error:
        raise explained(function, error) from error
    except DataError as error:
        raise InvalidInput("A value is out of the range that can be stored.") from error


def _mutate(
    function: AnyFunction, ctx: Context, arguments: Arguments, key: str | None, asked: object
) -> Outcome:
    is_joined = joined_audit() is not None
    with connection.execute_wrapper(_announcing(ctx) if is_joined else _refuse_bad_values):
        if not is_joined:
            _announce(ctx)
        permit(function, ctx)
        if key is not None:
            digest = idempotency.fingerprint(function.name, encode_json(asked, sort_keys=True))
            earlier = idempotency.claim(ctx, key, function.name, digest)
            if earlier is not None:
                if not function.keeps_result:
                    raise Conflict("This was done already, and its answer is shown only once.")
                return Outcome(earlier.result, replayed=True)
        with inside_call(), dividing():
            result = _checked(function, function.body(ctx, **_fields(arguments)))
        _write_audit(function, ctx)
        if key is not None and function.keeps_result:
            idempotency.store(ctx, key, result)
        return Outcome(result, xid=ctx.xid)


def _announce(ctx: Context) -> None:
    """Tell the change log's trigger who writes, and learn the transaction's id, in one statement."""
    poke()
    with preparing_cursor() as cursor:
        cursor.execute(ANNOUNCE, [str(ctx.actor), ctx.request_id])
        ctx.xid = cursor.fetchone()[0]


def _announcing(ctx: Context) -> Callable[..., Any]:
    """An execute wrapper for a mutation among many: it announces itself before its first statement, if it has any.

    Nobody asks for the transaction's id there, and what makes no statement leaves nothing in the change log.
    """
    is_told = False

    def announce_first(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal is_told
        if not is_told:
            is_told = True  # before: the announcement comes through here, too
            _announce(ctx)
        return _refuse_bad_values(execute, sql, params, many, context)

    return announce_first


def _write_audit(function: AnyFunction, ctx: Context) -> None:
    """By hand: every mutation pays for this insert, and Django's costs four times as much."""
    actor = ctx.actor
    rows = [
        (function.name, actor.kind, actor.id, actor.credential, note.object, note.object_id,
         encode_json(note.changes).decode(), ctx.request_id, ctx.now)
        for note in ctx.notes or [AuditNote("", None, {})]
    ]  # fmt: skip
    later = joined_audit()
    if later is not None:
        later += [_as_document(row) for row in rows]
        return
    with preparing_cursor() as cursor:
        if len(rows) == 1:
            cursor.execute(INSERT_AUDIT, rows[0])
        else:
            cursor.execute(INSERT_AUDITS, [encode_json([_as_document(row) for row in rows]).decode()])


def _as_document(row: tuple[Any, ...]) -> dict[str, Any]:
    found = dict(zip(AUDIT_FIELDS.split(", "), row, strict=True))
    return found | {"changes": orjson.Fragment(found["changes"])}


def _fields(arguments: Arguments) -> dict[str, Any]:
    return {name: getattr(arguments, name) for name in type(arguments).model_fields}


def _checked(function: AnyFunction, result: Any) -> Any:
    if settings.VALIDATE_RESULTS:
        try:
            function.result_adapter.validate_python(result)
        except ValidationError as error:
            raise BadResult(f"{function.name}: {error}") from error
    return result


def explained(function: AnyFunction, error: IntegrityError) -> Conflict:
    """The violated constraint in the caller's words."""
    cause = error.__cause__
    name = cause.diag.constraint_name if isinstance(cause, psycopg.Error) else None
    param, detail = function.conflicts.get(
        name or "", ("", "This collides with a record that already exists.")
    )
    errors: list[Any] = [{"param": param, "code": "conflict", "detail": detail}] if param else []
    return Conflict(detail, errors=errors)


def _refuse_bad_values(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    try:
        return execute(sql, params, many, context)
    except ValueError as error:  # psycopg refuses NUL and lone surrogates before the database sees them
        raise InvalidInput("A text holds a character that can't be stored.") from error
    except DataError as error:  # a time zone of 16 hours, a number that no column holds
        raise InvalidInput("A value is out of the range that the database knows.") from error
