"""The kinds of due work: each is a function, registered under a name that rows may carry for months."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

#: When to come again; None means that it is done.
Again = timedelta | None
#: What is left to write once the outside world has answered; runs in the transaction that ends the item.
Settle = Callable[[], Again]
Body = TypeVar("Body", bound=Callable[[int], object])


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of work is done."""

    name: str
    inside: Callable[[int], Again] | None
    outside: Callable[[int], Settle] | None
    lease: timedelta
    every: timedelta | None
    #: Does claimed rows of one tenant by itself, their leases and ends included.
    drive: Callable[[Sequence[Any]], None] | None = None


class UnknownKind(Exception):
    """A row names a kind that this build does not have: it waits for a worker that does."""


_kinds: dict[str, Kind] = {}


def due(
    name: str, *, every: timedelta | None = None, lease: timedelta = timedelta(seconds=30)
) -> Callable[[Callable[[int], Again]], Callable[[int], Again]]:
    """Register work on the database: ``(ref) -> when again``, in one transaction with its due row, exactly once.

    With ``every`` it is started by itself (ref 0, public schema) and comes back at that distance.
    """

    def register(body: Callable[[int], Again]) -> Callable[[int], Again]:
        _add(Kind(name, body, None, lease, every))
        return body

    return register


def due_outside(
    name: str, *, lease: timedelta
) -> Callable[[Callable[[int], Settle]], Callable[[int], Settle]]:
    """Register work on the outside world: ``(ref) -> settle``, outside any transaction, at least once.

    It must end well within the lease, and what it calls must stand being called again: a worker can die
    between the call and the note that it was made. ``settle`` writes the outcome, with the end of the due row.
    """

    def register(body: Callable[[int], Settle]) -> Callable[[int], Settle]:
        _add(Kind(name, None, body, lease, None))
        return body

    return register


def drives(name: str) -> Callable[[Callable[[Sequence[Any]], None]], Callable[[Sequence[Any]], None]]:
    """Register work that keeps its own books: ``(claimed rows of one tenant)``."""

    def register(body: Callable[[Sequence[Any]], None]) -> Callable[[Sequence[Any]], None]:
        _add(Kind(name, None, None, timedelta(seconds=30), None, body))
        return body

    return register


def _add(kind: Kind) -> None:
    if kind.name in _kinds:
        raise ValueError(f"Two kinds of due work are named {kind.name}.")
    _kinds[kind.name] = kind


def get_kind(name: str) -> Kind:
    """The kind of that name; UnknownKind if this build has none."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(name) from None


def recurring_kinds() -> list[Kind]:
    """The kinds that start by themselves."""
    return [kind for kind in _kinds.values() if kind.every]
