"""The fast path: ticks and heartbeats through the channel layer, and the writers' poke of the relay.

All of it may be lost at any time. Hubs notice by sequence and by silence, and read the log; the relay polls.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from typing import Any

import redis
import redis.asyncio
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import transaction
from redis.backoff import NoBackoff
from redis.retry import Retry

from realtime.changes.change import Tick

logger = logging.getLogger(__name__)

HEARTBEAT_GROUP = "realtime.heartbeat"
POKE_CHANNEL = "realtime.poke"
#: A message that takes longer is given up: Redis stands still.
SEND_SECONDS = 1.0
QUEUE_LENGTH = 2000
#: One process pokes at most this often (seconds); the relay does not tick faster anyway.
POKE_INTERVAL = 0.005
#: After a failure, no poke for so long (seconds).
REST = 1.0


def group_of(schema: str) -> str:
    """The channel layer's group of a schema's ticks."""
    return f"realtime.{schema}"


class Publisher:
    """Sends in order, from a queue of its own, so that a dead or slow Redis never delays the relay."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue(QUEUE_LENGTH)
        self._is_failing = False

    def send_tick(self, tick: Tick) -> None:
        """Queue a tick for its schema's group."""
        self._put(group_of(tick.schema), {"type": "realtime.tick", "tick": tick.to_message()})

    def send_heartbeat(self, message: dict[str, Any]) -> None:
        """Queue a sign of life for every hub."""
        self._put(HEARTBEAT_GROUP, {"type": "realtime.heartbeat", **message})

    def _put(self, group: str, message: dict[str, Any]) -> None:
        # A full queue means that nothing arrives anyway; hubs read the log meanwhile.
        with contextlib.suppress(asyncio.QueueFull):
            self._queue.put_nowait((group, message))

    async def run(self) -> None:
        """Send what is queued until cancelled."""
        layer = get_channel_layer()
        while True:
            group, message = await self._queue.get()
            try:
                async with asyncio.timeout(SEND_SECONDS):
                    await layer.group_send(group, message)
            except Exception as error:  # noqa: BLE001  (whatever a broken Redis raises, ticks go on)
                self._note_failure(error)
                self._drop_queue()
            else:
                self._is_failing = False

    def _note_failure(self, error: Exception) -> None:
        if not self._is_failing:
            logger.warning("Ticks can't be published, hubs have to read the log: %r", error)
        self._is_failing = True

    def _drop_queue(self) -> None:
        # What waited behind a dead Redis is old by the time that it answers.
        while not self._queue.empty():
            self._queue.get_nowait()


async def listen_for_pokes(wake: Callable[[], None]) -> None:
    """Call ``wake`` at each poke, until cancelled; connects again by itself."""
    while True:
        try:
            async with _listener() as client, client.pubsub() as pokes:
                await pokes.subscribe(POKE_CHANNEL)
                async for _ in pokes.listen():
                    wake()
        except (OSError, redis.RedisError):
            await asyncio.sleep(1)


def _listener() -> redis.asyncio.Redis[bytes]:
    # No timeout: silence is the normal state of this connection.
    client: redis.asyncio.Redis[bytes] = redis.asyncio.Redis.from_url(
        settings.REDIS_URL, socket_timeout=None, socket_connect_timeout=2, health_check_interval=0
    )
    return client


_poked_at = 0.0
_client: redis.Redis[bytes] | None = None


def poke() -> None:
    """Tell the relay, after the current transaction's commit, that there is something to read."""
    transaction.on_commit(_poke_now)


def _poke_now() -> None:
    global _poked_at, _client
    now = time.monotonic()
    if now - _poked_at < POKE_INTERVAL:
        return
    _poked_at = now
    if _client is None:
        # One attempt, in so many words: pauses and retries would cost each mutation seconds.
        _client = redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=0.2, socket_connect_timeout=0.2, retry=Retry(NoBackoff(), 0)
        )
    try:
        _client.publish(POKE_CHANNEL, b"")
    except (OSError, redis.RedisError):
        # The relay polls; meanwhile writers do not wait for a Redis that is away.
        _poked_at = time.monotonic() + REST
