"""The two things to compare with: the least that a broadcast can cost, and what Channels projects usually do.

``python -m bench.fanouts bare|channels PORT``. Both send to every socket whatever one of them says.
"""

import asyncio
import os
import sys
from typing import Any


async def bare(port: int) -> None:
    """``websockets`` alone: one broadcast to all connections."""
    from websockets.asyncio.server import broadcast, serve
    from websockets.exceptions import ConnectionClosed

    connections: set[Any] = set()

    async def serve_one(connection: Any) -> None:
        connections.add(connection)
        try:
            async for text in connection:
                broadcast(connections, text)
        except ConnectionClosed:
            pass  # clients hang up without a word
        finally:
            connections.discard(connection)

    async with serve(serve_one, "127.0.0.1", port, compression=None, max_size=None):
        await asyncio.Future()


def channels(port: int) -> None:
    """A consumer and a group membership a socket, over the pub/sub layer."""
    import django
    import uvicorn
    from channels.generic.websocket import AsyncWebsocketConsumer

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()

    class Consumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # Channels has no types
        groups = ("bench",)

        async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
            await self.channel_layer.group_send("bench", {"type": "tell", "text": text_data})

        async def tell(self, event: dict[str, Any]) -> None:
            await self.send(text_data=event["text"])

    uvicorn.run(
        Consumer.as_asgi(), port=port, log_level="warning", lifespan="off", ws="websockets-sansio",
        ws_per_message_deflate=False, ws_max_size=2**24,
    )  # fmt: skip


if __name__ == "__main__":
    if sys.argv[1] == "bare":
        asyncio.run(bare(int(sys.argv[2])))
    else:
        channels(int(sys.argv[2]))
