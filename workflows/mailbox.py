"""Events: sent into a run's mailbox, taken out by ``await_event``.

Both sides lock the run's row first. So either the wait finds the event, or the sender finds the wait.
"""

from datetime import timedelta
from typing import Any

from django.db import transaction

from realtime.functions import InvalidInput, NotFound
from realtime.functions.encoding import encode_json
from realtime.schema import current_schema
from workflows.activation import Activation
from workflows.crashes import reach
from workflows.journal import MAX_STEP_BYTES, NUL, Entry, value_of
from workflows.schedule import schedule_due
from workflows.sql import execute, fetch_one

TAKE = """
    UPDATE runs_runevent SET taken_at = clock_timestamp() WHERE id = (
        SELECT id FROM runs_runevent WHERE run_id = %s AND name = %s AND taken_at IS NULL ORDER BY id LIMIT 1
    ) RETURNING payload
"""
FIND = """
    SELECT id, status FROM runs_run WHERE {which} AND finished_at IS NULL
    ORDER BY id LIMIT 1 FOR UPDATE
"""
SEND = """
    INSERT INTO runs_runevent (run_id, name, payload, dedupe) VALUES (%s, %s, %s::jsonb, %s)
    ON CONFLICT (run_id, name, dedupe) WHERE NOT (dedupe = '') DO NOTHING
"""
# A run that somebody works on right now (the sender's own one, perhaps) may be about to wait.
AWAITED = """
    SELECT 1 FROM runs_steprun WHERE run_id = %(run)s AND kind = 'event' AND name = %(name)s AND status = 'waiting'
    UNION ALL SELECT 1 FROM workflows_due WHERE tenant = %(tenant)s AND kind = 'run' AND ref = %(run)s AND state = 1
"""


def take_or_wait(turn: Activation, entry: Entry, timeout: timedelta | None) -> None:
    """Take the oldest event of that name; else note that the time is over; else wait."""
    with turn.working():
        turn.unit.open()
        reach("event.locked")
        found = fetch_one(TAKE, [turn.run.id, entry.name])
        now = turn.clock.now()
        if found is not None:
            turn.journal.finish(entry, value_of(found[0]), now)
        elif entry.due_at is not None and entry.due_at <= now:
            turn.journal.finish(entry, None, now)
        else:
            if entry.due_at is None and timeout is not None:
                entry.due_at = now + timeout
            turn.journal.note(entry)
            raise turn.block(entry.due_at)
    if turn.isolated:
        turn.commit_and_hold()


def send_event(
    run: int | str, name: str, payload: dict[str, Any] | None = None, *, workflow: str = "", dedupe: str = ""
) -> bool:
    """Put an event into the mailbox of a live run, given by id or by its key (and workflow).

    Part of the caller's transaction. False if an event with the same ``dedupe`` was sent before. NotFound if
    no live run is meant, InvalidInput for a payload that its journal would not take.
    """
    raw = encode_json(payload or {})
    if len(raw) > MAX_STEP_BYTES:
        raise InvalidInput("An event's payload is at most 256 kB: store it, and send an id.")
    if NUL.search(raw):
        raise InvalidInput("A text in the event's payload holds the character U+0000: leave it out.")
    if len(name) > 80 or len(dedupe) > 200:
        raise InvalidInput("An event's name has at most 80 characters, its dedupe key at most 200.")
    with transaction.atomic():
        run_id, status = _find(run, workflow)
        if not execute(SEND, [run_id, name, raw.decode(), dedupe]):
            return False
        if fetch_one(AWAITED, {"run": run_id, "name": name, "tenant": current_schema()}) and status not in (
            "paused",
            "blocked",
        ):
            schedule_due("run", run_id)
    return True


def _find(run: int | str, workflow: str) -> tuple[int, str]:
    if isinstance(run, int):
        found = fetch_one(FIND.format(which="id = %s"), [run])
    elif workflow:
        found = fetch_one(FIND.format(which="key = %s AND NOT (key = '') AND workflow = %s"), [run, workflow])
    else:
        found = fetch_one(FIND.format(which="key = %s"), [run])
    if found is None:
        raise NotFound("No such run is under way.")
    return int(found[0]), str(found[1])
