"""Workflow code that asks clock or chance is found before a deploy; what reaches outside is refused at work."""

import datetime
import functools
import random
import secrets
import socket
import subprocess
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.utils import timezone

from tests.cast import Cast
from tests.workflows.example import run_of
from workflows import Step, start, workflow
from workflows.drain import drain
from workflows.guards import DirectAccess, watched
from workflows.purity import impurities


def tomorrow() -> datetime.datetime:
    """What a workflow may call without noticing."""
    return timezone.now() + datetime.timedelta(days=1)


class Plan:
    """Of which a workflow makes one."""

    def __init__(self) -> None:
        self.key = uuid.uuid4()


@functools.singledispatch
def act(what: object) -> None:
    """Nothing."""


@act.register
def _act_on_text(what: str) -> None:
    random.shuffle(list(what))


def now_of_class(step: Step) -> None:
    """The clock."""
    datetime.datetime.now()  # noqa: DTZ005  (what is to be found)


def today(step: Step) -> None:
    """The clock."""
    datetime.date.today()  # noqa: DTZ011  (what is to be found)


def moment(step: Step) -> None:
    """The clock."""
    time.time()


def chance(step: Step) -> None:
    """Chance."""
    random.randint(1, 6)


def secret(step: Step) -> None:
    """Chance."""
    secrets.token_hex()


def pause(step: Step) -> None:
    """Sleeps."""
    time.sleep(1)


def file(step: Step) -> None:
    """The outside."""
    open("/etc/hostname")  # noqa: SIM115  (what is to be found)


def behind_a_function(step: Step) -> None:
    """The clock, one call away."""
    tomorrow()


def behind_a_class(step: Step) -> None:
    """Chance, in a constructor."""
    Plan()


def behind_a_dispatcher(step: Step) -> None:
    """Chance, for some kinds only."""
    act("text")


def in_a_branch(step: Step) -> None:
    """The clock, in a function for gather."""

    def branch(inner: Step) -> float:
        return time.monotonic()

    step.gather(branch)


def with_a_name_of_its_own(step: Step) -> None:
    """Nothing: ``time`` is the step's."""
    time = step.now
    time()


def as_it_should_be(step: Step) -> None:
    """Nothing: chance and clock of the run."""
    step.now()
    step.random().randint(1, 6)
    datetime.datetime.fromisoformat("2026-01-01")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (now_of_class, "calls datetime.datetime.now(): ask step.now()"),
        (today, "calls datetime.date.today(): ask step.now()"),
        (moment, "calls time.time(): ask step.now()"),
        (chance, "calls random.randint(): ask step.random() or step.uuid()"),
        (secret, "calls secrets.token_hex(): ask step.random() or step.uuid()"),
        (pause, "calls time.sleep(): use step.sleep()"),
        (file, "calls open(): make it a step"),
        (behind_a_function, "calls timezone.now(): ask step.now()"),
        (behind_a_class, "calls uuid.uuid4(): ask step.random() or step.uuid()"),
        (behind_a_dispatcher, "calls random.shuffle(): ask step.random() or step.uuid()"),
        (in_a_branch, "calls time.monotonic(): ask step.now()"),
    ],
)
def test_found_in_the_text(body: Callable[..., Any], said: str) -> None:
    (found,) = impurities(body)
    assert said in found
    assert found.startswith(f"{__name__} line ")


@pytest.mark.parametrize("body", [with_a_name_of_its_own, as_it_should_be])
def test_nothing_is_found_where_nothing_is(body: Callable[..., Any]) -> None:
    assert impurities(body) == []


def test_manage_py_starts_nothing_with_such_a_workflow() -> None:
    """None of the product's is one; those of tests are not looked at."""
    assert [each for each in run_checks(tags=["workflows"]) if not each.msg.startswith("test.")] == []
    workflow("test.impure")(moment)
    (error,) = (each for each in run_checks(tags=["workflows"]) if each.msg.startswith("test.impure: "))
    assert error.id == "workflows.E001"
    assert error.is_serious()


class Turn:
    """A turn, in its code or in a step."""

    is_in_step = False


def connect() -> None:
    with socket.socket() as made:
        made.connect(("127.0.0.1", 9))


@pytest.mark.parametrize(
    "reach_out",
    [
        lambda: Path("/etc/hostname").read_text(),
        lambda: subprocess.run(["true"], check=True),
        lambda: socket.getaddrinfo("localhost", 80),
        connect,
    ],
)
def test_the_outside_is_refused_between_steps_and_nowhere_else(reach_out: Callable[[], object]) -> None:
    turn = Turn()
    with watched(turn), pytest.raises(DirectAccess, match="outside a step"):
        reach_out()
    turn.is_in_step = True
    with watched(turn):
        _unless_refused(reach_out)
    _unless_refused(reach_out)


def _unless_refused(reach_out: Callable[[], object]) -> None:
    try:
        reach_out()
    except OSError:  # nobody listens there
        return


def test_what_belongs_to_the_program_is_read_whenever_it_is_needed(tmp_path: Path) -> None:
    module, zone = tmp_path / "late.py", tmp_path / "zoneinfo" / "Europe"
    zone.parent.mkdir()
    for each in (module, zone):
        each.write_text("")
    with watched(Turn()):
        assert module.read_text() + zone.read_text() == ""
        with pytest.raises(DirectAccess):
            module.write_text("changed")


@pytest.mark.django_db
def test_a_run_whose_code_reaches_out_fails_at_that_line(cast: Cast, acme: str) -> None:
    @workflow("test.reads_a_file")
    def reads_a_file(step: Step) -> str:
        """Look past the steps."""
        return Path("/etc/hostname").read_text()

    run_id = start(reads_a_file)
    drain()
    error = run_of(run_id).error
    assert error is not None
    assert error["code"] == "DirectAccess"
    assert "Workflow code did open outside a step" in error["detail"]
