"""Workflows for tests. Each step leaves a task behind, so that what was done twice is seen twice."""

import os
from datetime import timedelta
from typing import Any

from crm.tasks import mutations, queries
from crm.tasks.models import Task
from workflows import OutcomeUnknown, Outside, Step, action, workflow
from workflows.runs.models import Run

#: What actions were asked to do: (idempotency key, attempt).
CALLS: list[tuple[str, int]] = []
#: Errors that the next calls raise.
TROUBLE: list[Exception] = []


@action
def ring(outside: Outside, *, number: str) -> dict[str, Any]:
    """Note the call."""
    CALLS.append((outside.idempotency_key, outside.attempt))
    ledger = os.environ.get("LEDGER")
    if ledger:  # outside the database, as a service's own books are
        with open(ledger, "a") as file:
            file.write(f"{outside.idempotency_key} {outside.attempt}\n")
    if TROUBLE:
        raise TROUBLE.pop(0)
    if number == "busy" and outside.attempt == 1:
        raise ConnectionError("busy")
    return {"number": number}


@action
def big(outside: Outside) -> str:
    """Answer more than the journal takes."""
    return "x" * 300_000


def note(step: Step, owner_id: int, title: str, **options: Any) -> Any:
    """One task as a durable step."""
    return step.run_mutation(mutations.create_task, {"title": title, "owner_id": owner_id}, **options)


@workflow("test.onboarding")
def onboarding(step: Step, *, owner_id: int) -> str:
    """As short as it gets: do, wait three days and do, do."""
    note(step, owner_id, "Welcome")
    note(step, owner_id, "Ask", run_after=timedelta(days=3))
    task = note(step, owner_id, "Check")
    return step.run_query(queries.get_task, {"task_id": task["id"]})["title"]


def titles() -> list[str]:
    """The tasks that runs left, in order."""
    return list(Task.objects.order_by("id").values_list("title", flat=True))


def run_of(run_id: int) -> Run:
    """The run as it stands."""
    return Run.objects.get(pk=run_id)


@workflow("test.part")
def part(step: Step, *, owner_id: int, name: str) -> str:
    """A child with two steps."""
    note(step, owner_id, f"{name} part 1")
    note(step, owner_id, f"{name} part 2")
    return name


@workflow("test.everything")
def everything(step: Step, *, owner_id: int, name: str, once: bool = False) -> str:
    """Every kind of step, for workers that are killed in between."""
    note(step, owner_id, f"{name} 1")
    note(step, owner_id, f"{name} 2")
    try:
        step.run_action(ring, {"number": name}, at_most_once=once)
    except OutcomeUnknown:
        step.set_status("nobody knows whether it rang")
    step.gather(
        lambda step: note(step, owner_id, f"{name} 3"), lambda step: step.run_action(ring, {"number": "g"})
    )
    step.run_workflow(part, {"owner_id": owner_id, "name": name})
    step.race(lambda step: step.await_event("never"), lambda step: step.sleep(timedelta(milliseconds=1)))
    step.run_query(queries.list_tasks, {"limit": 1})
    note(step, owner_id, f"{name} 4")
    return name


def expected(name: str) -> list[str]:
    """The tasks that one run of ``everything`` leaves."""
    return [f"{name} {rest}" for rest in ("1", "2", "3", "part 1", "part 2", "4")]


@workflow("test.limited", limit=2)
def limited(step: Step, *, owner_id: int, name: str) -> None:
    """Begin and end, with a moment in between."""
    note(step, owner_id, f"{name} begins")
    step.sleep(timedelta(milliseconds=20))
    note(step, owner_id, f"{name} ends")


#: What a deploy changed: a version beside the first, and code that was written anew in place.
NEW = os.environ.get("DEPLOY") == "new"
DAY = timedelta(days=1)


@workflow("test.flight")
def flight(step: Step, *, owner_id: int, name: str) -> None:
    """Begin, sleep, end."""
    note(step, owner_id, f"{name} a")
    step.sleep(DAY)
    note(step, owner_id, f"{name} b")


def flight_2(step: Step, *, owner_id: int, name: str) -> None:
    """The same with a step more."""
    note(step, owner_id, f"{name} a")
    note(step, owner_id, f"{name} new")
    step.sleep(DAY)
    note(step, owner_id, f"{name} b")


def as_it_was(step: Step, *, owner_id: int, name: str) -> None:
    """Begin, sleep, end."""
    note(step, owner_id, f"{name} a")
    step.sleep(DAY)
    note(step, owner_id, f"{name} b")


def written_anew(step: Step, *, owner_id: int, name: str) -> None:
    """In another order."""
    note(step, owner_id, f"{name} b")
    step.sleep(DAY)
    note(step, owner_id, f"{name} a")


rewritten = workflow("test.rewritten")(written_anew if NEW else as_it_was)
if NEW:
    workflow("test.flight", version=2)(flight_2)


@workflow("test.busy")
def busy(step: Step, *, owner_id: int) -> None:
    """Ring where nobody answers the first time."""
    step.run_action(ring, {"number": "busy"})
    note(step, owner_id, "rang")


@workflow("test.go")
def go(step: Step, *, owner_id: int) -> None:
    """Wait for a word."""
    step.await_event("go")
    note(step, owner_id, "went")


@workflow("test.poison")
def poison(step: Step, *, owner_id: int) -> None:
    """End whoever works on it, as a leak does that ends in an out-of-memory kill."""
    note(step, owner_id, "poison")
    os._exit(9)
