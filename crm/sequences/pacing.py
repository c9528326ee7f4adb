"""Emails in their measure: places in days, and turns at what may not be written to too fast.

A day's places are given out one by one, each to one email, so that whoever waits sleeps until the day that is theirs
and is not woken in vain.
"""

from datetime import date, timedelta

from crm.sequences.models import SendingDay, Sequence
from crm.sequences.schemas import SlotWanted
from workflows.sql import fetch

#: Between two emails of one sender, and of a firm's sequences all together.
SENDER_SECONDS, FIRM_SECONDS, FIRM_BURST = 5.0, 0.2, 10
MOST_DAYS = 4000
TAKE = """
    INSERT INTO sequences_sendingday AS given (sequence_id, day, used) VALUES (%(sequence)s, %(day)s, 1)
    ON CONFLICT (sequence_id, day) DO UPDATE SET used = given.used + 1 WHERE given.used < %(most)s
    RETURNING used
"""


def take_place(sequence: Sequence, wanted: date) -> date:
    """Take a place among the emails of the wanted day or of the first day after it that has one left."""
    taken = SendingDay.objects.filter(sequence=sequence, day__gte=wanted, used__gte=sequence.daily_limit)
    full = set(taken.values_list("day", flat=True))
    for number in range(MOST_DAYS):
        day = wanted + timedelta(days=number)
        if day.weekday() in sequence.days and day not in full and _take(sequence, day):
            return day
    raise ValueError("No day has a place left.")


def _take(sequence: Sequence, day: date) -> bool:
    return bool(fetch(TAKE, {"sequence": sequence.pk, "day": day, "most": sequence.daily_limit}))


def slots_of(sequence: Sequence, sender_id: int | None) -> list[SlotWanted]:
    """The turns that an email waits for: its sequence's, its sender's and the firm's."""
    found: list[SlotWanted] = []
    if sequence.pace_seconds:
        found.append(
            {"resource": f"sequence/{sequence.pk}", "seconds": float(sequence.pace_seconds), "burst": 1}
        )
    if sender_id is not None:
        found.append({"resource": f"sequences/sender/{sender_id}", "seconds": SENDER_SECONDS, "burst": 1})
    found.append({"resource": "sequences", "seconds": FIRM_SECONDS, "burst": FIRM_BURST})
    return found
