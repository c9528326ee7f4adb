"""Runs the relay until SIGTERM or SIGINT. Start as many as you like, on any machines: one leads."""

import asyncio
import contextlib
import signal
from typing import Any

from django.core.management.base import BaseCommand

from realtime.changes.relay import Relay


class Command(BaseCommand):
    help = "Turn the change log into ticks for the live processes; one leads, the others stand by."

    def handle(self, *args: Any, **options: Any) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(_run())


async def _run() -> None:
    relay = asyncio.current_task()
    assert relay is not None
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, relay.cancel)
    await Relay().run()
