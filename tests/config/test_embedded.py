"""The launcher of the embedded servers, on folders of its own."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
import redis

from config import embedded, keeper
from config.keeper import Keeper, Lost
from config.processes import is_alive, wait_until_gone
from tests.processes import keep_ports

pytestmark = pytest.mark.faults


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that an unprivileged server reaches; what runs in it is stopped at the end."""
    with TemporaryDirectory() as name:
        path = Path(name)
        path.chmod(0o755)
        keep_ports(path, "postgres", "valkey")
        yield path
        embedded.stop(path)


def pids(folder: Path) -> dict[str, int]:
    state = json.loads((folder / "state.json").read_text())
    return {server: known["pid"] for server, known in state.items()}


def write_and_read(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        connection.execute("INSERT INTO kept VALUES (1)")


def count(url: str) -> int:
    with psycopg.connect(url) as connection:
        (found,) = connection.execute("SELECT count(*) FROM kept").fetchone() or (0,)
    return int(found)


def test_both_servers_start_stop_and_keep_their_data(folder: Path) -> None:
    first = embedded.start(folder, test=True)
    write_and_read(first["DATABASE_URL"])
    with redis.Redis.from_url(first["REDIS_URL"]) as client:
        assert client.ping()
    assert embedded.start(folder, test=True) == first, "a second start finds the running servers"
    running = pids(folder)
    embedded.stop(folder)
    assert not any(is_alive(pid) for pid in running.values())
    again = embedded.start(folder, test=True)
    assert again == first, "the ports are kept, so that addresses stay valid"
    assert count(again["DATABASE_URL"]) == 1


def test_killed_postgres_comes_back_with_what_was_committed(folder: Path) -> None:
    url = embedded.start(folder, servers=("postgres",))["DATABASE_URL"]
    write_and_read(url)
    os.kill(pids(folder)["postgres"], signal.SIGKILL)
    assert count(embedded.start(folder, servers=("postgres",))["DATABASE_URL"]) == 1


def test_stale_pid_of_another_program_is_no_obstacle(folder: Path) -> None:
    url = embedded.start(folder, test=True, servers=("postgres",))["DATABASE_URL"]
    embedded.stop(folder)
    pid_file = folder / "data" / "postgres" / "postmaster.pid"
    pid_file.write_text(f"{os.getppid()}\n{folder}\n")
    assert embedded.start(folder, test=True, servers=("postgres",)) == {"DATABASE_URL": url}


def test_servers_do_not_run_as_root_and_ask_for_the_password(folder: Path) -> None:
    urls = embedded.start(folder, test=True)
    for pid in pids(folder).values():
        assert Path(f"/proc/{pid}").stat().st_uid != 0
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(urls["DATABASE_URL"].replace(":", ":wrong", 2).replace(":wrong//", "://", 1))
    password = (folder / "password").read_text()
    with (
        redis.Redis.from_url(urls["REDIS_URL"].replace(password, "wrong")) as client,
        pytest.raises(redis.AuthenticationError),
    ):
        client.ping()
    assert (folder / "password").stat().st_mode & 0o077 == 0


def test_letters_outside_ascii_have_cases(folder: Path) -> None:
    url = embedded.start(folder, test=True, servers=("postgres",))["DATABASE_URL"]
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT lower('É'), 'ÉMILE' ILIKE 'émile'").fetchone()
    assert row == ("é", True)


def kill(folder: Path, server: str) -> None:
    pid = pids(folder)[server]
    os.kill(pid, signal.SIGKILL)
    assert wait_until_gone(pid, 60)


def test_a_server_that_dies_runs_again_at_its_address(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "LOOK_SECONDS", 0)
    kept = Keeper(folder, ("valkey",))
    url = kept.start()["REDIS_URL"]
    assert kept.look() == []
    kill(folder, "valkey")
    assert kept.look() == ["Valkey"]
    with redis.Redis.from_url(url) as client:
        assert client.ping()
    assert kept.look() == []
    monkeypatch.setattr(keeper, "TOO_OFTEN", 2)
    kill(folder, "valkey")
    with pytest.raises(Lost, match="Valkey keeps ending"):
        kept.look()
