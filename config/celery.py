"""The Celery application: jobs run in the tenant that sent them, and every message may be lost or doubled."""

import os
import warnings
from typing import Any

from celery import Celery, bootsteps
from celery.signals import (
    before_task_publish,
    setup_logging,
    task_postrun,
    task_prerun,
    worker_init,
    worker_ready,
)
from celery.worker import state

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# `manage.py prepare` has made Django's checks, before any process starts. Here they would load every page and route,
# which no job needs: 10 MB and a third of a second for each worker and beat.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

app = Celery("crm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.set_default()  # else threads other than the one that imports this know a Celery of their own
app.autodiscover_tasks(related_name="jobs")

HEADER = "tenant"
# Celery warns root because of pickled messages; ours are JSON, and hold nothing.
warnings.filterwarnings("ignore", message="You're running the worker with superuser")


@before_task_publish.connect
def note_tenant(headers: dict[str, Any], **_kwargs: Any) -> None:
    """Let the message carry the sender's schema."""
    from accounts.tenancy import current_schema

    headers.setdefault(HEADER, current_schema())


@task_prerun.connect
def enter_tenant(task: Any, **_kwargs: Any) -> None:
    """Run the job in the schema that its message names."""
    from accounts.tenancy import PUBLIC, Current, set_current

    set_current(Current(getattr(task.request, HEADER, None) or PUBLIC))


@task_postrun.connect
def leave_tenant(**_kwargs: Any) -> None:
    """Nothing of one job is left for the next one of this process."""
    from accounts.tenancy import Current, set_current

    set_current(Current())


@worker_init.connect
def give_memory_back(**_kwargs: Any) -> None:
    """Before the processes are forked that share what is loaded."""
    from workflows.memory import give_back

    give_back()


@worker_ready.connect
def start_recurring(**_kwargs: Any) -> None:
    """The recurring kinds have their rows as soon as somebody can work on them."""
    from workflows.schedule import ensure_recurring

    ensure_recurring()


class Listening(bootsteps.StartStopStep):
    """Connects a worker anew for which the broker holds messages that it is not working on.

    Celery only logs an acknowledgement that the broker did not take (it stood still), and the message counts as
    being worked on for ever: a worker that has as many of those as processes lives and takes nothing more.
    """

    requires = ("celery.worker.consumer.tasks:Tasks",)
    seconds = 5.0

    def start(self, parent: Any) -> None:
        """Called with each new connection."""
        self.parent, self.strikes = parent, 0
        self.timer = parent.timer.call_repeatedly(self.seconds, self.look)

    def stop(self, parent: Any) -> None:
        """Called when the connection ends."""
        self.timer.cancel()

    def look(self) -> None:
        """Raise what makes Celery connect again, if it is so at two looks in a row."""
        qos = self.parent.task_consumer.channel.qos
        is_stuck = not state.reserved_requests and len(qos._delivered) > len(qos._dirty)
        self.strikes = self.strikes + 1 if is_stuck else 0
        if self.strikes > 1:
            raise ConnectionError("The broker did not take an acknowledgement.")


app.steps["consumer"].add(Listening)


@setup_logging.connect
def keep_logging(**_kwargs: Any) -> None:
    """Celery would replace the logging of config.logging with its own."""
    from django.conf import settings

    from config.logging import configure

    configure(getattr(settings, "LOGGING", None))
