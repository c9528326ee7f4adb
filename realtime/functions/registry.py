"""The registry: every read and write of tenant data under one name, with its permission and its types."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property, update_wrapper
from typing import Any, Generic, Literal, ParamSpec, TypeVar, get_type_hints

from pydantic import TypeAdapter

from realtime.functions import arguments
from realtime.functions.arguments import Arguments
from realtime.functions.errors import NotFound

Kind = Literal["query", "mutation"]
P = ParamSpec("P")
R = TypeVar("R")

#: True while `call` runs a function; calling one past it would skip permission and transaction.
_in_call: ContextVar[bool] = ContextVar("in_call", default=False)


class Function(Generic[P, R]):
    """A registered query or mutation. Calling it directly is for other functions, inside their transaction."""

    def __init__(
        self,
        body: Callable[P, R],
        kind: Kind,
        permission: str,
        conflicts: Mapping[str, tuple[str, str]],
        keeps_result: bool = True,
    ) -> None:
        self.body = body
        self.kind: Kind = kind
        self.permission = str(permission)
        #: Constraint name -> (argument, sentence): what a violated constraint means to the caller.
        self.conflicts = conflicts
        #: Whether a repeated idempotency key may be answered with the stored result (not if it holds a secret).
        self.keeps_result = keeps_result
        self.area = area_of(body.__module__)
        self.name = f"{self.area}.{body.__name__}"
        self.doc = inspect.getdoc(body) or ""
        self._refuse_incomplete()
        self.args_model: type[Arguments] = arguments.arguments_model(body, self.name)
        update_wrapper(self, body)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        if not _in_call.get():
            raise RuntimeError(f"{self.name} was called past the call path: use call().")
        return self.body(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name}>"

    def _refuse_incomplete(self) -> None:
        if not self.permission or not self.doc:
            raise TypeError(f"{self.name}: a function needs a permission and a docstring.")
        if "return" not in get_type_hints(self.body):
            raise TypeError(f"{self.name}: a function needs a declared result.")

    @cached_property
    def result_type(self) -> Any:
        """The declared type of the result."""
        return get_type_hints(self.body, include_extras=True)["return"]

    @cached_property
    def result_adapter(self) -> TypeAdapter[Any]:
        """Validates and describes the result."""
        return TypeAdapter(self.result_type)

    @property
    def summary(self) -> str:
        """The docstring's first line."""
        return self.doc.split("\n", 1)[0]

    def args_from_json(self, raw: bytes) -> Arguments:
        """Arguments from a JSON object; see ``arguments.from_json``."""
        return arguments.from_json(self.args_model, raw)

    def args_from_values(self, values: Mapping[str, object]) -> Arguments:
        """Arguments from Python values; see ``arguments.from_values``."""
        return arguments.from_values(self.args_model, values)

    def args_from_text(self, values: Mapping[str, list[str]]) -> Arguments:
        """Arguments from a query string or a form; see ``arguments.from_text``."""
        return arguments.from_text(self.args_model, values)


AnyFunction = Function[Any, Any]


class Registry:
    """All functions by name."""

    def __init__(self) -> None:
        self._functions: dict[str, AnyFunction] = {}

    def add(self, function: AnyFunction) -> None:
        """Register; TypeError if the name is taken."""
        if function.name in self._functions:
            raise TypeError(f"{function.name} is registered twice.")
        self._functions[function.name] = function

    def get(self, name: str) -> AnyFunction:
        """The function of that name, or NotFound."""
        try:
            return self._functions[name]
        except KeyError:
            raise NotFound(f"There is no function named {name[:80]!r}.") from None

    def __iter__(self) -> Iterator[AnyFunction]:
        return iter(sorted(self._functions.values(), key=lambda function: function.name))


registry = Registry()


def area_of(module: str) -> str:
    """The area of a module: its app's last word (``crm.contacts.queries`` is contacts)."""
    return module.rsplit(".", 1)[0].rsplit(".", 1)[-1]


def query(*, permission: str) -> Callable[[Callable[P, R]], Function[P, R]]:
    """Register a read. It runs in a read-only transaction and may be subscribed to."""
    return _registering("query", permission, {})


def mutation(
    *,
    permission: str,
    conflicts: Mapping[str, tuple[str, str]] | None = None,
    keeps_result: bool = True,
) -> Callable[[Callable[P, R]], Function[P, R]]:
    """Register a write: one transaction, retried if it collides, audited."""
    return _registering("mutation", permission, conflicts or {}, keeps_result)


def _registering(
    kind: Kind, permission: str, conflicts: Mapping[str, tuple[str, str]], keeps_result: bool = True
) -> Callable[[Callable[P, R]], Function[P, R]]:
    def register(body: Callable[P, R]) -> Function[P, R]:
        function = Function(body, kind, permission, conflicts, keeps_result)
        registry.add(function)
        return function

    return register


@contextmanager
def inside_call() -> Iterator[None]:
    """Allow functions to be called directly: set by the call path alone."""
    token = _in_call.set(True)
    try:
        yield
    finally:
        _in_call.reset(token)
