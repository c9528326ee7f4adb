"""Workflows and actions by name: what a run's row, which may be months old, is matched with."""

import hashlib
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Concatenate, Generic, Literal, ParamSpec, TypeVar

from realtime.functions.arguments import Arguments, arguments_model, from_json, from_values
from realtime.functions.errors import NotFound
from realtime.functions.registry import area_of

if TYPE_CHECKING:
    from workflows.step import Step

WhenStale = Literal["pause", "cancel"]
Replay = Literal["strict", "by_name"]
P = ParamSpec("P")
R = TypeVar("R")
URGENT, NORMAL, BULK = 0, 1, 2
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def duration(text: str | timedelta) -> timedelta:
    """``"15m"``, ``"30d"`` and the like, or a timedelta as it is."""
    if isinstance(text, timedelta):
        return text
    found = re.fullmatch(r"(\d+)([smhd])", text)
    if found is None:
        raise ValueError(f"{text!r} is no duration: write a number and one of s, m, h, d.")
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]])


class Workflow(Generic[P, R]):
    """One version of a workflow's code."""

    def __init__(
        self,
        body: Callable[Concatenate["Step", P], R],
        name: str,
        version: int,
        retention: timedelta,
        spread: timedelta,
        subject: str,
        lane: int,
        stale_after: timedelta | None,
        when_stale: WhenStale,
        limit: int | None = None,
        limit_key: str = "",
        rests_when_held: bool = False,
        replay: Replay = "strict",
    ) -> None:
        self.body = body
        self.name = name
        self.version = version
        #: How long a run that is over is kept.
        self.retention = retention
        #: Timers fire up to so much later, each run at a distance of its own.
        self.spread = spread
        #: The kind of record that a run is about; its argument ``<subject>_id`` says which one.
        self.subject = subject
        self.lane = lane
        #: A turn that comes later than this after its time is not just made up for.
        self.stale_after = stale_after
        self.when_stale = when_stale
        #: So many runs at once in a tenant, or for each value of the argument ``limit_key``.
        self.limit = limit
        self.limit_key = limit_key
        #: Whether its runs rest while their tenant is held (WORKFLOWS_HELD).
        self.rests_when_held = rests_when_held
        #: Whether its steps are found in the journal by their names, wherever they stand in the code.
        self.by_name = replay == "by_name"
        self.doc = inspect.getdoc(body) or ""
        if not self.doc:
            raise TypeError(f"{name}: a workflow needs a docstring.")
        self.args_model: type[Arguments] = arguments_model(body, f"{name}_{version}")
        if limit_key and (limit is None or limit_key not in self.args_model.model_fields):
            raise TypeError(f"{name}: limit_key names an argument of the workflow, beside a limit.")
        if limit is not None and limit < 1:
            raise ValueError(f"{name}: a limit is 1 or more.")
        self.code_hash = hashlib.blake2b(_source(body).encode(), digest_size=16).hexdigest()

    def __repr__(self) -> str:
        return f"<workflow {self.name} {self.version}>"

    def args_from_values(self, values: Any) -> Arguments:
        """Checked arguments; InvalidInput if they do not fit."""
        return from_values(self.args_model, values or {})

    def gate(self, args: Arguments) -> str:
        """What its limit is counted for, as its runs name it; empty without a limit."""
        if self.limit is None:
            return ""
        return f"{self.name}/{getattr(args, self.limit_key)}"[:200] if self.limit_key else self.name

    def args_from_json(self, raw: bytes) -> dict[str, Any]:
        """The arguments of a stored run, for its body."""
        found = from_json(self.args_model, raw)
        return {name: getattr(found, name) for name in type(found).model_fields}


AnyWorkflow = Workflow[Any, Any]
_workflows: dict[str, dict[int, AnyWorkflow]] = {}


def workflow(
    name: str,
    *,
    version: int = 1,
    retention: str | timedelta = "30d",
    spread: str | timedelta = timedelta(0),
    subject: str = "",
    lane: int = NORMAL,
    stale_after: str | timedelta | None = None,
    when_stale: WhenStale = "pause",
    limit: int | None = None,
    limit_key: str = "",
    rests_when_held: bool = False,
    replay: Replay = "strict",
) -> Callable[[Callable[Concatenate["Step", P], R]], Workflow[P, R]]:
    """Register ``(step, *, typed arguments)`` as a workflow. Versions with live runs stay registered beside it.

    A run that nobody could work on in time, by more than ``stale_after`` (an outage of days), is paused until
    somebody decides, or cancelled, as ``when_stale`` says; without it everything is made up for.

    At most ``limit`` runs are under way at once in a tenant, or with ``limit_key`` for each value of that argument;
    the others wait for their turn in the order in which they were started.

    With ``rests_when_held`` its runs rest while their tenant is held, and go on when ``holding.release`` is called.

    ``replay="by_name"`` lets a deploy insert, remove and move steps in runs that are under way: a step is found by its
    name and how often the name came before, not by its place. One version is either strict or goes by name.
    """
    stale = None if stale_after is None else duration(stale_after)

    def register(body: Callable[Concatenate["Step", P], R]) -> Workflow[P, R]:
        found = Workflow(
            body, name, version, duration(retention), duration(spread), subject, lane, stale, when_stale,
            limit, limit_key, rests_when_held, replay,
        )  # fmt: skip
        versions = _workflows.setdefault(name, {})
        if version in versions:
            raise TypeError(f"Workflow {name} has two functions of version {version}.")
        versions[version] = found
        return found

    return register


def get_workflow(name: str, version: int | None = None) -> AnyWorkflow:
    """The workflow of that name and version, the latest without one; NotFound if this build lacks it."""
    versions = _workflows.get(name, {})
    wanted = max(versions, default=0) if version is None else version
    if wanted not in versions:
        raise NotFound(f"There is no workflow {name!r}" + (f" of version {version}." if version else "."))
    return versions[wanted]


def all_workflows() -> Iterator[AnyWorkflow]:
    """Every version of every workflow."""
    for versions in _workflows.values():
        yield from versions.values()


@dataclass(frozen=True, slots=True)
class Outside:
    """What an action is told besides its arguments; the first argument of every action."""

    schema: str
    run_id: int
    #: The same at every attempt of this step: hand it to the service, so that it acts once.
    idempotency_key: str
    attempt: int


class Action(Generic[P, R]):
    """A step with an effect outside the database."""

    def __init__(self, body: Callable[Concatenate[Outside, P], R]) -> None:
        self.body = body
        self.name = f"{area_of(body.__module__)}.{body.__name__}"
        self.args_model: type[Arguments] = arguments_model(body, self.name)

    def run(self, outside: Outside, raw: bytes) -> R:
        """Check the arguments and act."""
        found = from_json(self.args_model, raw)
        return self.body(outside, **{name: getattr(found, name) for name in type(found).model_fields})  # type: ignore[call-arg]  # the model was made from P


AnyAction = Action[Any, Any]


def action(body: Callable[Concatenate[Outside, P], R]) -> Action[P, R]:
    """Make ``(outside, *, typed arguments)`` usable with ``step.run_action``; its result must be JSON-able."""
    return Action(body)


def _source(body: Callable[..., Any]) -> str:
    try:
        return inspect.getsource(body)
    except OSError:  # defined in an interpreter's own input
        return body.__code__.co_code.hex()
