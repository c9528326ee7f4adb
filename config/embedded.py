"""The embedded PostgreSQL and Valkey: started under a folder of their own, on free ports of 127.0.0.1.

Everything lies in one folder: ``data/`` (owned by an unprivileged uid when root starts it), ``password``,
``state.json`` (pid and port of each server), one log a server, and ``lock``, held while one starts or stops.
Who starts a second time gets the running servers; a state that a crash left behind is recognised by a
server that does not answer to the password.

    python -m config.embedded start|stop|env --dir PATH [--test]
"""

import argparse
import contextlib
import fcntl
import json
import locale
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import redis

from config import binaries, unprivileged
from config.processes import is_alive, last_lines, program_name, wait_until_gone

START_SECONDS = 60
STOP_SECONDS = 30
#: Half a second apart: what is left of a killed PostgreSQL may need some on a busy machine.
ATTEMPTS = 20
#: How often a server's former port is tried, and how long it is waited in between.
PORT_TRIES, PORT_SECONDS = 40, 0.05
POSTGRES_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "max_locks_per_transaction": "1024",  # cloning locks all of a tenant: some 600 relations for 60 tables
    "shared_buffers": "256MB",
    "password_encryption": "scram-sha-256",
}
#: For data that may be lost with the machine: tests.
UNSAFE_SETTINGS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
VALKEY_SETTINGS = 'bind 127.0.0.1\nsave ""\nappendonly no\ndaemonize no\n'


class StartFailed(Exception):
    """A server did not come up; the message holds its last lines."""


@dataclass(frozen=True, slots=True)
class Folder:
    """The files of one pair of embedded servers."""

    path: Path

    @property
    def state_file(self) -> Path:
        return self.path / "state.json"

    def state(self) -> dict[str, dict[str, int]]:
        """``{"postgres": {"pid": 1, "port": 2}, ...}`` as last written; empty when unreadable."""
        try:
            state: dict[str, dict[str, int]] = json.loads(self.state_file.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return {}
        return state

    def remember(self, server: str, pid: int, port: int) -> None:
        state = self.state() | {server: {"pid": pid, "port": port}}
        unfinished = self.path / "state.json.new"
        unfinished.write_text(json.dumps(state))
        unfinished.rename(self.state_file)

    def password(self) -> str:
        """The password of both servers, made on first use."""
        file = self.path / "password"
        if not file.exists():
            descriptor = os.open(file, os.O_CREAT | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "w") as stream:
                stream.write(secrets.token_urlsafe(24))
        return file.read_text()

    def data(self) -> Path:
        return unprivileged.private_folder(self.path / "data")

    def log(self, server: str) -> Path:
        return self.path / f"{server}.log"

    def url(self, server: str, port: int) -> str:
        if server == "postgres":
            return f"postgresql://crm:{self.password()}@127.0.0.1:{port}/crm"
        return f"redis://:{self.password()}@127.0.0.1:{port}/0"

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """One starter or stopper at a time; the kernel drops the lock of one that dies."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def start(
    directory: Path, *, test: bool = False, servers: tuple[str, ...] = ("postgres", "valkey")
) -> dict[str, str]:
    """Start what is named and not yet running; returns DATABASE_URL and REDIS_URL of those servers."""
    folder = Folder(directory.absolute())
    with folder.locked():
        urls = {server: running(folder, server) or launch(folder, server, test) for server in servers}
    names = {"postgres": "DATABASE_URL", "valkey": "REDIS_URL"}
    return {names[server]: url for server, url in urls.items()}


def stop(directory: Path) -> None:
    """Stop whatever runs there: PostgreSQL by its fast shutdown, which keeps all that was committed."""
    folder = Folder(directory.absolute())
    with folder.locked():
        for server, known in folder.state().items():
            if running(folder, server):
                os.kill(known["pid"], signal.SIGINT if server == "postgres" else signal.SIGTERM)
                wait_until_gone(known["pid"], STOP_SECONDS)
            folder.remember(server, 0, known["port"])


def running(folder: Folder, server: str) -> str | None:
    """The address of a server that answers to this folder's password."""
    known = folder.state().get(server)
    if not known or not is_alive(known["pid"]):
        return None
    url = folder.url(server, known["port"])
    return url if answers(server, url) else None


def answers(server: str, url: str) -> bool:
    """Whether the server at the address takes a log-in."""
    try:
        if server == "postgres":
            psycopg.connect(url.rpartition("/")[0] + "/postgres", connect_timeout=5).close()
        else:
            with redis.Redis.from_url(url, socket_timeout=5) as client:
                client.ping()
    except (psycopg.OperationalError, redis.RedisError):
        return False
    return True


def launch(folder: Folder, server: str, test: bool) -> str:
    """Start one server on a free port and wait until it answers.

    Tried anew some times: a port can be lost in a race, and a killed PostgreSQL takes a moment to vanish.
    """
    prepare: Callable[[Folder, int, bool], list[str | Path]]
    prepare = postgres_command if server == "postgres" else valkey_command
    for _attempt in range(ATTEMPTS):
        port = free_port(folder.state().get(server, {}).get("port", 0))
        command = prepare(folder, port, test)
        with folder.log(server).open("ab") as log:
            child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True,
                **unprivileged.popen_options(),
            )  # fmt: skip
        folder.remember(server, child.pid, port)
        if wait_for_answer(child, server, folder.url(server, port)):
            child.returncode = 0  # not ours to wait for: it outlives this process
            if server == "postgres":
                create_database(folder.url(server, port))
            return folder.url(server, port)
        time.sleep(0.5)
    raise StartFailed(f"{server} did not start. Its last lines:\n{last_lines(folder.log(server))}")


def wait_for_answer(child: subprocess.Popen[bytes], server: str, url: str) -> bool:
    """Whether the child answers before it ends, within START_SECONDS."""
    end = time.monotonic() + START_SECONDS
    while child.poll() is None and time.monotonic() < end:
        if answers(server, url):
            return True
        time.sleep(0.03)
    return False


def free_port(preferred: int) -> int:
    """The preferred port when it is free within a moment, else one that the kernel picks."""
    for port in (*[preferred] * PORT_TRIES, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            # Connections of the server before may still be closing; its clients know this port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
        # Of a server that was killed the last connections may not be over yet.
        time.sleep(PORT_SECONDS)
    raise StartFailed("No free port on 127.0.0.1.")


def postgres_command(folder: Folder, port: int, test: bool) -> list[str | Path]:
    """The command that serves the cluster, which is created when it is missing."""
    programs, cluster = binaries.postgres_folder(), folder.data() / "postgres"
    if not cluster.exists():
        create_cluster(folder, programs, cluster, test)
    forget_stale_pid(cluster)
    settings = POSTGRES_SETTINGS | {"port": str(port)} | (UNSAFE_SETTINGS if test else {})
    return [programs / "postgres", "-D", cluster, *(f"--{key}={value}" for key, value in settings.items())]


def create_cluster(folder: Folder, programs: Path, cluster: Path, test: bool) -> None:
    """initdb beside the final place, then a rename: a cluster that exists is complete."""
    unfinished, secret = cluster.with_suffix(".new"), cluster.with_suffix(".secret")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    secret.touch(mode=0o600)
    secret.write_text(folder.password())
    for path in (unfinished, secret):
        unprivileged.give(path, unprivileged.named_uid())
    initdb: list[str | Path] = [
        programs / "initdb",
        "--pgdata",
        unfinished,
        "--pwfile",
        secret,
        *initdb_arguments(programs, test),
    ]
    user = unprivileged.popen_options(unprivileged.named_uid())
    run = subprocess.run(
        initdb, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd="/", **user
    )
    secret.unlink()
    if run.returncode:
        raise StartFailed(f"initdb failed:\n{run.stdout[-2000:]}")
    unprivileged.give(unfinished)
    unfinished.rename(cluster)


def initdb_arguments(programs: Path, test: bool) -> list[str]:
    """Owner, log-in by password, encoding and collation."""
    arguments = ["--username=crm", "--auth=scram-sha-256", "--encoding=UTF8", *collation(programs)]
    return [*arguments, "--no-sync"] if test else arguments


def collation(programs: Path) -> list[str]:
    """Byte order with Unicode's upper and lower case, the same on every machine; builtin from 17 on."""
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
        plain = "C.UTF-8"
    except locale.Error:  # an old macOS
        plain = "C"
    if binaries.major_version(programs / "postgres") < 17:
        return [f"--locale={plain}"]
    # A random 24-byte password gains nothing from 4,096 rounds at every log-in.
    quick = ["--set=scram_iterations=1"]
    return [
        "--locale=C",
        f"--lc-ctype={plain}",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        *quick,
    ]


def forget_stale_pid(cluster: Path) -> None:
    """Drop a pid file whose number belongs to a zombie or to another program (a reboot, a new container).

    PostgreSQL only asks whether the number exists. Live backends of a dead server still keep a second one
    out, by the shared memory segment that carries the data folder's inode.
    """
    file = cluster / "postmaster.pid"
    if not file.exists():
        return
    pid = int(file.read_text().split("\n", 1)[0])
    if not is_alive(pid) or "postgres" not in program_name(pid):
        file.unlink()


def create_database(url: str) -> None:
    """The database ``crm``, when the cluster does not have it yet."""
    with psycopg.connect(url.rpartition("/")[0] + "/postgres", autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'crm'").fetchone():
            connection.execute("CREATE DATABASE crm")


def valkey_command(folder: Folder, port: int, _test: bool) -> list[str | Path]:
    """The command that serves an empty Valkey; its settings are a file, as a password is no argument."""
    settings = folder.data() / "valkey.conf"
    settings.touch(mode=0o600)
    settings.write_text(f"{VALKEY_SETTINGS}port {port}\nrequirepass {folder.password()}\n")
    if unprivileged.is_root():
        os.chown(settings, unprivileged.UID, unprivileged.UID)
    return [binaries.valkey_server(), settings]


def main() -> None:
    """The command line: start, stop, or print the ``export`` lines of running servers."""
    parser = argparse.ArgumentParser(description="PostgreSQL and Valkey for one folder.")
    parser.add_argument("action", choices=["start", "stop", "env"])
    parser.add_argument("--dir", type=Path, default=Path("var/embedded"))
    parser.add_argument("--test", action="store_true", help="faster, and unsafe against a power cut")
    chosen = parser.parse_args()
    if chosen.action == "stop":
        return stop(chosen.dir)
    folder = Folder(chosen.dir.absolute())
    if chosen.action == "env" and not all(running(folder, server) for server in ("postgres", "valkey")):
        sys.exit("Not running.")
    for name, url in start(chosen.dir, test=chosen.test).items():
        print(f"export {name}={url}")
    return None


if __name__ == "__main__":
    try:
        main()
    except (StartFailed, binaries.Missing) as error:
        sys.exit(str(error))
