"""Who shares a run: equal keys and equal facets, as far as the function has looked at them."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import pytest

from realtime.functions import Actor
from realtime.live import hub
from realtime.live.answers import Version
from realtime.live.shares import Pattern, Run, Shares, facets


@dataclass(frozen=True)
class Place:
    """A scope in the smallest form."""

    key: str
    member_id: int
    team_ids: tuple[int, ...] = ()

    def allows(self, permission: str) -> bool:
        return True

    def shared_key(self) -> Hashable:
        return self.key

    def facet(self, name: str) -> Hashable:
        found: Hashable = getattr(self, name)
        return found


ALICE, BOB = Actor("member", 1), Actor("member", 2)
QUERY = "contacts.list_contacts"


def run_of(actor: Actor, scope: Place, *looked_at: str) -> Run:
    """A run on the actor's behalf whose function looked at these facets."""
    pattern: Pattern = frozenset(looked_at)
    return Run(QUERY, scope.shared_key(), pattern, facets(actor, scope, pattern), Version("h", b""))  # type: ignore[arg-type]  # stands in for the real one


def found(shares: Shares, actor: Actor, scope: Place) -> Run | None:
    return shares.find(QUERY, actor, scope)  # type: ignore[arg-type]  # stands in for the real one


def test_a_run_that_looked_at_nothing_is_for_everybody_with_the_key() -> None:
    shares, run = Shares(), run_of(ALICE, Place("viewer", 1))
    shares.add(run)
    assert found(shares, BOB, Place("viewer", 2)) is run
    assert found(shares, BOB, Place("agent", 2)) is None


def test_a_run_that_looked_at_the_teams_is_for_the_same_teams() -> None:
    shares, run = Shares(), run_of(ALICE, Place("leader", 1, (7,)), "team_ids")
    shares.add(run)
    assert found(shares, BOB, Place("leader", 2, (7,))) is run
    assert found(shares, BOB, Place("leader", 2, (8,))) is None


def test_runs_of_one_family_may_have_looked_at_different_things() -> None:
    # A leader without a team falls back to their own records: the function then looks at the member, too.
    shares = Shares()
    team = run_of(ALICE, Place("leader", 1, (7,)), "team_ids")
    alone = run_of(BOB, Place("leader", 2), "team_ids", "member_id")
    shares.add(team)
    shares.add(alone)
    assert found(shares, BOB, Place("leader", 2)) is alone
    assert found(shares, ALICE, Place("leader", 1)) is None
    assert found(shares, BOB, Place("leader", 2, (7,))) is team


def test_a_run_that_looked_at_the_actor_is_theirs_alone() -> None:
    shares, run = Shares(), run_of(ALICE, Place("owner", 1), "actor")
    shares.add(run)
    assert found(shares, ALICE, Place("owner", 1)) is run
    assert found(shares, Actor("member", 1, "key:5"), Place("owner", 1)) is None


def test_a_removed_run_is_not_found_and_leaves_nothing() -> None:
    shares, run = Shares(), run_of(ALICE, Place("owner", 1), "member_id")
    shares.add(run)
    shares.remove(run)
    shares.remove(run)
    assert found(shares, ALICE, Place("owner", 1)) is None
    assert list(shares) == []


class Held:
    """What the hub asks of a room here."""

    def __init__(self, *runs: Run) -> None:
        self.shares = runs


def test_answers_that_nobody_watches_are_kept_for_those_who_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watched, *others = [run_of(ALICE, Place("owner", number)) for number in range(5)]
    watched.subscriptions[object()] = None  # type: ignore[index]  # stands in for the real one
    for since, run in zip((400.0, 700.0, 800.0, 900.0), others, strict=True):
        run.idle_since = since
    rooms: Any = [Held(watched, *others[:2]), Held(*others[2:])]
    assert hub.forgotten_before(rooms, now=1_000.0) == 1_000.0 - hub.KEEP_IDLE
    monkeypatch.setattr(hub, "MOST_IDLE", 2)
    assert hub.forgotten_before(rooms, now=1_000.0) == 800.0
    monkeypatch.setattr(hub, "MOST_IDLE", 3)
    assert hub.forgotten_before(rooms, now=1_000.0) == 700.0
