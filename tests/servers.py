"""The servers that tests run against: real ones, started by the test command itself.

Loaded as an early plugin (``-p tests.servers`` in pyproject.toml), because Django reads DATABASE_URL before
any conftest is imported. One PostgreSQL serves the whole run; TEST_DATABASE_URL names another one. Each
worker process has a Valkey of its own (publish/subscribe knows no database numbers), and so has a second run beside
the first one.
"""

import fcntl
import itertools
import os
import signal
from pathlib import Path
from typing import TextIO

import pytest

from config import embedded
from tests.memory_disk import use_memory

VAR = Path(__file__).resolve().parent.parent / "var" / "test"
XDIST = os.environ.get("PYTEST_XDIST_WORKER", "")


def take_name() -> tuple[str, TextIO]:
    """A name for this process that no other run in this folder goes by, and the lock that keeps it: "main" or the
    worker's, with a number after it for a second run at the same time."""
    VAR.mkdir(parents=True, exist_ok=True)
    for number in itertools.count(1):
        name = (XDIST or "main") + (f"-{number}" if number > 1 else "")
        file = (VAR / f"{name}.lock").open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
        else:
            return name, file
    raise AssertionError


WORKER, NAME_LOCK = take_name()


class InUse:
    """A shared lock that every test run holds: the last run to end stops the servers."""

    def __init__(self) -> None:
        VAR.mkdir(parents=True, exist_ok=True)
        self.file = (VAR / "in-use").open("w")
        fcntl.flock(self.file, fcntl.LOCK_SH)

    def is_last(self) -> bool:
        """Whether no other run is going on."""
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def start() -> InUse | None:
    """Start what is missing and put the addresses into the environment, where Django's settings look."""
    in_use = None
    if not XDIST:
        in_use = InUse()
        own = os.environ.get("TEST_DATABASE_URL")
        started = {} if own else start_postgres()
        os.environ["DATABASE_URL"] = own or started["DATABASE_URL"]
    os.environ |= embedded.start(VAR / WORKER, test=True, servers=("valkey",))
    counted = VAR / WORKER / "metrics"
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(counted)
    for file in counted.glob("*.db"):
        file.unlink()
    os.environ["VALIDATE_RESULTS"] = os.environ["STRICT_READS"] = "1"
    os.environ.setdefault("SECRET_KEY", "tests-only-" + "0" * 40)
    return in_use


def start_postgres() -> dict[str, str]:
    """The run's PostgreSQL, with its data in memory if possible."""
    use_memory(embedded.Folder(VAR / "servers"))
    return embedded.start(VAR / "servers", test=True, servers=("postgres",))


IN_USE = start()


def pytest_configure(config: pytest.Config) -> None:
    """SIGTERM ends the run as Ctrl-C does: what it started is stopped."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    stop()


def stop() -> None:
    """Stop this worker's Valkey, and PostgreSQL when nobody else uses it; its templates stay for the next run."""
    embedded.stop(VAR / WORKER)
    NAME_LOCK.close()
    if IN_USE:
        if IN_USE.is_last():
            embedded.stop(VAR / "servers")
        IN_USE.file.close()
