"""Enrolling 5,000 contacts by a filter: statements, seconds and CPU of a transaction of 100, beside one by one.

    python -m bench.enrolling

In this process, without a worker: what the runs do afterwards is ``bench.workflows``. One by one is what a person or an
automation does for a single contact; the filter's goal is statements that do not grow with the contacts.
"""

import resource
import secrets
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from bench.sizes import size
from bench.stage import prepare

CONTACTS, ALONE = size((5_000, 100), (300, 10))
Row = tuple[float, float, int]


def main() -> None:
    """Print both."""
    made = prepare(CONTACTS)
    from accounts.actor import member_context
    from accounts.roles.models import Member
    from accounts.tenancy import tenant_context

    with tenant_context(made.schema):
        owner = member_context(made.schema, Member.objects.get(pk=made.member_id))
        print_line("one by one", list(one_by_one(owner)), 1)
        taken = list(by_filter(owner))
        print_line("by a filter, 100 each", taken, 100)
        seconds = sum(row[0] for row in taken)
        print(f"{CONTACTS:,} contacts by a filter: {seconds:.1f} s in {len(taken)} transactions")


def one_by_one(owner: Any) -> Iterator[Row]:
    """A contact a call."""
    from crm.contacts.models import Contact
    from realtime.functions.call import call

    sequence = new_sequence(owner)
    for pk in list(Contact.objects.filter(archived_at=None).values_list("pk", flat=True)[:ALONE]):
        args = {"sequence_id": sequence, "contact_id": pk}
        yield timed(partial(call, "sequences.enroll_contact", owner.again(), args))[1]


def by_filter(owner: Any) -> Iterator[Row]:
    """All contacts, a hundred a transaction."""
    from accounts.actor import system_context
    from realtime.functions.call import call

    args = {"sequence_id": new_sequence(owner), "filter": {"all": []}}
    step = {"intake_id": call("sequences.enroll_contacts", owner.again(), args)["intake_id"]}
    more = True
    while more:
        answer, row = timed(partial(call, "sequences.take_in_chunk", system_context(owner.schema), step))
        more = answer["more"]
        yield row


def new_sequence(owner: Any) -> int:
    """An active sequence that begins with an email."""
    from realtime.functions.call import call

    made = call("sequences.create_sequence", owner.again(), {"name": f"Bench {secrets.token_hex(4)}"})["id"]
    step = {"kind": "email", "subject": "Hello", "body": "Hello"}
    call("sequences.add_step", owner.again(), {"sequence_id": made, "step": step})
    call("sequences.publish_sequence", owner.again(), {"sequence_id": made})
    return int(made)


def timed(work: Callable[[], Any]) -> tuple[Any, Row]:
    """The answer, and seconds, CPU seconds of this process and statements."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    before = resource.getrusage(resource.RUSAGE_SELF)
    started = time.perf_counter()
    with CaptureQueriesContext(connection) as found:
        answer = work()
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return answer, (time.perf_counter() - started, cpu, len(found))


def print_line(name: str, rows: list[Row], each: int) -> None:
    """The medians, and what that makes a contact."""
    seconds, cpu, statements = (statistics.median(column) for column in zip(*rows, strict=True))
    longest = max(row[0] for row in rows)
    print(
        f"{name:<24} {statements:4.0f} statements, {seconds * 1000:7.1f} ms, longest {longest * 1000:.0f} ms"
    )
    print(f"{'':<24} a contact {seconds * 1000 / each:6.2f} ms, {cpu * 1000 / each:6.2f} ms CPU")


if __name__ == "__main__":
    main()
