"""What the API answers: ``{data, meta}`` as JSON, with ETag and Location."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse

from realtime.functions.call import Outcome
from realtime.functions.encoding import encode_json

if TYPE_CHECKING:
    from api.requests import Wish
    from api.route import Route

MEDIA_TYPE = "application/json"
CREATED = 201
NOT_MODIFIED = 304


def answer(
    route: Route,
    request: HttpRequest,
    wish: Wish,
    outcome: Outcome,
    included: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The function's outcome as a response, with what was asked for beside the record."""
    data, meta = _parts(route, request, wish, outcome.result)
    if included:
        data = _with_included(data, meta, included)
    body = encode_json(data)
    tag = _tag(route, data, body)
    if tag and _is_known(request, tag):
        return _with_tag(HttpResponse(status=NOT_MODIFIED), tag)
    status = 200 if wish.dry_run else route.status_of(outcome.result)
    response = HttpResponse(_envelope(body, meta), status=status, content_type=MEDIA_TYPE)
    if outcome.replayed:
        response["Idempotency-Replayed"] = "true"
    if route.location and status == CREATED:
        response["Location"] = "/api/v1" + route.location.format_map(outcome.result)
    return _with_tag(response, tag)


def _parts(route: Route, request: HttpRequest, wish: Wish, result: Any) -> tuple[object, dict[str, object]]:
    """The data, as far as it was asked for, and what is to be said about it."""
    meta: dict[str, object] = {"request_id": getattr(request, "request_id", "")}
    if wish.dry_run:
        meta["dry_run"] = True
    if not route.is_list:
        return _picked(result, wish.fields), meta
    rows = result["data"] if route.is_page else result
    next_cursor = result["next_cursor"] if route.is_page else None
    meta |= {"has_more": next_cursor is not None, "next_cursor": next_cursor}
    if route.is_page and "within" in result:
        meta["within"] = result["within"]
    return ([_picked(row, wish.fields) for row in rows] if wish.fields else rows), meta


def _with_included(record: Any, meta: dict[str, Any], included: Mapping[str, Any]) -> dict[str, Any]:
    """The record with a member for each word; of a list the first page, and in ``meta`` where the next one starts."""
    found = dict(record)
    for word, result in included.items():
        is_page = isinstance(result, dict) and {"data", "next_cursor"} <= result.keys()
        found[word] = result["data"] if is_page else result
        if is_page:
            place = {"has_more": result["next_cursor"] is not None, "next_cursor": result["next_cursor"]}
            meta.setdefault("included", {})[word] = place
    return found


def _picked(row: Any, fields: tuple[str, ...]) -> Any:
    """The row's asked-for keys; one that the role hides is absent here as everywhere."""
    return {name: row[name] for name in fields if name in row} if fields else row


def _envelope(data: bytes, meta: dict[str, object]) -> bytes:
    return b'{"data":%b,"meta":%b}' % (data, encode_json(meta))


def _tag(route: Route, data: Any, body: bytes) -> str:
    """A record's entity tag: its version, which If-Match compares, and a digest of what this caller sees of it.

    The digest is there because a role's edit, or another owner's name, changes the answer and not the version.
    Answers without a version, lists above all, are only tagged (weakly) where they are read.
    """
    version = data.get("version") if isinstance(data, dict) else None
    if version is None and route.writes:
        return ""
    digest = hashlib.blake2b(body, digest_size=8).hexdigest()
    return f'W/"{digest}"' if version is None else f'"{version}-{digest}"'


def _is_known(request: HttpRequest, tag: str) -> bool:
    """Whether If-None-Match of a GET names the tag (weak comparison)."""
    header = request.META.get("HTTP_IF_NONE_MATCH")
    if header is None or request.method != "GET":
        return False
    known = {part.strip().removeprefix("W/") for part in header.split(",")}
    return "*" in known or tag.removeprefix("W/") in known


def _with_tag(response: HttpResponse, tag: str) -> HttpResponse:
    if tag:
        response["ETag"] = tag
    return response
