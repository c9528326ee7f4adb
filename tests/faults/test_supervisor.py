"""`make run`'s supervisor, run for real on a database of its own: start, a killed child, stop, broken children."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from config import programs
from config.processes import is_alive
from tests.processes import free_port, wait_for

pytestmark = pytest.mark.faults


class Run:
    """A supervisor with its output in a file."""

    def __init__(self, folder: Path, database_url: str, **environment: str) -> None:
        self.port = free_port()
        self.log = folder / "run.log"
        self.file: IO[bytes] = self.log.open("wb")
        given = {"DATABASE_URL": database_url, "PORT": str(self.port), "VAR_DIR": str(folder / "var")}
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "config.supervisor"],
            cwd=programs.ROOT,
            env=os.environ | given | environment,
            stdout=self.file,
            stderr=self.file,
            start_new_session=True,
        )

    def output(self) -> str:
        return self.log.read_text()

    def ready(self) -> bool:
        assert self.popen.poll() is None, self.output()
        return "Ready: " in self.output()

    def children(self) -> dict[int, str]:
        """The supervisor's children by pid, with their command lines."""
        found = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                if int(stat.read_text().rpartition(")")[2].split()[1]) == self.popen.pid:
                    found[int(stat.parent.name)] = (stat.parent / "cmdline").read_text().replace("\0", " ")
            except (FileNotFoundError, ProcessLookupError):
                continue
        return found

    def pid_of(self, words: str) -> int | None:
        return next((pid for pid, command in self.children().items() if words in command), None)

    def end(self) -> None:
        if self.popen.poll() is None:
            self.popen.kill()
        self.popen.wait()
        self.file.close()


@pytest.fixture
def run(tmp_path: Path, committed_db: str) -> Iterator[Run]:
    """A supervisor on the module's database."""
    started = Run(tmp_path, committed_db)
    yield started
    started.end()


def test_everything_starts_survives_a_kill_and_stops_in_order(run: Run) -> None:
    wait_for(run.ready, 180)
    with urllib.request.urlopen(f"http://localhost:{run.port}/readyz") as answer:
        assert json.load(answer)["ready"]
    first = run.pid_of("config.web")
    assert first
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: run.pid_of("config.web") not in (None, first), 180)
    children = run.children()
    assert len(children) == len(programs.programs())
    run.popen.send_signal(signal.SIGTERM)
    assert run.popen.wait(90) == 0
    assert "Stopped." in run.output()
    assert not any(is_alive(pid) for pid in children)


def test_killed_supervisor_leaves_no_process(run: Run) -> None:
    wait_for(run.ready, 180)
    children = run.children()
    run.popen.kill()
    run.popen.wait()
    wait_for(lambda: not any(is_alive(pid) for pid in children), 90)


def test_busy_port_is_a_clear_message(tmp_path: Path, committed_db: str) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        run = Run(tmp_path, committed_db, PORT=str(busy.getsockname()[1]))
        assert run.popen.wait(120) == 1
    assert "can't be used (Address already in use). Choose another" in run.output()
    assert "Traceback" not in run.output()
    run.end()


def test_child_that_keeps_ending_ends_all_with_its_last_words(tmp_path: Path, committed_db: str) -> None:
    run = Run(tmp_path, committed_db, WEB_WORKERS="many")
    assert run.popen.wait(180) == 1
    said = run.output().partition("web keeps ending")[2]
    assert "WEB_WORKERS='many': write a whole number." in said
    run.end()


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("DATABASE_URL", "postgresql://nobody:secret@127.0.0.1:1/none"),
        ("REDIS_URL", "redis://:secret@127.0.0.1:1/0"),
    ],
)
def test_server_that_does_not_answer_is_a_clear_message(
    tmp_path: Path, committed_db: str, name: str, address: str
) -> None:
    run = Run(tmp_path, **{"database_url": committed_db, name: address})
    assert run.popen.wait(120) == 1
    assert f"{name}: " in run.output()
    assert "Traceback" not in run.output()
    assert "secret" not in run.output()
    run.end()
