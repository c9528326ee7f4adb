"""Which share of subscriptions a write makes run again: by read sets, by table, and in need.

Ten members with the screens of a working day; each write is committed through the call path, its changes come
from the change log, and every query is asked again to see whether its answer has changed at all.
"""

import random
from typing import Any

from bench.sizes import size
from bench.stage import Stage, prepare

WRITES = size(60, 2)


def main() -> None:
    """Print the three shares and their ratio."""
    stage = prepare(size(10_000, 300))
    from accounts.tenancy import tenant_context

    with tenant_context(stage.schema):
        by_read_set, by_table, needed = shares(stage)
    print(f"re-run a write: {by_read_set:.1%} of subscriptions; by table {by_table:.1%} "
          f"({by_table / max(by_read_set, 1e-9):.1f} times as many); needed {needed:.1%}")  # fmt: skip


def shares(stage: Stage) -> tuple[float, float, float]:
    """Shares of subscriptions, on average over the writes."""
    from realtime.changes.log import current_snapshot, read_changes
    from realtime.reads.index import MatchIndex

    rng = random.Random(7)
    held = {key: run(stage, *key) for key in screens(rng, stage)}
    index: MatchIndex[Any] = MatchIndex()
    for key, (_, reads) in held.items():
        index.add(key, reads)
    matched = tables = needed = 0
    for _ in range(WRITES):
        before = current_snapshot()
        write(stage, rng)
        changes = read_changes(before, None, {stage.schema})
        written = {change.table for change in changes}
        matched += len({key for change in changes for key in index.match(change)})
        tables += sum(any(read.table in written for read in reads.reads) for _, reads in held.values())
        for key, (answer, _) in list(held.items()):
            held[key] = fresh = run(stage, *key)
            index.add(key, fresh[1])
            needed += fresh[0] != answer
    total = WRITES * len(held)
    return matched / total, tables / total, needed / total


def screens(rng: random.Random, stage: Stage) -> list[tuple[str, str]]:
    """What is open: lists with various filters, and single records."""
    found: list[tuple[str, dict[str, Any]]] = [
        ("contacts.list_contacts", {}), ("companies.list_companies", {}), ("deals.list_deals", {}),
        ("tasks.list_tasks", {}), ("contacts.list_contact_stages", {}), ("roles.list_members", {}),
    ]  # fmt: skip
    found += [("contacts.list_contacts", {"search": f"Last{rng.randrange(100)}"}) for _ in range(10)]
    found += [("contacts.list_contacts", {"stage_id": number}) for number in range(1, 6)]
    ids = [rng.randrange(1, stage.contacts) for _ in range(60)]
    found += [("contacts.get_contact", {"contact_id": number}) for number in ids]
    found += [("tasks.list_tasks", {"contact_id": number}) for number in ids[:20]]
    found += [("deals.list_deals", {"contact_id": number}) for number in ids[:20]]
    from realtime.functions.encoding import encode_json

    return [(name, encode_json(args, sort_keys=True).decode()) for name, args in found]


def run(stage: Stage, name: str, args: str) -> tuple[bytes, Any]:
    """The answer and what it read."""
    from accounts.actor import member_context
    from realtime.functions import FunctionError, registry
    from realtime.functions.call import run_query
    from realtime.functions.encoding import encode_json
    from realtime.functions.transactions import reading
    from realtime.reads.tracker import track

    function = registry.get(name)
    with reading(), track() as tracker:
        try:
            found = encode_json(run_query(function, member_context(stage.schema, stage.member_id),
                                          function.args_from_json(args.encode())))  # fmt: skip
        except FunctionError as error:
            found = error.code.encode()
    return found, tracker.read_set


def write(stage: Stage, rng: random.Random) -> None:
    """Something that happens in a working day."""
    from accounts.actor import member_context
    from realtime.functions.call import call

    ctx = member_context(stage.schema, stage.member_id)
    contact = rng.randrange(1, stage.contacts)
    kind = rng.choice(["rename", "rename", "phone", "task", "create"])
    if kind == "create":
        call("contacts.create_contact", ctx, {"first_name": "New", "last_name": str(rng.random())[2:8]})
    elif kind == "task":
        call("tasks.create_task", ctx, {"title": "Call", "contact_id": contact})
    else:
        changes = {"last_name": f"N{rng.randrange(999)}"} if kind == "rename" else {"job_title": "Chief"}
        call("contacts.update_contact", ctx, {"contact_id": contact, "changes": changes})


if __name__ == "__main__":
    main()
