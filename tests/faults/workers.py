"""Workers that tests may kill: a process that has loaded everything forks one for each order it reads.

    {"point": "step.journaled", "hits": 2, "signal": "SIGKILL", "do": "drain", "args": {...}}

It answers the new process's id; ``{"wait": id}`` answers how that one ended.
"""

import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

from config import programs


class Workers:
    """The side of the tests."""

    def __init__(self, popen: subprocess.Popen[Any]) -> None:
        self.popen = popen

    def order(self, **order: Any) -> Any:
        """Send an order and read the answer."""
        assert self.popen.stdin
        assert self.popen.stdout
        self.popen.stdin.write(json.dumps(order).encode() + b"\n")
        self.popen.stdin.flush()
        return json.loads(self.popen.stdout.readline())

    def begin(
        self, point: str = "", hits: int = 1, number: str = "SIGKILL", do: str = "drain", **args: Any
    ) -> int:
        """Fork a worker; it is killed at the point, if it comes there so often."""
        return int(self.order(point=point, hits=hits, signal=number, do=do, args=args))

    def end_of(self, pid: int) -> int:
        """How the worker ended: 0, or the negative signal."""
        return int(self.order(wait=pid))

    def run(self, point: str = "", hits: int = 1, **args: Any) -> int:
        """Fork a worker and wait for its end."""
        return self.end_of(self.begin(point, hits, **args))


@contextmanager
def workers(database_url: str, **environment: str) -> Iterator[Workers]:
    """Workers against a database, for the length of the block."""
    command = [sys.executable, "-m", "tests.faults.workers"]
    popen = subprocess.Popen(
        command,
        cwd=programs.ROOT,
        env=os.environ | {"DATABASE_URL": database_url, "DATABASE_POOL_SIZE": "4"} | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield Workers(popen)
    finally:
        os.killpg(popen.pid, signal.SIGKILL)
        popen.communicate()


def main() -> None:
    """The side that forks."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from tests.workflows import example

    _loaded = example
    for line in sys.stdin:
        order = json.loads(line)
        answer = _wait(order["wait"]) if "wait" in order else _fork(order)
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()


def _wait(pid: int) -> int:
    _pid, status = os.waitpid(pid, os.WUNTRACED)
    return -os.WSTOPSIG(status) if os.WIFSTOPPED(status) else os.waitstatus_to_exitcode(status)


def _fork(order: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        _do(order)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _do(order: dict[str, Any]) -> None:
    from accounts.tenancy import tenant_context
    from realtime.functions import NotFound
    from workflows import crashes, send_event, start
    from workflows.drain import drain

    if order["point"]:
        crashes.arm(order["point"], order["hits"], signal.Signals[order["signal"]])
    args = order["args"]
    if order["do"] == "drain":
        _set_clock(args.get("clock", 0))
        drain(args.get("seconds", 20))
        return
    with tenant_context("t_acme"):
        if order["do"] == "start":
            _start_with_a_record(start, args)
        elif order["do"] == "begin":
            for name in args["names"]:
                start(args["workflow"], {"owner_id": args["owner_id"], "name": name})
        elif order["do"] == "send":
            for run_id in args["runs"]:
                with suppress(NotFound):  # the other sender was first, and the run is over
                    send_event(run_id, "go", {"n": 1}, dedupe="once")


def _set_clock(seconds: float) -> None:
    """Let this host's wall clock be wrong."""
    from django.utils import timezone

    real, now = time.time, timezone.now
    time.time = lambda: real() + seconds
    timezone.now = lambda: now() + timedelta(seconds=seconds)


def _start_with_a_record(start: Any, args: dict[str, Any]) -> None:
    from django.db import transaction

    from crm.tasks.models import Task

    with transaction.atomic():
        Task.objects.create(title="business", owner_id=args["owner_id"])
        start("test.everything", args)


if __name__ == "__main__":
    main()
