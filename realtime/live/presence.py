"""Who looks at a record right now: kept in Redis alone, told without running a query.

Each process writes the viewers whose sockets it holds into a hash per record, entry by entry with the time until
which the entry counts, and publishes the record's name on one channel. Every process that has viewers there
reads the hash then, and every few seconds anyway: so a lost message is made up for, and the entries of a killed
process lapse. An entry that is missing in the hash only lapses, too: who leaves says so, and a Redis that has
lost everything is told it again. While Redis is away a process knows its own viewers.
"""

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson
import redis.asyncio
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger(__name__)

CHANNEL = "live.presence"
#: Seconds: own entries are written anew so often, and count so long.
REFRESH, COUNTS = 4.0, 12.0
#: The hash itself goes when nobody has written to it for so long.
KEPT = 60
RETRY = 1.0


@dataclass(frozen=True, slots=True, order=True)
class Viewer:
    """A member, as others see them."""

    name: str
    member_id: int


@dataclass(slots=True)
class Place:
    """One record's viewers: those of this process by entry, those of others until when they count."""

    watchers: dict[str, Callable[[], None]] = field(default_factory=dict)
    own: dict[str, Viewer] = field(default_factory=dict)
    others: dict[str, tuple[Viewer, float]] = field(default_factory=dict)
    told: tuple[Viewer, ...] = ()

    def viewers(self) -> tuple[Viewer, ...]:
        """Everybody who is here, each once, by name."""
        now = time.time()
        there = {viewer for viewer, until in self.others.values() if until > now}
        return tuple(sorted({viewer.member_id: viewer for viewer in {*there, *self.own.values()}}.values()))


class Presence:
    """The places of one process. All of it happens on the event loop."""

    def __init__(self) -> None:
        self._process = secrets.token_hex(6)
        self._entries = 0
        self._places: dict[str, Place] = {}
        self._writes: asyncio.Queue[tuple[str, str, Viewer | None]] = asyncio.Queue()
        self._client: Any = None
        self._is_failing = False

    @property
    def count(self) -> int:
        """How many sockets of this process are present somewhere."""
        return sum(len(place.own) for place in self._places.values())

    def by_schema(self) -> dict[str, int]:
        """The same for each tenant's schema."""
        found: dict[str, int] = {}
        for name, place in self._places.items():
            schema = name.partition(":")[0]
            found[schema] = found.get(schema, 0) + len(place.own)
        return found

    def enter(self, name: str, viewer: Viewer, on_news: Callable[[], None]) -> str:
        """Let a viewer in; the entry to leave with. ``on_news`` is called whenever others come or go."""
        self._entries += 1
        entry = f"{self._process}:{self._entries}"
        place = self._places.setdefault(name, Place())
        place.watchers[entry], place.own[entry] = on_news, viewer
        self._writes.put_nowait((name, entry, viewer))
        on_news()
        self._tell(place)
        return entry

    def leave(self, name: str, entry: str) -> None:
        """Let a viewer out; nothing happens if they are."""
        place = self._places.get(name)
        if place is None or place.own.pop(entry, None) is None:
            return
        del place.watchers[entry]
        self._writes.put_nowait((name, entry, None))
        if not place.watchers:
            del self._places[name]
        self._tell(place)

    def viewers(self, name: str) -> tuple[Viewer, ...]:
        """Who looks at the record."""
        place = self._places.get(name)
        return place.viewers() if place is not None else ()

    async def run(self) -> None:
        """Exchange with the other processes until cancelled."""
        # Values that never block for long: a dead Redis must show, and is tried again in a second.
        options: dict[str, Any] = {
            "socket_timeout": 2.0,
            "socket_connect_timeout": 2.0,
            "retry": Retry(NoBackoff(), 0),
        }
        self._client = redis.asyncio.Redis.from_url(settings.REDIS_URL, **options)
        try:
            async with asyncio.TaskGroup() as tasks:
                for work in (self._write, self._listen, self._refresh):
                    tasks.create_task(self._keep(work))
        finally:
            await self._client.aclose()

    async def _keep(self, work: Callable[[], Any]) -> None:
        while True:
            try:
                await work()
            except Exception as error:  # noqa: BLE001  (whatever a broken Redis raises)
                if not self._is_failing:
                    log.warning("Presence is not exchanged with other processes: %r", error)
                self._is_failing = True
                await asyncio.sleep(RETRY)

    async def _write(self) -> None:
        while True:
            name, entry, viewer = await self._writes.get()
            async with self._client.pipeline(transaction=False) as pipe:
                self._put(pipe, name, {entry: viewer}) if viewer else pipe.hdel(key_of(name), entry)
                pipe.publish(CHANNEL, name if viewer else f"{name} {entry}")
                await pipe.execute()
            self._is_failing = False

    def _put(self, pipe: Any, name: str, entries: dict[str, Viewer]) -> None:
        until = time.time() + COUNTS
        values = {entry: orjson.dumps([v.name, v.member_id, until]) for entry, v in entries.items()}
        pipe.hset(key_of(name), mapping=values)
        pipe.expire(key_of(name), KEPT)

    async def _listen(self) -> None:
        # A subscription may be silent for hours: it has no time limit, but looks whether the connection lives.
        client = redis.asyncio.Redis.from_url(
            settings.REDIS_URL, socket_timeout=None, health_check_interval=5
        )
        async with client, client.pubsub(ignore_subscribe_messages=True) as subscription:
            await subscription.subscribe(CHANNEL)
            await self._read(list(self._places))
            while True:
                message = await subscription.get_message(timeout=REFRESH)
                if message is not None:
                    await self._hear(*message["data"].decode().split(" "))

    async def _hear(self, name: str, gone: str = "") -> None:
        place = self._places.get(name)
        if place is not None and gone:
            place.others.pop(gone, None)
            self._tell(place)
        elif place is not None:
            await self._read([name])

    async def _refresh(self) -> None:
        while True:
            await asyncio.sleep(REFRESH)
            held = {name: dict(place.own) for name, place in self._places.items() if place.own}
            if held:
                async with self._client.pipeline(transaction=False) as pipe:
                    for name, entries in held.items():
                        self._put(pipe, name, entries)
                    await pipe.execute()
            for place in list(self._places.values()):
                self._tell(place)  # what has lapsed
            await self._read(list(self._places))

    async def _read(self, names: list[str]) -> None:
        """Learn who is there through other processes."""
        if not names:
            return
        async with self._client.pipeline(transaction=False) as pipe:
            for name in names:
                pipe.hgetall(key_of(name))
            answers = await pipe.execute()
        for name, found in zip(names, answers, strict=True):
            if (place := self._places.get(name)) is not None:
                now = time.time()
                kept = {entry: one for entry, one in place.others.items() if one[1] > now}
                place.others = kept | dict(self._entries_of(found.items()))
                self._tell(place)

    def _entries_of(self, found: Iterable[tuple[bytes, bytes]]) -> Iterable[tuple[str, tuple[Viewer, float]]]:
        for entry, value in found:
            if not entry.startswith(self._process.encode()):
                with contextlib.suppress(ValueError, TypeError):
                    name, member_id, until = orjson.loads(value)
                    yield entry.decode(), (Viewer(name, member_id), until)

    def _tell(self, place: Place) -> None:
        viewers = place.viewers()
        if viewers != place.told:
            place.told = viewers
            for on_news in list(place.watchers.values()):
                on_news()


def key_of(name: str) -> str:
    """The record's key in Redis."""
    return f"presence:{name}"
