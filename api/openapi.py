"""The OpenAPI document: Ninja's paths, with every schema taken from the function registry."""

from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter

from api import errors
from api.examples import example_of
from api.route import Route, is_page

Json = dict[str, Any]

DESCRIPTION = """\
Every operation calls one function of the same name, so that REST, the pages and live subscriptions agree.

**Keys.** `Authorization: Bearer <key>`. A key acts as one member, within its scopes.

**Answers.** `{"data": ..., "meta": {"request_id": ...}}`; a list's `meta` also has `has_more` and `next_cursor`,
which goes into `cursor` as it is. `fields=id,name` picks keys. Where a record takes `include`, each word adds a
member with what belongs to it: of lists the first page, and `meta.included` says where the next one starts. What your
role hides is absent; what it may not see is 404.

**Errors** are problem documents (RFC 9457) with a stable `code`; `errors` names each argument that is wrong.

**Writing.** `Idempotency-Key` makes a repeat within 24 hours answer as the first time did
(`Idempotency-Replayed: true`); the same key with another request is 409. `If-Match` with a record's `ETag`
refuses the change (412) if somebody else was faster. `?dry_run=true` answers what would be done and does nothing.

**Limits.** `RateLimit` and `RateLimit-Policy` say what is left; after 429 wait for `Retry-After` seconds.
"""

REF = "#/components/schemas/{model}"
PROBLEMS = {
    "400": "The request can't be read: broken JSON, a broken header.",
    "401": "No key, or one that does not work.",
    "403": "The key's member or its scopes do not allow this.",
    "404": "Nothing is there for this key to see.",
    "409": "The change collides with another, or the idempotency key was used for another request.",
    "410": "The position is too old to go on from: start again without it.",
    "411": "The body's length was not announced.",
    "412": "The record has changed since the version in If-Match.",
    "413": "The body is larger than 1 MB.",
    "415": "The body is not application/json.",
    "422": "Arguments of a wrong type or value; `errors` names each.",
    "429": "Too many requests: wait for Retry-After seconds.",
    "500": "A defect on our side.",
    "503": "The database stopped a statement that took too long (`too_slow`), or does not answer (`unavailable`).",
}
READING = ("400", "401", "403", "404", "422", "429", "500", "503")
WRITING = tuple(status for status in PROBLEMS if status != "410")


def complete(schema: Any, routes: Iterable[Route]) -> None:
    """Fill Ninja's document with parameters, bodies and answers."""
    listed = list(routes)
    arguments, results, definitions = _schemas(listed)
    schema["components"]["schemas"] = definitions | _shared_schemas()
    schema["components"]["responses"] = {status: _problem(text) for status, text in PROBLEMS.items()}
    for route in listed:
        operation = schema["paths"]["/api/v1" + route.path][route.method.lower()]
        name = route.function.name
        operation["tags"] = [route.function.area]
        operation["description"] = route.function.doc
        operation["parameters"] += _parameters(route, arguments[name])
        operation["responses"] = _responses(route, results, definitions)
        if body := _body(route, arguments[name]):
            operation["requestBody"] = body
            _show_example(route, body)


def _schemas(routes: list[Route]) -> tuple[dict[str, Json], dict[str, Json], Json]:
    """Argument schemas and result schemas by function name, and the definitions that both refer to."""
    functions = {route.function.name: route.function for route in routes}
    inputs: list[Any] = [(name, "validation", TypeAdapter(f.args_model)) for name, f in functions.items()]
    outputs: list[Any] = [(name, "serialization", f.result_adapter) for name, f in functions.items()]
    found, defined = TypeAdapter.json_schemas([*inputs, *outputs], ref_template=REF)
    definitions: Json = defined.get("$defs", {})
    arguments = {name: _taken(found[name, "validation"], definitions) for name in functions}
    results = {name: found[name, "serialization"] for name in functions}
    return arguments, results, definitions


def _taken(schema: Json, definitions: Json) -> Json:
    """The schema behind a reference, removed from the definitions (argument models have one use each)."""
    found: Json = definitions.pop(schema["$ref"].rsplit("/", 1)[1]) if "$ref" in schema else schema
    return found


WITHIN: Json = {
    "type": "integer",
    "description": "Only so many records, the first of the list, were looked at: a page may then hold few rows or none"
    " while has_more says that there is more to look at, or be a part of what there is to sort.",
}


def _shared_schemas() -> Json:
    text: Json = {"type": "string"}
    boolean: Json = {"type": "boolean"}
    cursor = {"anyOf": [text, {"type": "null"}]}
    meta = {"request_id": text, "dry_run": boolean}
    more = _object({"has_more": boolean, "next_cursor": cursor})
    included: Json = {"type": "object", "additionalProperties": more}
    error = _object({"param": text, "code": text, "detail": text})
    problem = {"type": text, "title": text, "status": {"type": "integer"}, "detail": text, "code": text}
    problem |= {"request_id": text, "errors": {"type": "array", "items": error}}
    return {
        "Meta": _object(meta | {"included": included}, optional={"dry_run", "included"}),
        "PageMeta": _object(
            meta | {"has_more": boolean, "next_cursor": cursor, "within": WITHIN},
            optional={"dry_run", "within"},
        ),
        "Problem": _object(problem, optional={"errors"}),
    }


def _object(properties: Json, optional: Iterable[str] = ()) -> Json:
    required = [name for name in properties if name not in set(optional)]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _problem(description: str) -> Json:
    content = {errors.MEDIA_TYPE: {"schema": {"$ref": REF.format(model="Problem")}}}
    return {"description": description, "content": content}


def _parameters(route: Route, arguments: Json) -> list[Json]:
    """The query string's names and the conventions' headers; Ninja has the path's."""
    in_query = route.query if route.writes or route.reads_body else tuple(arguments.get("properties", {}))
    found = [_argument(name, arguments) for name in in_query if name not in route.names]
    if route.row_keys and not route.takes("fields"):
        keys: Json = {"type": "array", "minItems": 1, "items": {"enum": sorted(route.row_keys)}}
        keys["description"] = "The keys to answer, separated by commas; all of them by default."
        found.append(_named("query", "fields", keys) | {"style": "form", "explode": False})
    if route.includes:
        words: Json = {"type": "array", "minItems": 1, "items": {"enum": sorted(route.includes)}}
        words["description"] = "What else to answer about the record, separated by commas."
        found.append(_named("query", "include", words) | {"style": "form", "explode": False})
    if not route.writes:
        return [*found, _text_header("If-None-Match", "The ETag that you have: 304 if it still holds.")]
    found.append(_named("query", "dry_run", {"type": "boolean", "default": False}))
    if route.method != "DELETE":
        found.append(_text_header("Idempotency-Key", "Makes a repeat harmless, for 24 hours.", maxLength=255))
    if route.takes("version"):
        tag = {"pattern": r'^(\*|"[0-9]{1,9}(-[0-9a-f]+)?")$'}
        found.append(_text_header("If-Match", "The record's ETag: 412 if it has changed since.", **tag))
    return found


def _argument(name: str, arguments: Json) -> Json:
    schema = {key: value for key, value in arguments["properties"][name].items() if key != "title"}
    schema = _without_null(schema)
    return _named("query", name, schema, required=name in arguments.get("required", ()))


def _without_null(schema: Json) -> Json:
    """A query string can't say null: leaving the name out says it."""
    choices = [choice for choice in schema.pop("anyOf", []) if choice != {"type": "null"}]
    if schema.get("default", ...) is None:
        del schema["default"]
    return {**schema, **choices[0]} if len(choices) == 1 else schema | ({"anyOf": choices} if choices else {})


def _named(where: str, name: str, schema: Json, *, required: bool = False) -> Json:
    parameter = {"in": where, "name": name, "schema": schema, "required": required}
    return parameter | ({"description": schema["description"]} if "description" in schema else {})


def _text_header(name: str, description: str, **schema: Any) -> Json:
    return _named("header", name, {"type": "string", "description": description, **schema})


def _body(route: Route, arguments: Json) -> Json:
    """The body: one argument as a whole, or an object of all that neither path nor query string says."""
    if not route.reads_body:
        return {}
    if route.takes_file:
        return {"required": True, "content": BINARY}
    properties = arguments.get("properties", {})
    if route.body_as is not None:
        return {"required": True, "content": _json(properties[route.body_as])}
    elsewhere = {*route.names, *route.query}
    schema = dict(arguments, properties={k: v for k, v in properties.items() if k not in elsewhere})
    required = [name for name in arguments.get("required", []) if name not in elsewhere]
    schema.pop("required", None)
    if not schema["properties"]:
        return {}
    if required:
        schema["required"] = required
    return {"required": bool(required), "content": _json(schema)}


def _show_example(route: Route, body: Json) -> None:
    example = example_of(route.method, route.path)
    if example is not None and not route.takes_file:
        body["content"]["application/json"]["example"] = example


def _json(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}


def _rows_of(result: Json, definitions: Json) -> Json:
    """The rows of a page."""
    found: Json = definitions[result["$ref"].rsplit("/", 1)[1]]["properties"]["data"]
    return found


def _with_included(route: Route, result: Json, results: dict[str, Json], definitions: Json) -> Json:
    """The record with what may be asked for beside it."""
    record: Json = definitions[result["$ref"].rsplit("/", 1)[1]]
    more = {}
    for word, function in route.includes.items():
        of_word = results[function.name]
        more[word] = _rows_of(of_word, definitions) if is_page(function) else of_word
    return record | {"properties": record["properties"] | more}


BINARY: Json = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


def _file_responses() -> Json:
    problems = {status: {"$ref": f"#/components/responses/{status}"} for status in READING}
    return {"200": {"description": "The file's bytes.", "content": BINARY}, **problems}


def _responses(route: Route, results: dict[str, Json], definitions: Json) -> Json:
    if route.sends_file:
        return _file_responses()
    result = results[route.function.name]
    page = _rows_of(result, definitions) if route.is_page else result
    if route.includes:
        page = _with_included(route, result, results, definitions)
    meta = {"$ref": REF.format(model="PageMeta" if route.is_list else "Meta")}
    answer = {"description": "Done.", "content": _json(_object({"data": page, "meta": meta}))}
    responses: Json = {str(route.status): answer}
    if route.upserts:
        responses["201"] = {**answer, "description": "Created: none was found."}
    if route.writes:
        responses.setdefault("200", {**answer, "description": "What a dry run would have done."})
    else:
        responses["304"] = {"description": "What you have still holds."}
    for status in (*(WRITING if route.writes else READING), *route.problems):
        responses[status] = {"$ref": f"#/components/responses/{status}"}
    return responses
