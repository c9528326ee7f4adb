"""What workflow code may not do, refused at the line that does it.

A replay has to come to the same steps, so code between steps may not reach outside: what it finds there may be
something else the next time. Python announces files, sockets and processes before they happen (PEP 578). Clock and
chance it does not announce: these are found in the text (``purity``).
"""

import functools
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

OUTSIDE = "make it a step: an action for the outside world, a query or a mutation for the database"


class DirectAccess(Exception):
    """Workflow code reached outside a step: at the next replay it could find something else."""


class Turn(Protocol):
    """Whose code is running."""

    @property
    def is_in_step(self) -> bool:
        """Whether the engine or a step is at work, not the workflow's own code."""


_thread = threading.local()
#: What is announced and refused: whole names, and what stands before a dot.
REFUSED = frozenset({
    "open", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.remove",
    "os.rename", "os.mkdir", "os.rmdir", "os.truncate", "urllib.Request", "http.client.connect",
})  # fmt: skip
REFUSED_KINDS = ("socket.", "shutil.", "smtplib.", "ftplib.", "imaplib.", "tempfile.")
#: Code, catalogs of translations and time zones are read when they are first needed, whoever needs them.
READABLE = (".py", ".pyc", ".so", ".mo")
ZONES = ("zoneinfo", "tzdata")


@contextmanager
def watched(turn: Turn) -> Iterator[None]:
    """The workflow's code runs in this thread: what it may not do is refused."""
    _listen()
    before, _thread.turn = getattr(_thread, "turn", None), turn
    try:
        yield
    finally:
        _thread.turn = before


@functools.cache
def _listen() -> None:
    sys.addaudithook(_hear)


def _hear(event: str, args: tuple[Any, ...]) -> None:
    turn = getattr(_thread, "turn", None)
    if turn is None or turn.is_in_step:
        return
    if event in REFUSED or event.startswith(REFUSED_KINDS):
        if event == "open" and _is_readable(*args[:2]):
            return
        raise DirectAccess(f"Workflow code did {event} outside a step: {OUTSIDE}.")


def _is_readable(path: object, mode: object) -> bool:
    """Whether somebody just reads what belongs to the program."""
    name = str(path)
    return "w" not in str(mode) and (name.endswith(READABLE) or any(zone in name for zone in ZONES))
