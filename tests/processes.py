"""Real processes for tests: the deployment's own programs against a copied database, and a mail server."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from config import embedded, programs
from tests.nursery import Forked, nursery

#: Seconds after which something that has not happened is taken for something that never will. Machines differ by a
#: factor of a hundred, and a limit costs nothing where the condition comes true.
PATIENCE = 180.0
START_SECONDS = PATIENCE


@dataclass
class Process:
    """One program of config.programs, in a process group of its own."""

    name: str
    popen: Forked

    def kill(self) -> None:
        """SIGKILL to it and its children, as an out-of-memory kill of the container would."""
        os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait()

    def stop(self) -> None:
        """SIGTERM, and SIGKILL if that does not help."""
        if self.popen.poll() is None:
            self.popen.terminate()
            try:
                self.popen.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()


@contextmanager
def process(name: str, database_url: str, **environment: str) -> Iterator[Process]:
    """Run a program of config.programs against a database for the length of the block."""
    with started(programs.programs()[name], database_url, **environment) as popen:
        running = Process(name, popen)
        try:
            yield running
        finally:
            running.stop()


@contextmanager
def started(arguments: list[str], database_url: str, **environment: str) -> Iterator[Forked]:
    """Python with arguments such as ``-m module``, the test run's environment, another database and what is given."""
    own = {"DATABASE_URL": database_url, "DATABASE_POOL_SIZE": "8"}
    popen = nursery().start(arguments, os.environ | own | environment)
    try:
        yield popen
    finally:
        if popen.poll() is None:
            popen.kill()
            popen.wait()


@contextmanager
def web_server(database_url: str, **environment: str) -> Iterator[str]:
    """The web process on a free port; yields its address once it answers."""
    port = str(free_port())
    with process("web", database_url, PORT=port, **environment) as web:
        address = f"http://localhost:{port}"
        wait_for(lambda: answers(f"{address}/healthz", web), START_SECONDS)
        yield address


def answers(address: str, web: Process) -> bool:
    """Whether the address gives an answer; an error when the process has ended."""
    if web.popen.poll() is not None:
        raise RuntimeError(f"{web.name} ended with {web.popen.returncode}")
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def wait_for(
    condition: Callable[[], object],
    seconds: float = PATIENCE,
    meanwhile: Callable[[], object] = lambda: time.sleep(0.05),
) -> None:
    """Return as soon as the condition holds; AssertionError after the given time. ``meanwhile`` is done in between."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"did not happen within {seconds} s")
        meanwhile()


#: The sockets that keep the ports which free_port has given away.
_kept: list[socket.socket] = []


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on, kept for whoever will.

    A bound socket that does not listen keeps it: Linux lends such a port to nobody who asks for any port, and to no
    connection on its way out, but a server that names it, and says SO_REUSEADDR as servers do, gets it.
    """
    kept = socket.socket()
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.bind(("127.0.0.1", 0))
    port = int(kept.getsockname()[1])
    if sys.platform != "linux":
        kept.close()
    _kept.append(kept)
    return port


def keep_ports(folder: Path, *servers: str) -> None:
    """Give the embedded servers of a folder ports that stay theirs while they are down."""
    for server in servers:
        embedded.Folder(folder).remember(server, 0, free_port())


@dataclass
class Mailbox:
    """What a real mail server took; ``reply`` is what it says to a recipient, ``delay`` its slowness in s.

    While ``patience`` is a number, so many messages are answered, and the senders of the others wait.
    """

    messages: list[Message] = field(default_factory=list)
    reply: str = "250 OK"
    delay: float = 0.0
    patience: int | None = None
    port: int = 0

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables that lead a process's email here."""
        return {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(self.port)}

    def ids(self) -> list[str]:
        return [str(message["Message-ID"]) for message in self.messages]

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """aiosmtpd's hook: a recipient was named."""
        if self.reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.reply

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        """aiosmtpd's hook: a message came; it counts as taken before the sender hears of it."""
        import asyncio

        content = envelope.content
        self.messages.append(message_from_bytes(content if isinstance(content, bytes) else b""))
        number = len(self.messages)
        await asyncio.sleep(self.delay)
        while self.patience is not None and number > self.patience:  # noqa: ASYNC110  (another thread sets it)
            await asyncio.sleep(0.02)
        return "250 Taken"


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """An SMTP server on a free port."""
    mailbox = Mailbox(port=free_port())
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()
