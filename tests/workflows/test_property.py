"""Random workflows under random crashes, against a model that says what they leave behind.

A program is a tree of steps; the workflow interprets it, the model walks it. The process "dies" at a random
point of the engine by an exception that nothing catches, which rolls back what is not committed, as a kill
does; then the lease runs out and time goes on. Real kills are in tests/faults. ``EXAMPLES`` sets how many;
``python -m tests.soak`` does thousands, in rounds.
"""

import os
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.tenancy import tenant_context
from tests.cast import ACME, Cast
from tests.workflows.example import CALLS, note, ring, titles
from workflows import Step, registry, send_event, start, workflow
from workflows.checks import check_journals
from workflows.drain import drain
from workflows.models import Due
from workflows.runs.models import Run, RunEvent, StepRun
from workflows.runs.upkeep import repair_stranded
from workflows.testing import advance, expire_leases

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("EXAMPLES", "25"))
Program = list[Any]

LEAVES = st.one_of(
    st.just(["note"]),
    st.just(["note later"]),
    st.just(["sleep"]),
    st.just(["act"]),
    st.just(["timeout"]),
    st.just(["event"]),
)


def blocks(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Steps that hold programs."""
    program = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        st.tuples(st.just("gather"), st.lists(program, min_size=1, max_size=3)).map(list),
        st.tuples(st.just("race"), program).map(list),
        st.tuples(st.just("child"), program).map(list),
    )


PROGRAMS = st.lists(st.recursive(LEAVES, blocks, max_leaves=6), min_size=1, max_size=5)
CRASHES = st.lists(st.integers(min_value=1, max_value=40), max_size=4)


class Crash(BaseException):
    """The process dies here."""


def interpreter(step: Step, *, owner_id: int, program: list[Any], path: str) -> str:
    """Do what the program says; every note carries its place in it."""
    for number, part in enumerate(program):
        do(step, owner_id, part, f"{path}.{number}")
    return path


INTERPRETER = workflow("test.program")(interpreter)


def do(step: Step, owner_id: int, part: Program, path: str) -> None:
    """One part of a program."""
    kind = part[0]
    if kind == "note":
        note(step, owner_id, path)
    elif kind == "note later":
        note(step, owner_id, path, run_after=timedelta(hours=1))
    elif kind == "sleep":
        step.sleep(timedelta(hours=1))
    elif kind == "act":
        step.run_action(ring, {"number": path})
    elif kind == "timeout":
        assert step.await_event("never", timeout=timedelta(hours=2)) is None
    elif kind == "event":
        assert step.await_event("go", timeout=timedelta(days=900)) is not None
    elif kind == "child":
        step.run_workflow(INTERPRETER, {"owner_id": owner_id, "program": part[1], "path": path})
    else:
        branch_out(step, owner_id, part, path)


def branch_out(step: Step, owner_id: int, part: Program, path: str) -> None:
    """Gather programs, or let one win against a wait that never ends."""

    def branch(number: int, program: Program) -> Any:
        return lambda step: interpreter(step, owner_id=owner_id, program=program, path=f"{path}.{number}")

    if part[0] == "gather":
        found = step.gather(*(branch(number, program) for number, program in enumerate(part[1])))
        assert found == [f"{path}.{number}" for number in range(len(part[1]))]
    else:
        assert step.race(lambda step: step.await_event("nobody"), branch(1, part[1])) == (1, f"{path}.1")


def model(program: Program, path: str, kind: str) -> Iterator[str]:
    """The places of the program's steps of a kind (``note`` or ``act``)."""
    for number, part in enumerate(program):
        place = f"{path}.{number}"
        if part[0].startswith(kind):
            yield place
        elif part[0] == "gather":
            for branch, inner in enumerate(part[1]):
                yield from model(inner, f"{place}.{branch}", kind)
        elif part[0] == "race":
            yield from model(part[1], f"{place}.1", kind)
        elif part[0] == "child":
            yield from model(part[1], place, kind)


def crashing(left: int) -> Any:
    """A ``reach`` that ends the process at the given count of points."""
    count = [left]

    def reach(_point: str) -> None:
        count[0] -= 1
        if count[0] == 0:
            raise Crash

    return reach


def drain_and_die(left: int) -> None:
    """Drain until the process dies, if it comes so far. What it had not committed is gone."""
    modules = ["unit", "writes", "driving", "activation", "outside", "children", "mailbox", "claims"]
    reach = crashing(left)
    patches = [patch(f"workflows.{name}.reach", reach) for name in modules]
    for each in patches:
        each.start()
    try:
        drain(10)
    except Crash:
        pass
    finally:
        for each in patches:
            each.stop()


def send_words(count: int) -> None:
    """Whoever waits for a word gets one, and at first everybody, whether it waits already or not; all doubled."""
    runs = Run.objects.filter(finished_at=None)
    if count:
        runs = runs.filter(steps__kind="event", steps__name="go", steps__status="waiting")
    for run_id in set(runs.values_list("id", flat=True)):
        for _ in range(2):
            send_event(run_id, "go", {"n": count}, dedupe=f"{count}")


# Shrinking goes through PostgreSQL a thousand times: the failing example as it is has to do.
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(programs=st.lists(PROGRAMS, min_size=1, max_size=5), crashes=CRASHES)
def test_whatever_dies_the_model_is_right(
    programs: list[Program], crashes: list[int], cast: Cast, db: None
) -> None:
    # Four deaths in a row at one place would make a dead letter, as they should (test_control).
    patient = patch("workflows.driving.MAX_STARTS", 100)
    with transaction.atomic(), tenant_context(ACME), patch.dict(registry._workflows), patient:
        registry._workflows["test.program"] = {1: INTERPRETER}
        CALLS.clear()
        owner = {"owner_id": cast.alice.member_id}
        for number, program in enumerate(programs):
            start(INTERPRETER, {**owner, "program": program, "path": f"r{number}"})
        for left in crashes:
            drain_and_die(left)
            expire_leases()
            advance(timedelta(minutes=7), schemas=[ACME])
        settle_all()
        check(programs)
        transaction.set_rollback(True)


def settle_all() -> None:
    """Let time and words go on until every run is over."""
    for turn in range(60):
        expire_leases()
        drain(10)
        if not Run.objects.filter(finished_at=None).exists():
            return
        send_words(turn)
        advance(timedelta(hours=1), schemas=[ACME])
    raise AssertionError(list(Run.objects.values("id", "status", "error")))


def check(programs: list[Program]) -> None:
    """Effects once, calls under one key each, nothing left, journals that replay, in the order of the effects."""
    assert list(Run.objects.exclude(status="completed").values_list("error", flat=True)) == []
    wanted = Counter(place for n, program in enumerate(programs) for place in model(program, f"r{n}", "note"))
    assert Counter(titles()) == wanted
    acts = [place for n, program in enumerate(programs) for place in model(program, f"r{n}", "act")]
    assert len({key for key, _ in CALLS}) == len(acts)
    assert not Due.objects.filter(kind="run").exists()
    assert repair_stranded() == []
    assert check_journals() == []
    assert RunEvent.objects.filter(taken_at__isnull=True).count() >= 0
    for run_id in Run.objects.values_list("id", flat=True):
        steps = StepRun.objects.filter(run=run_id, kind="mutation").order_by("finished_at", "seq")
        ids = [result["id"] for result in steps.values_list("result", flat=True)]
        assert ids == sorted(ids)
