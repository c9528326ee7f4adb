"""``make run``: everything that a deployment consists of, under one process that keeps it going.

Starts the servers that no address was given for, brings the schemas up to date, makes the demo tenant on the
first start, then runs every process of config.programs: one that dies is started again after a growing pause, an
embedded server at once; one that keeps dying ends all of it with its last words. SIGTERM and Ctrl-C stop everything
in order.
"""

import collections
import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import psycopg
import redis

from config import binaries, embedded, env, programs
from config.keeper import TITLES, Keeper, Lost

VAR = programs.VAR
#: Where the processes keep what they count; config.settings makes the same.
METRICS = Path(env.text("PROMETHEUS_MULTIPROC_DIR") or VAR / "metrics")
GRACE_SECONDS = 10.0
READY_SECONDS = 180.0
#: So many ends in a row, none after a minute of life, and the process is taken for broken.
TOO_OFTEN = 5
HEALTHY_SECONDS = 60.0


class Stopped(Exception):
    """Somebody asked for the end."""


class Broken(Exception):
    """It can't go on; the message says why."""


class Child:
    """One process: its output passed on under its name, its ends counted."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: collections.deque[str] = collections.deque(maxlen=20)
        self.failures = 0
        self.start_at = 0.0
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start the process in a session of its own, so that Ctrl-C reaches it through us alone."""
        self.start_at = time.monotonic()
        self.process = subprocess.Popen(
            programs.command(self.name),
            cwd=programs.ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        threading.Thread(target=self.pass_on, args=[self.process], daemon=True).start()

    def pass_on(self, process: subprocess.Popen[str]) -> None:
        """Copy the output line by line."""
        for line in process.stdout or ():
            self.lines.append(line.rstrip())
            print(f"{self.name:8} {line}", end="", flush=True)

    def look(self) -> None:
        """Start it again when it has ended and its pause is over; Broken when that happens too often."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.start_at:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        self.failures = 1 if now - self.start_at > HEALTHY_SECONDS else self.failures + 1
        if self.failures >= TOO_OFTEN:
            raise Broken(f"{self.name} keeps ending (exit {code}). Its last lines:\n" + "\n".join(self.lines))
        pause = 0.5 * 2 ** (self.failures - 1)
        print(f"{self.name:8} ended with {code}; starting it again in {pause:.1f} s", flush=True)
        self.process, self.start_at = None, now + pause

    def signal(self, number: int) -> None:
        if self.process and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number) if number == signal.SIGKILL else self.process.send_signal(
                    number
                )

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


def main() -> int:
    """Run until somebody asks for the end; the exit status is 0 then, 1 when something is broken."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, ask_for_end)
    try:
        with only_one(), servers() as keeper:
            prepare()
            run([Child(name) for name in programs.programs()], keeper)
    except Stopped:
        print("Stopped.", flush=True)
        return 0
    except (Broken, Lost, binaries.Missing, embedded.StartFailed, env.BadSetting) as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    return 0


def ask_for_end(_number: int, _frame: FrameType | None) -> None:
    """Signal handler: a second signal changes nothing, the stop is under way."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise Stopped


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """One supervisor a folder, and a port that is free."""
    VAR.mkdir(parents=True, exist_ok=True)
    with (VAR / "supervisor.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Broken("It is running already, from this folder.") from None
        check_port(env.text("HOST", "127.0.0.1"), env.integer("PORT", 8000))
        yield


def check_port(host: str, port: int) -> None:
    """Broken when the port can't be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Broken(
                f"Port {port} on {host} can't be used ({error.strerror}). Choose another: make run PORT=8001"
            ) from None


@contextlib.contextmanager
def servers() -> Iterator[Keeper]:
    """PostgreSQL and Valkey, embedded unless DATABASE_URL or REDIS_URL names another one."""
    given = {"postgres": env.text("DATABASE_URL"), "valkey": env.text("REDIS_URL")}
    needed = tuple(server for server, url in given.items() if not url)
    if needed:
        say("Starting " + " and ".join(TITLES[name] for name in needed))
    keeper = Keeper(VAR / "embedded", needed)
    try:
        os.environ |= keeper.start()
        reach()
        yield keeper
    finally:
        keeper.stop()


def reach() -> None:
    """Broken when a server does not answer; better said here than by every process."""
    try:
        psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=10).close()
    except psycopg.Error as error:
        raise Broken(f"DATABASE_URL: {error}") from None
    try:
        with redis.Redis.from_url(os.environ["REDIS_URL"], socket_timeout=10) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        raise Broken(f"REDIS_URL: {error}") from None


def prepare() -> None:
    """Migrate every schema; make the demo tenant when there is none at all."""
    for file in METRICS.glob("*.db"):  # of the processes that ran before
        file.unlink()
    say("Bringing the schemas up to date")
    with subprocess.Popen([sys.executable, "manage.py", "prepare"], cwd=programs.ROOT) as process:
        try:
            code = process.wait()
        except Stopped:
            process.terminate()
            raise
    if code:
        raise Broken("The database could not be prepared; the reason stands above.")


def run(children: list[Child], keeper: Keeper) -> None:
    """Keep all children and embedded servers going until Stopped or Broken, then end the children."""
    threading.Thread(target=announce, daemon=True).start()
    try:
        while True:
            for name in keeper.look():
                say(f"{name} had ended and runs again")
            for child in children:
                child.look()
            time.sleep(0.2)
    finally:
        end(children)


def end(children: list[Child]) -> None:
    """SIGTERM to all, SIGKILL after the grace period to those that are still there."""
    say("Stopping")
    for child in children:
        child.signal(signal.SIGTERM)
    limit = time.monotonic() + GRACE_SECONDS
    while any(child.is_running() for child in children) and time.monotonic() < limit:
        time.sleep(0.05)
    for child in children:
        child.signal(signal.SIGKILL)
        if child.process:
            child.process.wait()


def announce() -> None:
    """Print the address once the web process says that it is ready."""
    port = env.integer("PORT", 8000)
    address = env.text("SITE_URL", f"http://localhost:{port}")
    limit = time.monotonic() + READY_SECONDS
    while time.monotonic() < limit:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5),
        ):
            notes = VAR / "demo.txt"
            logins = notes.read_text() if notes.exists() else ""
            print(f"\n  Ready: {address}\n{logins}\n  Ctrl-C stops everything; the data stays.\n", flush=True)
            return
        time.sleep(0.3)
    say(f"{address}/readyz does not say that it is ready; the lines above tell why")


def say(text: str) -> None:
    print(f"{'run':8} {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
