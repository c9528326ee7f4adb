"""Programs that start quickly: forked from a process that has imported the libraries, not started from nothing.

Two thirds of a start are imports of other people's code, and the tests start a hundred processes. Whatever is ours,
settings included, a forked process imports by itself, in its own environment: nothing of Django is set up before.
"""

import atexit
import gc
import importlib
import json
import os
import runpy
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
#: What most programs import; nothing that reads Django's settings.
LIBRARIES = """\
    celery.app celery.apps.worker celery.bin.celery celery.concurrency.prefork channels.routing channels_redis.core
    dateutil.rrule django.contrib.auth.hashers django.contrib.postgres.fields django.contrib.postgres.indexes
    django.contrib.staticfiles.finders django.core.handlers.asgi django.core.handlers.wsgi django.core.management
    django.core.serializers.json django.db.backends.postgresql.base django.db.models.functions django.forms.models
    django.template.defaulttags django.template.loader_tags django.test django.urls django.views.generic
    httpx kombu.transport.redis orjson phonenumbers psycopg.types.json psycopg_pool pydantic.json_schema pydantic.types
    redis.asyncio.cluster structlog uvicorn uvicorn.protocols.http.auto
    uvicorn.protocols.websockets.websockets_sansio_impl whitenoise.base yaml
"""


class Forked:
    """What subprocess.Popen is for a process that the nursery has forked."""

    def __init__(self, nursery: "Nursery", pid: int) -> None:
        self._nursery, self.pid = nursery, pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """How it ended, if it has."""
        if self.returncode is None:
            self.returncode = self._nursery.order(poll=self.pid)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """How it ended; subprocess.TimeoutExpired if it does not within so many seconds."""
        end = time.monotonic() + timeout if timeout is not None else None
        while (found := self.poll()) is None:
            if end is not None and time.monotonic() > end:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            time.sleep(0.01)
        return found

    def send_signal(self, number: int) -> None:
        """Send it a signal if it lives."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)


class Nursery:
    """The side of the tests; its process ends with them, as its input does."""

    def __init__(self) -> None:
        environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        self._popen = subprocess.Popen(
            [sys.executable, "-m", "tests.nursery"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )

        atexit.register(self.close)

    def close(self) -> None:
        """Let it end, as it does without orders."""
        self._popen.communicate()

    def order(self, **order: Any) -> Any:
        """Send an order and read the answer."""
        assert self._popen.stdin
        assert self._popen.stdout
        self._popen.stdin.write(json.dumps(order).encode() + b"\n")
        self._popen.stdin.flush()
        return json.loads(self._popen.stdout.readline())

    def start(self, arguments: list[str], environment: dict[str, str]) -> Forked:
        """Run Python with the arguments, as the leader of a process group."""
        return Forked(self, self.order(run=arguments, environment=environment))


_nurseries: list[Nursery] = []


def nursery() -> Nursery:
    """This test process's own."""
    if not _nurseries:
        _nurseries.append(Nursery())
    return _nurseries[0]


def main() -> None:
    """Import, then fork for each order; goes on in the forked process only."""
    for name in LIBRARIES.split():
        importlib.import_module(name)
    gc.freeze()
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what programs print is no answer
    order = serve(answers)
    if order is not None:
        answers.close()
        become(order["run"], order["environment"])


def serve(answers: Any) -> Any:
    """Answer orders until there are no more; in a forked process the order that made it."""
    for line in sys.stdin:
        order = json.loads(line)
        if "run" in order:
            found: int | None = os.fork()
            if found == 0:
                return order
        else:
            pid, status = os.waitpid(order["poll"], os.WNOHANG)
            found = os.waitstatus_to_exitcode(status) if pid else None
        answers.write(f"{json.dumps(found)}\n")
        answers.flush()
    return None


def become(arguments: list[str], environment: dict[str, str]) -> None:
    """Do what Python does with such arguments: ``-m module ...`` or ``file ...``."""
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.clear()
    os.environ.update(environment)
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        runpy.run_path(arguments[0], run_name="__main__")


if __name__ == "__main__":
    main()
