"""Doing something no faster than so often: turns at a shared resource, handed out in order.

A slot is a place in time. Taking one moves the resource's next free time on by the distance, under its row's
lock, so that any number of runs in any number of workers get places that are far enough apart. This is the
generic cell rate algorithm (ITU-T I.371, 1996) with the waiting kept: ``burst`` places may be used at once.
"""

from datetime import datetime, timedelta

from workflows.sql import fetch

TAKE = """
    INSERT INTO runs_slot AS slot (name, next_at) VALUES (%(name)s, clock_timestamp() - %(slack)s + %(every)s)
    ON CONFLICT (name) DO UPDATE SET
        next_at = GREATEST(slot.next_at, clock_timestamp() - %(slack)s) + %(every)s
    RETURNING GREATEST(next_at - %(every)s, clock_timestamp())
"""


def take_slot(name: str, every: timedelta, burst: int = 1) -> datetime:
    """Reserve the next place; answers when it is. Part of the caller's transaction."""
    values = {"name": name, "every": every, "slack": every * (burst - 1)}
    found: datetime = fetch(TAKE, values)[0][0]
    return found
