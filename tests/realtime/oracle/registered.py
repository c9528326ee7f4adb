"""Every registered query as a shape, with arguments made up from its own schema: a new query is checked at once."""

from dataclasses import dataclass
from typing import Any

import orjson
from django.db import transaction

from accounts.roles.models import Member
from realtime.functions import Actor, FunctionError, registry
from realtime.functions.call import run_query
from realtime.functions.encoding import encode_json
from realtime.functions.registry import AnyFunction
from realtime.live.answers import LiveContext, resolve_scope
from realtime.live.shares import facets
from realtime.reads import track
from tests.realtime.oracle.held import Held
from tests.realtime.oracle.shapes import Shape
from tests.realtime.oracle.world import SCHEMA, SIZES, START, WORDS, Pick

#: Time stands still, as no write makes it pass.
NOW = START.replace(day=6)
#: Queries that are not followed, and why.
NOT_LIVE = {
    "accounts.get_live_ticket": "Each ticket is another one.",
    "feed.list_changes": "It answers with a position in the log, which every transaction moves.",
}
#: What failed with something else than a refusal, by function: a query that only fails proves nothing.
failures: dict[str, str] = {}
answered: set[str] = set()


def queries() -> list[AnyFunction]:
    """All registered queries in the order of their names."""
    live = (found for found in registry if found.kind == "query" and found.name not in NOT_LIVE)
    return sorted(live, key=lambda found: found.name)


def shape_of(function: AnyFunction) -> Shape:
    """The function as a shape: for a random actor, with random arguments."""

    def make(pick: Pick) -> Question:
        actor = Actor("system") if pick.rng.random() < 0.3 else Actor("member", pick.id_of(Member))
        args = arguments(function, pick)
        question = Question(function, actor, args)
        cursor = next_cursor(question().result) if "cursor" in fields(function) else None
        if cursor and pick.rng.random() < 0.4:
            args["cursor"] = cursor
        return question

    make.__name__ = function.name
    return make


@dataclass
class Question:
    """A query as the hub asks it: the actor's scope first, then the function for whoever has such a scope."""

    function: AnyFunction
    actor: Actor
    args: dict[str, Any]

    def __call__(self) -> Held:
        found = resolve_scope(SCHEMA, self.actor)
        if found.scope is None:
            return Held("unauthenticated", {"scope": found.read_set})
        scope = found.scope
        ctx = LiveContext(SCHEMA, self.actor, scope)
        ctx.clock = NOW
        with track() as tracker:
            result = answer(self.function, ctx, self.args)
        reads = {"answer": tracker.read_set, "scope": found.read_set}
        return Held(
            result,
            reads,
            frozenset(ctx.observed),
            lambda observed: (scope.shared_key(), facets(self.actor, scope, observed)),
        )


def answer(function: AnyFunction, ctx: LiveContext, args: dict[str, Any]) -> Any:
    """The result as plain values, or the refusal's code."""
    try:
        with transaction.atomic():
            found = run_query(function, ctx, function.args_from_values(args))
    except FunctionError as error:
        return error.code
    except Exception as error:
        failures[function.name] = repr(error)[:200]
        return type(error).__name__
    answered.add(function.name)
    return orjson.loads(encode_json(found))


def next_cursor(found: Any) -> Any:
    """The page's cursor, if the answer is one."""
    return found.get("next_cursor") if isinstance(found, dict) else None


def fields(function: AnyFunction) -> dict[str, Any]:
    """The JSON schema of each argument."""
    properties: dict[str, Any] = function.args_model.model_json_schema().get("properties", {})
    return properties


def arguments(function: AnyFunction, pick: Pick) -> dict[str, Any]:
    """Random arguments: all that must be, and some of the others."""
    schema = function.args_model.model_json_schema()
    return object_of(schema, schema.get("$defs", {}), pick)


#: What may hold itself (a filter's groups) is cut off here.
DEEPEST = 12


def object_of(schema: dict[str, Any], known: dict[str, Any], pick: Pick, depth: int = 0) -> dict[str, Any]:
    required = set(schema.get("required", []))
    return {
        name: value_of(name, field, known, pick, depth + 1)
        for name, field in schema.get("properties", {}).items()
        if name in required or (name != "cursor" and pick.rng.random() < 0.25)
    }


def value_of(name: str, schema: dict[str, Any], known: dict[str, Any], pick: Pick, depth: int = 0) -> Any:
    """A value that the schema allows, by its name an id that is probably there."""
    if "$ref" in schema:
        return value_of(name, known[schema["$ref"].rpartition("/")[2]], known, pick, depth + 1)
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return value_of(name, pick.one(schema[key]), known, pick, depth + 1)
    if "enum" in schema:
        return pick.one(schema["enum"])
    if "const" in schema:
        return schema["const"]
    kind = schema.get("type")
    if kind == "array":
        count = pick.number(0, 3) if depth < DEEPEST else 0
        return [value_of(name, schema.get("items", {}), known, pick, depth + 1) for _ in range(count)]
    if kind == "object":
        return object_of(schema, known, pick, depth + 1)
    return plain_value(name, str(kind), schema, pick)


def plain_value(name: str, kind: str, schema: dict[str, Any], pick: Pick) -> Any:
    if kind == "integer":
        if name.endswith(("_id", "_ids")):
            sizes = {model.__name__.lower(): size for model, size in SIZES.items()}
            word = name.removesuffix("s").removesuffix("_id").rpartition("_")[2]
            return pick.number(1, sizes.get({"owner": "member"}.get(word, word), 6))
        low = int(schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1))
        return pick.number(low, min(int(schema.get("maximum", 12)), low + 12))
    if kind == "boolean":
        return pick.rng.random() < 0.5
    if kind == "string":
        return text_of(schema, pick)
    return None if kind == "null" else pick.number(0, 900)


def text_of(schema: dict[str, Any], pick: Pick) -> str:
    match schema.get("format"):
        case "date":
            return pick.date().isoformat()
        case "date-time":
            return pick.time().isoformat()
        case _:
            return str(pick.one(WORDS))


def query_shapes() -> list[Shape]:
    """A shape for each registered query."""
    return [shape_of(function) for function in queries()]
