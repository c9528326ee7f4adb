"""What workflow code may not do, found in its text before a deploy.

A replay has to come to the same steps, so code between steps may not ask the clock or chance, nor reach outside. Calls
are followed from the workflow through the product's own functions. It is a system check, so ``manage.py`` starts
nothing with such a workflow. What has no name before the code runs is found by nobody here: ``guards`` refuses the
outside world at work, and a journal that differs blocks its run.
"""

import ast
import builtins
import datetime
import functools
import inspect
import os
import random
import secrets
import site
import sys
import sysconfig
import textwrap
import time
import types
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from django.core.checks import CheckMessage, Error
from django.utils import timezone

from workflows.guards import OUTSIDE

CLOCK = "ask step.now()"
CHANCE = "ask step.random() or step.uuid()"
PAUSE = "use step.sleep()"

#: What is called, by the object it is, or by the object and the name that it is reached through.
BY_OBJECT: list[tuple[Any, str]] = [
    (time.time, CLOCK), (time.time_ns, CLOCK), (time.monotonic, CLOCK), (time.perf_counter, CLOCK),
    (timezone.now, CLOCK), (timezone.localtime, CLOCK), (timezone.localdate, CLOCK),
    (time.sleep, PAUSE),
    (uuid.uuid1, CHANCE), (uuid.uuid4, CHANCE), (os.urandom, CHANCE),
    (open, OUTSIDE), (os.getenv, OUTSIDE), (os.system, OUTSIDE),
]  # fmt: skip
BY_OWNER: list[tuple[Any, tuple[str, ...], str]] = [
    (datetime.datetime, ("now", "utcnow", "today"), CLOCK),
    (datetime.date, ("today",), CLOCK),
]
#: The engine itself, which is allowed what it does.
ENGINE = ("workflows.", "realtime.")


def check_workflows_are_pure(**_options: Any) -> list[CheckMessage]:
    """The system check ``workflows.E001``: an error for each call that a replay would see another answer of."""
    from workflows.registry import all_workflows

    return [
        Error(
            f"{workflow.name}: {found}",
            hint="docs/workflows.md: What workflow code may not do",
            id="workflows.E001",
        )
        for workflow in all_workflows()
        for found in impurities(workflow.body)
    ]


def impurities(body: Callable[..., Any]) -> list[str]:
    """A sentence for each call of clock, chance or the world in a workflow's code and in what it calls."""
    found: list[str] = []
    todo, seen = [body], set()
    while todo:
        function = todo.pop()
        if function.__code__ in seen:
            continue
        seen.add(function.__code__)
        for line, name, called in _calls(function):
            if advice := _advice(called):
                found.append(f"{function.__module__} line {line} calls {name}(): {advice}.")
            else:
                todo += _functions_of(called)
    return found


def _calls(function: types.FunctionType | Callable[..., Any]) -> Iterator[tuple[int, str, Any]]:
    """Line, text and object of each call whose object is known by name before anything runs."""
    try:
        lines, first = inspect.getsourcelines(function)
        tree = ast.parse(textwrap.dedent("".join(lines)))
    except (OSError, SyntaxError):  # written in an interpreter, or a lambda amid an expression
        return
    local = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    local |= {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    known = {**vars(builtins), **function.__globals__, **_enclosed(function)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            found = _resolved(node.func, {name: value for name, value in known.items() if name not in local})
            if found is not None:
                yield first + node.lineno - 1, ast.unparse(node.func), found


def _enclosed(function: Callable[..., Any]) -> dict[str, Any]:
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=False)
    return {name: cell.cell_contents for name, cell in cells if cell != types.CellType()}


def _resolved(node: ast.expr, known: dict[str, Any]) -> Any:
    """The object that ``name`` or ``module.name`` or ``module.Class.name`` is; None for anything else."""
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.Attribute):
        owner = _resolved(node.value, known)
        if isinstance(owner, types.ModuleType | type):
            return getattr(owner, node.attr, None)
    return None


def _advice(called: Any) -> str:
    """What to do in place of this call; empty if nothing is wrong with it."""
    owner, name = getattr(called, "__self__", None), getattr(called, "__name__", "")
    for known, advice in BY_OBJECT:
        if called is known:
            return advice
    for known, names, advice in BY_OWNER:
        if owner is known and name in names:
            return advice
    is_chance = isinstance(owner, random.Random) or getattr(called, "__module__", "") == secrets.__name__
    return CHANCE if is_chance else ""


def _functions_of(called: Any) -> list[Any]:
    """The product's own functions behind something that is called: itself, a class's methods, all of a dispatcher."""
    if isinstance(called, type) and _is_ours(called):
        return [each for each in vars(called).values() if isinstance(each, types.FunctionType)]
    if hasattr(called, "registry") and hasattr(called, "dispatch"):
        return [each for each in called.registry.values() if isinstance(each, types.FunctionType)]
    return [called] if isinstance(called, types.FunctionType) and _is_ours(called) else []


def _is_ours(thing: Any) -> bool:
    """Neither the engine's, nor a library's."""
    module = sys.modules.get(thing.__module__)
    file = getattr(module, "__file__", None) or ""
    return bool(file) and not thing.__module__.startswith(ENGINE) and not file.startswith(_libraries())


@functools.cache
def _libraries() -> tuple[str, ...]:
    return (
        *site.getsitepackages(),
        *(sysconfig.get_paths()[name] for name in ("stdlib", "purelib", "platlib")),
    )
