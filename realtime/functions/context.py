"""Who calls, in which tenant, when: the first argument of every function.

A live query is shared by everybody for whom it gives the same answer. So the context notes what a run
looked at besides rows: facets of the actor (``observe``) and the clock (``now``, ``valid_until``).
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any, Protocol

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from realtime.functions.errors import FunctionError
from realtime.reads.tracker import active_tracker


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a kind ("member", "system"), the id within the tenant, and the credential that proved it."""

    kind: str
    id: int | None = None
    credential: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id is not None else self.kind


class Scope(Protocol):
    """What an actor may do, as a value: equal scopes get equal answers."""

    def allows(self, permission: str) -> bool:
        """Whether functions that demand the permission may run at all."""

    def refusal(self, permission: str) -> FunctionError:
        """Why they may not, for a permission that is not allowed."""

    def shared_key(self) -> Hashable:
        """The part of the scope that every function depends on."""

    def facet(self, name: str) -> Hashable:
        """A part of the scope that only functions which observe it depend on."""


class Policy(Protocol):
    """How the product finds an actor's scope; named by ``settings.FUNCTIONS_POLICY``."""

    def resolve_scope(self, ctx: "Context") -> Scope:
        """The scope, by ordinary tracked reads; Unauthenticated if the credential no longer works."""


@dataclass(frozen=True, slots=True)
class AuditNote:
    """What a mutation changed: the object's word and id, and ``{field: [before, after]}``."""

    object: str
    object_id: int | None
    changes: dict[str, Any]


@dataclass
class Context:
    """One call's surroundings. ``schema`` is the tenant's; ``clock`` fixes the time (tests pass it in)."""

    schema: str
    actor: Actor
    request_id: str = ""
    clock: datetime | None = None
    #: What the transport found when it checked the credential just now; policies may trust it in single calls.
    checked: Any = None
    observed: set[str] = field(default_factory=set)
    reads_clock: bool = False
    expires_at: datetime | None = None
    notes: list[AuditNote] = field(default_factory=list)
    xid: int | None = None
    #: Results that several parts of one answer share, see ``sharing``; None where every call asks the database.
    shared: dict[Hashable, Any] | None = None

    @cached_property
    def scope(self) -> Scope:
        """The actor's scope, resolved once a context."""
        return policy().resolve_scope(self)

    @cached_property
    def _now(self) -> datetime:
        return self.clock or timezone.now()

    @property
    def now(self) -> datetime:
        """The time of this call. A live query that reads it says with ``valid_until`` how long its answer holds."""
        self.reads_clock = True
        return self._now

    def valid_until(self, moment: datetime) -> None:
        """Note that the answer changes at the moment even if no row does; the earliest one counts."""
        if self.expires_at is None or moment < self.expires_at:
            self.expires_at = moment

    def observe(self, facet: str) -> Hashable:
        """The named facet of the scope; from here on the answer is this facet's alone."""
        self.observed.add(facet)
        return self.scope.facet(facet)

    def audit(self, object: str, object_id: int | None, changes: dict[str, Any]) -> None:
        """Note what this mutation changed; written to the audit log in the same transaction."""
        self.notes.append(AuditNote(object, object_id, changes))

    def once(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What ``make`` answers; where results are shared, it is asked once a key. A tracker has to see each read."""
        if self.shared is None or active_tracker() is not None:
            return make()
        if key not in self.shared:
            self.shared[key] = make()
        return self.shared[key]

    @contextmanager
    def sharing(self) -> Iterator[None]:
        """Equal queries of the block are asked once. For a block at one snapshot; nobody may change a result."""
        self.shared = {}
        try:
            yield
        finally:
            self.shared = None

    def again(self) -> "Context":
        """The same caller with nothing resolved or noted: for a retry or a re-run."""
        return Context(self.schema, self.actor, self.request_id, self.clock, self.checked)


def policy() -> Policy:
    """The product's policy."""
    return _policy(settings.FUNCTIONS_POLICY)


@lru_cache(maxsize=8)
def _policy(name: str) -> Policy:
    found: Policy = import_string(name)()
    return found
