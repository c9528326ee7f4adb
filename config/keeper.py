"""Keeps embedded servers alive: one that died is started again, at the address that every process knows."""

import time
from pathlib import Path

from config import embedded
from config.processes import is_alive

LOOK_SECONDS = 1.0
#: So many ends within so many seconds, and the server is taken for broken.
TOO_OFTEN, WITHIN_SECONDS = 5, 300.0
TITLES = {"postgres": "PostgreSQL", "valkey": "Valkey"}


class Lost(Exception):
    """A server can't be had again; the message says why."""


class Keeper:
    """The embedded servers of one folder."""

    def __init__(self, directory: Path, servers: tuple[str, ...]) -> None:
        self.folder = embedded.Folder(directory.absolute())
        self.servers = servers
        self.ends: dict[str, list[float]] = {server: [] for server in servers}
        self.look_at = 0.0
        self.urls: dict[str, str] = {}

    def start(self) -> dict[str, str]:
        """Start those that do not run; returns their ``DATABASE_URL`` and ``REDIS_URL``."""
        self.urls = embedded.start(self.folder.path, servers=self.servers) if self.servers else {}
        return self.urls

    def stop(self) -> None:
        """Stop them; their data stays."""
        if self.servers:
            embedded.stop(self.folder.path)

    def look(self) -> list[str]:
        """The names of servers that had died and run again; Lost if one keeps ending or moved. Cheap: once a second."""
        now = time.monotonic()
        if now < self.look_at:
            return []
        self.look_at = now + LOOK_SECONDS
        state = self.folder.state()
        dead = [server for server in self.servers if not is_alive(state.get(server, {}).get("pid", 0))]
        for server in dead:
            self._revive(server, now)
        return [TITLES[server] for server in dead]

    def _revive(self, server: str, now: float) -> None:
        ends = [at for at in self.ends[server] if now - at < WITHIN_SECONDS]
        self.ends[server] = [*ends, now]
        if len(ends) + 1 >= TOO_OFTEN:
            raise Lost(f"{TITLES[server]} keeps ending; its log is {self.folder.log(server)}")
        for name, url in embedded.start(self.folder.path, servers=(server,)).items():
            if self.urls.get(name, url) != url:
                raise Lost(f"Another program has taken {TITLES[server]}'s port; start everything again.")
