"""The standby driver: drains the due index straight from PostgreSQL, when beat, the broker or workers fail."""

import random
import signal
import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, close_old_connections

from workflows.drain import drain
from workflows.memory import give_back
from workflows.schedule import ensure_recurring
from workflows.watch import beat, report

REPORT_SECONDS = 60.0


class Command(BaseCommand):
    reported = -REPORT_SECONDS
    help = "Do due work every few seconds, without a broker; run one or two of these."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--seconds", type=float, default=5.0, help="time between two looks, give or take 20 %%"
        )

    def handle(self, *_args: Any, seconds: float, **_options: Any) -> None:
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        give_back()
        while not stopping.wait(random.uniform(0.8, 1.2) * seconds):  # noqa: S311  (jitter, not a secret)
            self.look()

    def watch(self) -> None:
        """Once a minute, log what is wrong with the engine."""
        if time.monotonic() - self.reported >= REPORT_SECONDS:
            self.reported = time.monotonic()
            report()

    def look(self) -> None:
        """One drain; a database that is away is asked again at the next look."""
        try:
            ensure_recurring()
            beat("driver")
            drain()
            self.watch()
        except (OperationalError, InterfaceError) as error:
            self.stderr.write(f"The database does not answer: {error}")
        finally:
            close_old_connections()
