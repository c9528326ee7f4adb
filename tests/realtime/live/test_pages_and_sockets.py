"""A page, its socket, and writes at any moment between: what the page comes to show is what a fresh one shows.

The hash that a page carries, the answers that a process holds for who comes back, and the epoch and tick that a
client says are three ways to be told "unchanged"; none of them may be wrong, whatever is written when.
"""

import html
import random
import re
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx
from django.db import connection

from accounts.tenancy import tenant_context
from crm.reports.models import Goal
from realtime.functions.call import call
from tests.processes import PATIENCE
from tests.realtime.live.client import LiveClient
from tests.realtime.live.conftest import Deployment
from tests.realtime.live.test_rights import logged_in

PATH = "/settings/goals/"
REGION = re.compile(r'data-live="goals/list" data-live-args="([^"]*)" data-live-hash="(\w+)"')
TURNS = 8


class Visitor:
    """One browser: pages over HTTP, regions over a socket, and the hash of what it shows."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self.cookie, _ = logged_in(deployment.cast.olivia)
        self.hash = ""
        self.place: tuple[str, int] | None = None
        self.client: LiveClient | None = None

    def page(self) -> str:
        """The hash of the region in a page that is rendered now."""
        answer = httpx.get(self.deployment.address + PATH, headers={"Cookie": self.cookie}, timeout=PATIENCE)
        found = REGION.search(answer.text)
        assert found, answer.text[:500]
        assert html.unescape(found[1]) == "{}"
        return found[2]

    def come(self, *, with_place: bool) -> None:
        """Open the socket and follow the region, with the hash of what is shown."""
        headers = {"Cookie": self.cookie}
        place = self.place if with_place else None
        self.client = LiveClient(self.deployment.address, headers=headers, came_with=place)
        asked = {"id": "1", "fragment": "goals/list", "args": {}, "hash": self.hash}
        self.client.send(type="subscribe", queries=[asked])

    def settle(self) -> str:
        """Wait until the region includes all that is committed by now; its hash."""
        assert self.client is not None
        self.client.wait(lambda: "1" in self.client.hashes)  # type: ignore[union-attr]  # it is there
        self.client.sync()
        self.hash, self.place = self.client.hashes["1"], self.client.place
        return self.hash

    def go(self) -> None:
        """Cut the socket."""
        if self.client is not None:
            if "1" in self.client.hashes:
                self.hash, self.place = self.client.hashes["1"], self.client.place
            self.client.close()


def written(deployment: Deployment, chance: random.Random) -> Callable[[], object]:
    """Some writes of what the region shows: goals that are set, changed and taken away, calls that count."""
    olivia = deployment.cast.olivia
    targets = [str(chance.randint(1, 9_999)) for _ in range(chance.randint(1, 3))]
    pauses = [chance.choice([0, 0, 0.005, 0.03]) for _ in targets]
    kind = chance.choice(["change", "change", "count", "again"])

    def write() -> None:
        try:
            with tenant_context(olivia.schema):
                goal = Goal.objects.order_by("-id").values_list("id", flat=True).first()
                for target, pause in zip(targets, pauses, strict=True):
                    time.sleep(pause)
                    goal = written_once(deployment, kind, goal, target)
        finally:
            connection.close()  # the thread's own

    return write


def written_once(deployment: Deployment, kind: str, goal: int | None, target: str) -> int:
    """One write; the goal that there is then."""
    context = deployment.cast.olivia.context()
    if kind == "count":
        call("activities.create_activity", context, {"kind": "call", "contact_id": contact_of(deployment)})
    elif kind == "again" and goal is not None:
        call("reports.delete_goal", context, {"goal_id": goal})
        return new_goal(deployment, target)
    elif goal is not None:
        call("reports.update_goal", context, {"goal_id": goal, "target": target})
    return goal or new_goal(deployment, target)


def new_goal(deployment: Deployment, target: str) -> int:
    given = {"metric": "calls", "period": "month", "target": target}
    made: dict[str, Any] = call("reports.create_goal", deployment.cast.olivia.context(), given)
    return int(made["id"])


def contact_of(deployment: Deployment) -> int:
    context = deployment.cast.olivia.context()
    rows = call("contacts.list_contacts", context, {"limit": 1})["data"]
    made = rows[0] if rows else call("contacts.create_contact", context, {"first_name": "Called"})
    return int(made["id"])


def turn(visitor: Visitor, chance: random.Random) -> None:
    """Load a page or come back to it, write meanwhile, and compare with a fresh page."""
    writer = threading.Thread(target=written(visitor.deployment, chance))
    moment = chance.choice(["before", "page", "socket", "after"])
    if moment == "before":
        writer.start()
    is_reload = chance.random() < 0.5
    if is_reload:
        visitor.hash = visitor.page()
    if moment == "page":
        writer.start()
        time.sleep(chance.choice([0, 0.01, 0.05]))
    visitor.come(with_place=chance.random() < 0.7)
    if moment == "socket":
        writer.start()
    if chance.random() < 0.3:  # cut before all is answered
        visitor.go()
        visitor.come(with_place=True)
    if moment == "after":
        visitor.settle()
        writer.start()
    writer.join()
    assert visitor.settle() == visitor.page(), (moment, is_reload)
    visitor.go()


def follow_turns(deployment: Deployment, turns: int, seed: int) -> None:
    """So many turns of one visitor."""
    chance = random.Random(seed)
    visitor = Visitor(deployment)
    with tenant_context(deployment.cast.olivia.schema):
        new_goal(deployment, "40")
    for _ in range(turns):
        turn(visitor, chance)


def test_whatever_is_written_when_the_region_comes_to_show_it(deployment: Deployment) -> None:
    follow_turns(deployment, TURNS, seed=4)
