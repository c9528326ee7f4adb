"""The push oracle: whatever clients of mixed roles see while anything changes is what a fresh query would say.

Writes are made one after another. After each, the oracle asks every query anew as every person; the answers of
one moment are a state. Each transition must bring a client's screens, all together, to one of the states that
have not passed yet: so nothing is stale, nothing mixes two moments, nothing runs backwards, and a row that
the person may not see is a state that never was. ``PUSH_SEEDS=2,3,4`` in the environment runs others.
"""

import os
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle, islice
from typing import Any

import orjson
import pytest
from django.utils import timezone

from accounts.models import ApiKey, Device
from accounts.roles.models import FieldPermission, Member, Role, RolePermission, TeamMember
from accounts.tenancy import public_context, tenant_context
from crm.contacts.models import Contact
from realtime.functions import FunctionError
from realtime.functions.call import call
from realtime.functions.encoding import encode_json
from realtime.live.answers import error_of
from tests.cast import ACME, TEAMS, Cast, Person
from tests.realtime.live.client import LiveClient
from tests.realtime.live.conftest import Deployment, new_key
from tests.realtime.live.test_rights import logged_in

SEEDS = [int(word) for word in os.environ.get("PUSH_SEEDS", "1").split(",")]
WRITES = 40
BARRIER_EVERY = 8
CLIENTS = 50
QUERIES: dict[str, tuple[str, dict[str, Any]]] = {
    "all": ("contacts.list_contacts", {}),
    "one": ("contacts.get_contact", {"contact_id": 1}),
    "by name": ("contacts.list_contacts", {"sort": "full_name", "limit": 3}),
    "found": ("contacts.list_contacts", {"search": "a"}),
    "companies": ("companies.list_companies", {}),
    "members": ("roles.list_members", {}),
    "deals": ("deals.list_deals", {}),
    "teams": ("roles.list_teams", {}),
}
State = dict[str, Any]


def answers_of(person: Person) -> State:
    """What fresh queries say to the person now."""
    with tenant_context(person.schema):
        return {name: answer_of(person, *query) for name, query in QUERIES.items()}


def answer_of(person: Person, function: str, args: dict[str, Any]) -> Any:
    """One fresh answer, as the client would have it."""
    try:
        found = call(function, person.context(), args)
    except FunctionError as error:
        found = error_of(error)
    return orjson.loads(encode_json(found))


@dataclass
class Watcher:
    """A client that checks each transition against the states."""

    person: Person
    client: LiveClient
    end: Callable[[], object]
    states: list[State]
    at: int = 0
    faults: list[str] = field(default_factory=list)
    checked: int = 0

    def check(self) -> None:
        """Find each unchecked transition's state, none earlier than the one before."""
        while self.checked < len(self.client.folded):
            seen = self.client.folded[self.checked]
            self.checked += 1
            fits = (n for n in range(self.at, len(self.states)) if self.states[n] == seen)
            found = next(fits, None)
            if found is None:
                self.faults.append(self._fault(seen))
                return
            self.at = found

    def _fault(self, seen: State) -> str:
        wrong = [name for name in QUERIES if seen.get(name) != self.states[-1].get(name)]
        saw = {name: str(seen.get(name))[:200] for name in wrong}
        return f"{self.person.name} after state {self.at} saw {saw or 'an earlier state'}"


class World:
    """The random writes. Each is one committed transaction."""

    def __init__(self, deployment: Deployment, seed: int) -> None:
        self.random = random.Random(seed)
        self.cast = deployment.cast
        self.writes: list[Callable[[], object]] = [
            self.create, self.create, self.rename, self.rename, self.reassign, self.reassign, self.archive,
            self.bulk, self.change_role, self.change_role, self.move, self.hide_field, self.set_access,
            self.delete, self.rolled_back,
        ]  # fmt: skip

    def write(self) -> str:
        """One random write; its name."""
        chosen = self.random.choice(self.writes)
        with tenant_context(ACME), suppress(FunctionError):  # refused: nothing was written
            chosen()
        return chosen.__name__

    def _owner(self, function: str, **args: Any) -> Any:
        return call(function, self.cast.olivia.context(), args)

    def _contact(self) -> int:
        ids = list(Contact.objects.values_list("id", flat=True).order_by("id"))
        return self.random.choice(ids or [1])

    def _person(self) -> Person:
        return self.random.choice(self.cast.acme[1:])

    def create(self) -> None:
        name = self.random.choice(["Ada", "Abe", "Bob", "Cy", "Zoe"])
        self._owner("contacts.create_contact", first_name=name, owner_id=self._person().member_id)

    def rename(self) -> None:
        changes = {"last_name": self.random.choice(["Ma", "Oz", "Pi", "Quill"])}
        self._owner("contacts.update_contact", contact_id=self._contact(), changes=changes)

    def reassign(self) -> None:
        owner = self._person().member_id
        self._owner("contacts.assign_contact", contact_id=self._contact(), owner_id=owner)

    def archive(self) -> None:
        self._owner("contacts.archive_contact", contact_id=self._contact())

    def bulk(self) -> None:
        Contact.objects.filter(first_name="Abe").update(job_title=str(self.random.random())[:6])

    def delete(self) -> None:
        Contact.objects.filter(pk=self._contact()).exclude(pk=1).delete()

    def rolled_back(self) -> None:
        owner = self._person().member_id
        args = {"contact_id": self._contact(), "owner_id": owner}
        call("contacts.assign_contact", self.cast.olivia.context(), args, dry_run=True)

    def change_role(self) -> None:
        role = Role.objects.get(key=self.random.choice(["owner", "admin", "leader", "agent", "viewer"]))
        self._owner("roles.change_member_role", member_id=self._person().member_id, role_id=role.pk)

    def move(self) -> None:
        member, (one, other) = self._person().member_id, self.cast.teams.values()
        if TeamMember.objects.filter(member_id=member).delete()[0] == 0:
            TeamMember.objects.create(member_id=member, team_id=self.random.choice([one, other]))

    def hide_field(self) -> None:
        role = Role.objects.get(key=self.random.choice(["leader", "agent", "viewer"]))
        found = FieldPermission.objects.filter(role=role, object="contact", field="email")
        if not found.delete()[0]:
            FieldPermission.objects.create(role=role, object="contact", field="email", level="hidden")

    def set_access(self) -> None:
        roles = Role.objects.filter(key__in=["leader", "agent", "viewer"])
        access = self.random.choice(["own", "team", "all"])
        RolePermission.objects.filter(role__in=roles, permission="contact.view").update(access=access)


@pytest.mark.parametrize("seed", SEEDS)
def test_screens_equal_fresh_queries_at_every_transition(deployment: Deployment, seed: int) -> None:
    world = World(deployment, seed)
    try:
        run(deployment, world)
    finally:
        restore(deployment.cast)


def run(deployment: Deployment, world: World) -> None:
    """All writes, with a barrier now and then."""
    with tenant_context(ACME):
        call("contacts.create_contact", world.cast.olivia.context(), {"first_name": "First"})
    people = list(islice(cycle([*world.cast.acme, world.cast.charlie]), CLIENTS))
    fresh = {person: answers_of(person) for person in set(people)}
    watchers = [follow(deployment, person, number, fresh[person]) for number, person in enumerate(people)]
    for number in range(1, WRITES + 1):
        name = world.write()
        states = {person.email: answers_of(person) for person in set(people)}
        for watcher in watchers:
            watcher.states.append(states[watcher.person.email])
        if number % BARRIER_EVERY == 0:
            settle(watchers, f"write {number}, {name}")
        if number % 8 == 0:
            for how in range(2):
                index = world.random.choice([n for n in range(CLIENTS) if n % 2 == how])
                revoke(watchers[index])
                person = watchers[index].person
                watchers[index] = follow(deployment, person, index, states[person.email])
    moved = sum(watcher.at > 0 for watcher in watchers)
    for watcher in watchers:
        watcher.client.close()
    assert moved > CLIENTS // 2
    assert sum(watcher.client.patched for watcher in watchers) > 0


def restore(cast: Cast) -> None:
    """Roles, teams and permissions as the cast had them, for the tests that follow."""
    with tenant_context(ACME):
        FieldPermission.objects.all().delete()
        for person in cast.acme:
            Member.objects.filter(pk=person.member_id).update(role=Role.objects.get(key=person.role))
        for role in Role.objects.filter(key__in=["admin", "leader", "agent", "viewer"]):
            call("roles.reset_role", cast.olivia.context(), {"role_id": role.pk})
        TeamMember.objects.all().delete()
        for team, names in TEAMS.items():
            for person in cast.acme:
                if person.name in names:
                    TeamMember.objects.create(
                        team_id=cast.teams[team],
                        member_id=person.member_id,
                        is_leader=person.role == "leader",
                    )


def follow(deployment: Deployment, person: Person, number: int, fresh: State) -> Watcher:
    """A new client of the person's with a key or a session of its own, all queries answered."""
    if number % 2:
        row, key = new_key(person)
        client = LiveClient(deployment.address, key=key, patches=number % 4 == 1)
        end = partial(_end, ApiKey, row)
    else:
        cookie, row = logged_in(person)
        client = LiveClient(deployment.address, headers={"Cookie": cookie}, patches=number % 4 == 0)
        end = partial(_end, Device, row)
    queries = [{"id": name, "function": fn, "args": args} for name, (fn, args) in QUERIES.items()]
    client.send(type="subscribe", queries=queries)
    client.wait(lambda: len(client.answers) == len(QUERIES))
    return Watcher(person, client, end, [fresh])


def _end(model: type[ApiKey | Device], row: int) -> None:
    with public_context():
        model.objects.filter(pk=row).update(revoked_at=timezone.now())


def settle(watchers: list[Watcher], moment: str) -> None:
    """At the barrier every client has reached the last state."""
    for watcher in watchers:
        watcher.client.sync()
        watcher.check()
        assert watcher.faults == [], (moment, watcher.faults)
        assert watcher.client.answers == watcher.states[-1], (moment, watcher.person.name)


def revoke(watcher: Watcher) -> None:
    """End the watcher's key or session: its socket closes and has seen nothing that was not so before."""
    watcher.end()
    assert watcher.client.wait_closed() == 4401
    watcher.check()
    assert watcher.faults == []
