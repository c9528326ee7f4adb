"""A real PgBouncer in transaction mode before the tests' server, with fewer sessions than there are clients."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit, urlunsplit

import psycopg

from config import unprivileged
from scripts.servers import find
from tests.processes import free_port, wait_for

CONFIG = """\
[databases]
* = host={host} port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = {sessions}
max_client_conn = 300
logfile = {folder}/log
"""


@contextmanager
def pgbouncer(database_url: str, sessions: int = 2) -> Iterator[str]:
    """The database's address behind a pooler that holds so many sessions, for the length of the block."""
    program = find("pgbouncer")
    assert program, "There is no PgBouncer: python -m scripts.tools"
    parts, listen = urlsplit(database_url), free_port()
    address = urlunsplit(parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{listen}"))
    with TemporaryDirectory(prefix="pgbouncer-", dir="/tmp", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "users").write_text(f'"{parts.username}" "{parts.password}"\n')
        (folder / "ini").write_text(
            CONFIG.format(folder=name, host=parts.hostname, port=parts.port, listen=listen, sessions=sessions)
        )
        unprivileged.give(folder)
        process = subprocess.Popen([program, "-q", f"{name}/ini"], cwd="/", **unprivileged.popen_options())
        try:
            wait_for(lambda: _answers(address))
            yield address
        finally:
            process.kill()
            process.wait()


def _answers(address: str) -> bool:
    try:
        psycopg.connect(address, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True
