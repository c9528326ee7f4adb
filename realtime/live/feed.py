"""How ticks reach a process: the channel layer, and the log itself when the layer is silent or lossy.

The layer may lose anything. A gap in a schema's sequence shows a loss with the next tick, a heartbeat's list of
sequences shows it within half a second. No heartbeat for a second means that layer or relay is away: then the
log is polled, and screens go on with the latency of polling.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from channels.layers import get_channel_layer

from realtime.changes.change import Tick
from realtime.changes.publish import HEARTBEAT_GROUP, group_of

log = logging.getLogger(__name__)
# It writes a traceback a second while Redis is away; the hub says so once.
logging.getLogger("channels_redis.pubsub").setLevel(logging.CRITICAL)

SILENT_AFTER = 1.0
RETRY_JOIN = 0.5


class Feed:
    """One channel of the layer for the whole process, in the groups of the schemas that it has sockets for."""

    def __init__(
        self, on_tick: Callable[[Tick], None], on_heartbeat: Callable[[dict[str, Any]], None]
    ) -> None:
        self._on_tick, self._on_heartbeat = on_tick, on_heartbeat
        self._wanted: set[str] = {HEARTBEAT_GROUP}
        self._joined: set[str] = set()
        self._channel = ""
        self._has_channel = asyncio.Event()
        self._changed = asyncio.Event()
        self._changed.set()
        self._heard_at = float("-inf")

    @property
    def is_silent(self) -> bool:
        """Whether nothing has come for so long that the log must be polled."""
        return asyncio.get_running_loop().time() - self._heard_at > SILENT_AFTER

    def want(self, schema: str) -> None:
        """Receive the schema's ticks from soon on."""
        self._wanted.add(group_of(schema))
        self._changed.set()

    def unwant(self, schema: str) -> None:
        """Stop receiving them."""
        self._wanted.discard(group_of(schema))
        self._changed.set()

    async def run(self) -> None:
        """Receive until cancelled, through every failure of the layer."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep_joined())
            tasks.create_task(self._receive())

    async def _keep_joined(self) -> None:
        layer = get_channel_layer()
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                self._channel = self._channel or await layer.new_channel("hub.")
                self._has_channel.set()
                for group in self._wanted - self._joined:
                    await layer.group_add(group, self._channel)
                    self._joined.add(group)
                for group in self._joined - self._wanted:
                    self._joined.discard(group)
                    await layer.group_discard(group, self._channel)
            except Exception as error:  # noqa: BLE001  (whatever a broken Redis raises)
                log.warning("The channel layer can't be joined, the log is polled: %r", error)
                self._changed.set()
                await asyncio.sleep(RETRY_JOIN)

    async def _receive(self) -> None:
        layer = get_channel_layer()
        await self._has_channel.wait()
        while True:
            try:
                self._take(await layer.receive(self._channel))
            except Exception:
                log.warning("A message of the channel layer could not be used.", exc_info=True)
                await asyncio.sleep(RETRY_JOIN)

    def _take(self, message: dict[str, Any]) -> None:
        self._heard_at = asyncio.get_running_loop().time()
        if message["type"] == "realtime.tick":
            self._on_tick(Tick.from_message(message["tick"]))
        elif message["type"] == "realtime.heartbeat":
            self._on_heartbeat(message)
