"""What capture costs a query, and how many changes a second find their subscriptions.

CPU time of this process, as other processes share the cores. ``python -m bench.reads``
"""

import itertools
import os
import random
import time
from collections.abc import Callable
from typing import Any

from bench.sizes import size
from bench.stage import set_environment

#: Short rounds: the least of many is what a round costs while nobody else has the core.
TIMES, ROUNDS = size((15, 150), (2, 2))
ROWS = 200
SUBSCRIPTIONS = size((1_000, 10_000, 100_000), (1_000,))
CHANGES = size(5_000, 50)


def main() -> None:
    """Print both."""
    set_environment("bench_reads")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    from accounts.models import Tenant, User
    from accounts.provisioning import create_tenant
    from accounts.tenancy import tenant_context

    if not Tenant.objects.filter(slug="reads").exists():
        create_tenant("reads", "Reads", User.objects.create(email="owner@reads.test", name="Owner"))
    with tenant_context("t_reads"):
        fill()
        print_capture()
    print_matching()


def fill() -> None:
    """Contacts, so that there are rows to remember."""
    from django.utils import timezone

    from accounts.roles.models import Member
    from crm.contacts.models import Contact, ContactStage

    owner, stage = Member.objects.first(), ContactStage.objects.first()
    if not Contact.objects.exists():
        Contact.objects.bulk_create(
            Contact(full_name=f"Contact {number}", owner=owner, stage=stage, last_activity_at=timezone.now())
            for number in range(ROWS)
        )


def print_capture() -> None:
    """Queries of rising size, untracked and tracked."""
    from django.db.models import Q

    from accounts.roles.models import Member
    from crm.contacts.models import Contact

    contacts = Contact.objects.all()
    owner = Member.objects.values_list("pk", flat=True)[0]
    visible = contacts.filter(Q(owner=owner) | Q(team__in=[1, 2]), archived_at=None).order_by(
        "-last_activity_at", "-id"
    )
    numbers = itertools.count(1_000)
    queries: dict[str, Callable[[], Any]] = {
        "one column by id": lambda: list(contacts.filter(pk=3).values_list("id")),
        "a page by owner or team": lambda: list(visible.values("id", "full_name", "stage_id")[:51]),
        "whole rows with two joins": lambda: list(visible.select_related("owner", "company")[:51]),
        "one column by ever other ids": lambda: list(contacts.filter(pk=next(numbers)).values_list("id")),
        "a page by ever other values": lambda: list(
            visible.exclude(stage=next(numbers)).values("id", "full_name", "stage_id")[:51]
        ),
        "rows, joins, ever other values": lambda: list(
            visible.exclude(stage=next(numbers)).select_related("owner", "company")[:51]
        ),
    }
    print(f"capture, microseconds of CPU a query (goal: less than 100); {os.cpu_count()} cores, shared")
    for name, run in queries.items():
        # By turns, as whoever else uses the machine is not always equally busy.
        pairs = [(cost(run), cost(run, is_tracked=True)) for _ in range(ROUNDS)]
        plain, tracked = (min(times) for times in zip(*pairs, strict=True))
        print(
            f"{name:30} untracked {plain:5.0f} us  tracked {tracked:5.0f} us  capture {tracked - plain:4.0f} us"
        )


def cost(run: Callable[[], Any], *, is_tracked: bool = False) -> float:
    """Microseconds of CPU of one call."""
    from realtime.reads import track

    started = time.process_time()
    for _ in range(TIMES):
        if is_tracked:
            with track():
                run()
        else:
            run()
    return (time.process_time() - started) / TIMES * 1e6


def print_matching() -> None:
    """Eight schemes, as many subscriptions as given, twelve of them touched by a change."""
    print("matching, changes a second by one core (goal: 10,000 at 100,000 subscriptions)")
    for count in SUBSCRIPTIONS:
        index, rng = make_index(count), random.Random(1)
        changes = [random_change(number, count, rng) for number in range(CHANGES)]
        started = time.process_time()
        hits = sum(len(index.match(change)) for change in changes)
        seconds = time.process_time() - started
        print(
            f"{count:7} subscriptions: {CHANGES / seconds:7.0f} changes/s, {seconds / CHANGES * 1e6:3.0f} us each, "
            f"{hits / CHANGES:.1f} matched"
        )


def make_index(count: int) -> Any:
    """An index of read sets with the conditions of the product's lists."""
    from realtime.reads import MatchIndex, ReadSet, TableRead

    rng = random.Random(7)
    index: MatchIndex[int] = MatchIndex()
    for key in range(count):
        value = rng.randrange(count // 10)
        owner, team = ("owner_id", (value,)), ("team_id", (value,))
        live, stage = ("archived_at", (None,)), ("stage_id", (value,))
        terms: Any = [
            ((live, owner),),
            ((live, ("team_id", (value, value + 1))),),
            ((("id", (value,)),),),
            ((live, owner), (live, team)),
            ((stage,),),
            ((("company_id", (value,)),),),
            ((live, ("owner_id", (value % 50,)), stage),),
            ((owner, ("team_id", (value % 7,))),),
        ][key % 8]
        columns = frozenset({"id", "owner_id", "archived_at", f"column_{key % 8}"})
        index.add(key, ReadSet((TableRead("t_reads", "contacts_contact", terms, columns),)))
    return index


def random_change(number: int, count: int, rng: random.Random) -> Any:
    """A contact that goes from one owner to another."""
    from realtime.changes.change import Change

    old: dict[str, object] = {
        name: rng.randrange(count // 10) for name in ("id", "owner_id", "team_id", "stage_id", "company_id")
    }
    old["archived_at"] = None
    new = old | {"owner_id": rng.randrange(count // 10)}
    changed = frozenset({"owner_id", "updated_at"})
    return Change(number, 1, "t_reads", "contacts_contact", "U", 1, changed, old, new)


if __name__ == "__main__":
    main()
