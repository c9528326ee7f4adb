"""What a request asks for: arguments from path, query string and body, and the conventions' headers."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

import orjson
from django.http import HttpRequest

from api.errors import LengthRequired, UnsupportedMediaType
from realtime.functions import BadRequest, InvalidInput, PreconditionFailed, TooLarge, invalid
from realtime.functions.arguments import MAX_ARGUMENT_BYTES, Arguments
from realtime.functions.idempotency import check_key

if TYPE_CHECKING:
    from api.route import Route

#: A record's tag is its version and a digest of what the caller saw of it (see ``answers.etag``).
ETAG = re.compile(r'\s*"(\d{1,9})(?:-[0-9a-f]+)?"\s*')
#: Any entity tag, or several.
ETAGS = re.compile(r'\s*(W/)?"[^"]*"(\s*,\s*(W/)?"[^"]*")*\s*')

#: No number that a function takes has more.
MOST_DIGITS = 20


@dataclass(frozen=True, slots=True)
class Wish:
    """One request, read."""

    arguments: Arguments
    #: Keys of a row that are to be answered; empty means all.
    fields: tuple[str, ...] = ()
    #: What else is to be answered about the record.
    include: tuple[str, ...] = ()
    idempotency_key: str | None = None
    dry_run: bool = False


def read(
    route: Route, request: HttpRequest, path: dict[str, Any], body: dict[str, Any] | None = None
) -> Wish:
    """Read a request by its route, or with a body that was read already.

    BadRequest, InvalidInput, TooLarge and their like if it can't be.
    """
    query = dict(request.GET.lists()) if request.META.get("QUERY_STRING") else {}
    fields = () if route.takes("fields") else _fields(route, query.pop("fields", None))
    if not route.reads_body and not route.writes:
        include = _include(route, query.pop("include", None)) if route.includes else ()
        texts = query | {name: [str(value)] for name, value in path.items()}
        return Wish(route.function.args_from_text(texts), fields, include)
    dry_run = route.writes and _flag("dry_run", query.pop("dry_run", None))
    given = _body(route, request) if body is None else body
    values = given | _asked(route, query) | path | _expected_version(route, request)
    key = request.META.get("HTTP_IDEMPOTENCY_KEY") if route.writes else None
    if key is not None:
        check_key(key)
    # A dry run leaves nothing behind that a key could stand for.
    return Wish(route.function.args_from_values(values), fields, (), None if dry_run else key, dry_run)


def _fields(route: Route, given: list[str] | None) -> tuple[str, ...]:
    if given is None:
        return ()
    return _words("fields", given, route.row_keys)


def _include(route: Route, given: list[str] | None) -> tuple[str, ...]:
    return () if given is None else _words("include", given, route.includes.keys())


def _words(param: str, given: list[str], known: AbstractSet[str]) -> tuple[str, ...]:
    """The words that are named, by comma or one by one; InvalidInput unless all of them are known."""
    names = tuple(dict.fromkeys(word for text in given for word in text.split(",") if word))
    if not names or not known >= set(names):
        raise invalid(param, f"Name some of: {', '.join(sorted(known))}.")
    return names


def _flag(name: str, given: list[str] | None) -> bool:
    if given is None or given in (["true"], ["false"]):
        return given == ["true"]
    raise invalid(name, "Write true or false.")


def _asked(route: Route, query: dict[str, list[str]]) -> dict[str, object]:
    """Arguments from the query string of a request with a body: those that the route lists."""
    unknown = [name for name in query if name not in route.query]
    if unknown:
        raise InvalidInput(
            errors=[{"param": name, "code": "extra_forbidden", "detail": "Unknown here."} for name in unknown]
        )
    return {name: _number_or_text(route, name, texts[-1]) for name, texts in query.items()}


def _number_or_text(route: Route, name: str, text: str) -> object:
    """Digits are a number where the argument is one: a body would say so by itself, an address can't."""
    known = route.function.args_model.model_fields[name].annotation
    is_number = text.isdecimal() and len(text) <= MOST_DIGITS and _takes(known, int)
    return int(text) if is_number else text


def _takes(annotation: object, kind: type) -> bool:
    return annotation is kind or any(_takes(part, kind) for part in get_args(annotation))


def _expected_version(route: Route, request: HttpRequest) -> dict[str, object]:
    """The version that If-Match demands, as the function's argument."""
    header = request.META.get("HTTP_IF_MATCH")
    if header is None or header.strip() == "*":
        return {}
    if not route.takes("version"):
        raise BadRequest("This address does not take If-Match.")
    if not ETAGS.fullmatch(header):
        raise BadRequest("If-Match must hold an entity tag in quotes.")
    match = ETAG.fullmatch(header)
    if match is None:
        raise PreconditionFailed("If-Match holds no tag of this record: send the ETag of its last answer.")
    return {"version": int(match[1])}


def _body(route: Route, request: HttpRequest) -> dict[str, Any]:
    raw = _raw_body(request) if route.reads_body else b""
    if not raw:
        return {}
    kind = request.content_type or ""
    if kind != "application/json":
        raise UnsupportedMediaType(f"This is {kind[:80] or 'of no kind'}.")
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"The body is not valid JSON: {error}.") from None
    if route.body_as is not None:
        return {route.body_as: found}
    if not isinstance(found, dict):
        raise InvalidInput("The body must be a JSON object.")
    return _without_path_names(route, found)


def _without_path_names(route: Route, body: dict[str, Any]) -> dict[str, Any]:
    for name in route.names:
        if name in body:
            raise invalid(name, "This is said by the address.", "extra_forbidden")
    return body


def _raw_body(request: HttpRequest) -> bytes:
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length and "HTTP_TRANSFER_ENCODING" in request.META:
        raise LengthRequired
    if length and int(length) > MAX_ARGUMENT_BYTES:
        raise TooLarge("A body may hold up to 1 MB.")
    return bytes(request.body)
