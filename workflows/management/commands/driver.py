"""The standby driver: drains the due index straight from PostgreSQL, when beat, the broker or workers fail."""

import random
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, close_old_connections

from workflows.drain import drain
from workflows.memory import give_back
from workflows.schedule import ensure_recurring
from workflows.watch import Reporter, beat

#: After a start, as the others may be starting, too.
QUIET_SECONDS = 15.0


class Command(BaseCommand):
    help = "Do due work every few seconds, without a broker; run one or two of these."

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.reporter = Reporter(QUIET_SECONDS)

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

    def look(self) -> None:
        """One drain; a database that is away is asked again at the next look."""
        try:
            ensure_recurring()
            beat("driver")
            drain()
            self.reporter.report()
        except (OperationalError, InterfaceError) as error:
            self.stderr.write(f"The database does not answer: {error}")
        finally:
            close_old_connections()
