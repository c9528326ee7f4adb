"""Reminders: each that is still to come has one durable run, which waits for its moment.

``arm`` brings them in line with the task after every change. Nothing ever looks for tasks that are due: the
engine's due index holds the moments of all tenants.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from crm.tasks.models import Task, TaskReminder
from crm.tasks.times import MORNING, at_hour, zone_of
from crm.tasks.workflows import task_reminder
from realtime.functions import Context, invalid
from workflows import cancel, start
from workflows.runs.models import Run


def check_reminders(ctx: Context, given: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The reminders as rows to write; InvalidInput if one says nothing, twice the same, or a time that is over."""
    rows: list[dict[str, Any]] = []
    for reminder in given:
        if len(reminder) != 1:
            raise invalid("reminders", "Say minutes_before or at, one of them.", "bad_reminder")
        row = {"minutes_before": reminder.get("minutes_before"), "remind_at": reminder.get("at")}
        if row["remind_at"] is not None and row["remind_at"] <= ctx.now:
            raise invalid("reminders", "This time is over: choose a later one.", "in_the_past")
        if row not in rows:
            rows.append(row)
    return rows


def replace_reminders(task: Task, rows: list[dict[str, Any]]) -> bool:
    """Give the task these reminders; those that it has already stay. Returns whether anything differed."""
    known = {(row.minutes_before, _own_time(row)): row for row in task.reminders.all()}
    wanted = {(row["minutes_before"], row["remind_at"]): row for row in rows}
    gone = [known[key] for key in known.keys() - wanted.keys()]
    for reminder in gone:
        disarm(reminder)
        reminder.delete()
    for key in wanted.keys() - known.keys():
        TaskReminder.objects.create(task=task, **wanted[key])
    return bool(gone or wanted.keys() - known.keys())


def arm(ctx: Context, task: Task) -> None:
    """Set the moments of the task's reminders, start and stop their runs, and note the next one on the task."""
    is_open = task.done_at is None and task.archived_at is None and task.owner_id is not None
    due = _anchor(task)
    coming = []
    for reminder in task.reminders.all():
        moment = _moment(reminder, due)
        if is_open and moment is not None and moment > ctx.now:
            coming.append(moment)
            _schedule(task, reminder, moment)
        else:
            disarm(reminder)
            if reminder.sent_at is None and reminder.remind_at != moment:
                reminder.remind_at = moment
                reminder.save(update_fields=["remind_at"])
    _note_next(task, min(coming, default=None))


def _note_next(task: Task, remind_at: datetime | None) -> None:
    if remind_at != task.remind_at:
        task.remind_at = remind_at
        Task.objects.filter(pk=task.pk).update(remind_at=remind_at)


def disarm(reminder: TaskReminder) -> None:
    """Cancel the reminder's run, if it has one that waits."""
    for run_id in list(_live_runs(reminder).values_list("pk", flat=True)):
        cancel(run_id)


def _live_runs(reminder: TaskReminder) -> QuerySet[Run]:
    found = Run.objects.filter(workflow=task_reminder.name, key=str(reminder.pk), finished_at=None)
    return found.exclude(status=Run.Status.CANCELLING)


def _schedule(task: Task, reminder: TaskReminder, moment: datetime) -> None:
    """Let a run wait for the moment; one that waits for it already stays."""
    if reminder.remind_at == moment and reminder.sent_at is None and _live_runs(reminder).exists():
        return
    reminder.remind_at, reminder.sent_at = moment, None
    reminder.save(update_fields=["remind_at", "sent_at"])
    args = {"task_id": task.pk, "reminder_id": reminder.pk, "remind_at": moment}
    start(task_reminder, args, key=str(reminder.pk), on_conflict="replace", at=moment)


def _anchor(task: Task) -> datetime | None:
    """The moment that minutes are counted back from: when it is due, or that day's morning."""
    if task.due_date is not None:
        return at_hour(task.due_date, MORNING, zone_of(task.owner_id))
    return task.due_at


def _moment(reminder: TaskReminder, due: datetime | None) -> datetime | None:
    if reminder.minutes_before is None:
        return reminder.remind_at
    return None if due is None else due - timedelta(minutes=reminder.minutes_before)


def _own_time(reminder: TaskReminder) -> datetime | None:
    return reminder.remind_at if reminder.minutes_before is None else None
