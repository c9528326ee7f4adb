"""What a process's live queries are and cost, for the operator: published to Redis while somebody looks.

Values that people typed are left out (what tenants own is none of the operator's business); ids, flags and numbers
stay, as they show why a query runs again.
"""

import asyncio
import heapq
import json
import logging
import os
import socket
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import redis
import redis.asyncio
from django.conf import settings

from realtime.live.answers import FunctionQuery, LiveQuery
from realtime.live.fragments import FragmentQuery
from realtime.live.shares import Run
from realtime.reads.readset import TableRead

if TYPE_CHECKING:
    from realtime.live.hub import Hub
    from realtime.live.room import Room

log = logging.getLogger(__name__)

WATCHED, PROCESS = "live:watched", "live:process:"
#: Seconds: how often a process looks whether anybody looks, how long one look counts, how long a report does.
EVERY, COUNTS, KEPT = 2.0, 15, 10
#: The costliest queries of a process.
MOST = 200
HIDDEN = "…"


class Inspection:
    """Publishes the process's report."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub

    async def run(self) -> None:
        """Look every two seconds, until cancelled."""
        options: dict[str, Any] = {"socket_timeout": 2.0, "socket_connect_timeout": 2.0}
        key = f"{PROCESS}{socket.gethostname()}:{os.getpid()}"
        async with redis.asyncio.Redis.from_url(settings.REDIS_URL, **options) as client:
            while True:
                await asyncio.sleep(EVERY)
                try:
                    if await client.exists(WATCHED):
                        await client.set(key, json.dumps(report(self._hub)), ex=KEPT)
                except (redis.RedisError, OSError):
                    log.debug("The report of live queries could not be published.", exc_info=True)


def report(hub: "Hub") -> dict[str, Any]:
    """The process, its rooms, and its costliest queries."""
    pairs = ((room, run) for room in hub.rooms.values() for run in room.shares)
    viewers = hub.presence.by_schema()
    costliest = heapq.nlargest(MOST, pairs, key=lambda pair: pair[1].seconds)
    return {
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "at": time.time(),
        "rooms": [_room(room, viewers.get(room.schema, 0)) for room in hub.rooms.values()],
        "feeds": [feed for room in hub.rooms.values() for feed in _feeds(room)],
        "queries": [_query(room.schema, run) for room, run in costliest],
    }


def _room(room: "Room", viewers: int) -> dict[str, Any]:
    runs = list(room.shares)
    return {
        "schema": room.schema,
        "sockets": len(room.sockets),
        "subscriptions": sum(len(socket.subscriptions) for socket in room.sockets),
        "feeds": len(room.watchers),
        "viewers": viewers,
        "answers": len(runs),
        "runs": sum(run.runs for run in runs),
        "seconds": sum(run.seconds for run in runs),
    }


def _feeds(room: "Room") -> list[dict[str, Any]]:
    """The followed feeds of changes: by the tables asked for, how many follow and how many pages they had."""
    found: dict[str, dict[str, Any]] = {}
    for watcher in room.watchers:
        feed = found.setdefault(
            watcher.title, {"schema": room.schema, "tables": watcher.title, "followers": 0, "pages": 0}
        )
        feed["followers"] += 1
        feed["pages"] += watcher.pages
    return list(found.values())


def _query(schema: str, run: Run) -> dict[str, Any]:
    name, args = _named(run.query)
    return {
        "schema": schema,
        "name": name,
        "args": args,
        "subscriptions": len(run.subscriptions),
        "runs": run.runs,
        "seconds": run.seconds,
        "bytes": len(run.version.body),
        "facets": sorted(run.pattern),
        "reads": [_read(read) for read in run.read_set.reads],
    }


def _named(query: LiveQuery) -> tuple[str, dict[str, object]]:
    if isinstance(query, FunctionQuery):
        return query.function.name, _shown(query.arguments.model_dump(exclude_defaults=True))
    if isinstance(query, FragmentQuery):
        return query.fragment.name, _shown(query.arguments.model_dump(exclude_defaults=True))
    return type(query).__name__, {}


def _shown(values: dict[str, Any]) -> dict[str, object]:
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, int | float) else HIDDEN


def _read(read: TableRead) -> dict[str, Any]:
    """One table of a read set in words: ``owner_id in (3), stage_id is null``."""
    return {
        "table": read.table if read.schema != "public" else f"public.{read.table}",
        "rows": "all"
        if read.terms is None
        else " or ".join(_conjunction(one) for one in read.terms) or "none",
        "columns": None if read.columns is None else sorted(read.columns),
        "bounded": bool(read.checks),
    }


def _conjunction(terms: Iterable[tuple[str, tuple[Any, ...]]]) -> str:
    return ", ".join(
        f"{column} in ({', '.join(_value(value) for value in values)})" for column, values in terms
    )


def _value(value: object) -> str:
    return "null" if value is None else str(_plain(value))


def reports() -> list[dict[str, Any]]:
    """The reports of all processes, of those that have reported since somebody began to look; asks for more."""
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as client:
        client.set(WATCHED, 1, ex=COUNTS)
        keys = sorted(client.scan_iter(match=f"{PROCESS}*", count=1000))
        found: Any = client.mget(keys) if keys else []
    return [json.loads(text) for text in found if text]
