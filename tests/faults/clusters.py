"""PostgreSQL servers of a test's own, copied from the tests' one: they may be killed, restarted and replaced."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.db import connections

from config import binaries, embedded, unprivileged
from config.processes import wait_until_gone
from tests.databases import disconnect


class Cluster:
    """One server, with the password, the roles and the databases of the one that it was copied from."""

    def __init__(self, path: Path, source: str, *, standby: bool = False) -> None:
        self.folder = embedded.Folder(path)
        with self.folder.locked():
            (path / "password").write_text(urlsplit(source).password or "")
        data = self.folder.data() / "postgres"
        data.mkdir(mode=0o700)
        unprivileged.give(data)
        command = [
            binaries.postgres_folder() / "pg_basebackup",
            f"--pgdata={data}",
            f"--dbname={source}",
            "--checkpoint=fast",
            "--no-sync",
            *(["--write-recovery-conf"] if standby else []),
        ]
        subprocess.run(command, check=True, cwd="/", capture_output=True, **unprivileged.popen_options())

    def start(self, port: int = 0) -> str:
        """Start it, at a port if one is given; returns the address of its database ``postgres``."""
        if port:
            self.folder.remember("postgres", 0, port)
        url = embedded.start(self.folder.path, test=True, servers=("postgres",))["DATABASE_URL"]
        return url.rpartition("/")[0] + "/postgres"

    @property
    def port(self) -> int:
        return self.folder.state()["postgres"]["port"]

    def kill(self) -> None:
        """End it at once, without a checkpoint: what was committed has to come out of its log."""
        pid = self.folder.state()["postgres"]["pid"]
        os.kill(pid, signal.SIGQUIT)
        wait_until_gone(pid, 30)

    def end(self) -> None:
        """Stop it if it runs."""
        embedded.stop(self.folder.path)


@contextmanager
def used(url: str) -> Iterator[str]:
    """Let this process use another server for the block; yields the address of the module's database there."""
    settings = connections.settings["default"]
    before = settings["PORT"]
    disconnect()
    settings["PORT"] = urlsplit(url).port
    try:
        yield urlunsplit(urlsplit(url)._replace(path=f"/{settings['NAME']}"))
    finally:
        disconnect()
        settings["PORT"] = before


def run(url: str, *statements: str) -> None:
    """Statements outside any transaction."""
    with psycopg.connect(url, autocommit=True) as administrator:
        for statement in statements:
            administrator.execute(statement)  # type: ignore[arg-type]  # made here, not literal
