"""Done, not done after all, later: what ends a task or puts it off, and the next one of a task that comes again."""

from datetime import datetime
from typing import Any

from pydantic import AwareDatetime

from accounts.permissions import Permission
from accounts.roles.policy import member_id_of
from crm.records import writes
from crm.tasks.models import Task, TaskReminder
from crm.tasks.queries import get_task
from crm.tasks.recurrence import following_rule, next_due
from crm.tasks.reminders import arm
from crm.tasks.schemas import TaskDetail
from crm.tasks.times import Preset, end_of_day, preset_time, zone_of
from crm.tasks.timing import WORD, lock
from realtime.functions import Conflict, Context, Id, Version, invalid, mutation


@mutation(permission=Permission.TASK_EDIT)
def complete_task(ctx: Context, *, task_id: Id, version: Version | None = None) -> TaskDetail:
    """Mark a task as done; of one that is done already, nothing changes and the answer says who did it.

    A task that comes again is followed by its next one, whose id is ``followed_by_id``; there is at most one.
    """
    task = lock(ctx, task_id, Permission.TASK_EDIT, version)
    if task.done_at is None:
        writes.write(ctx, task, WORD, {"done_at": ctx.now, "done_by_id": member_id_of(ctx)})
        if task.remind_at is not None:
            arm(ctx, task)
        _create_next(ctx, task)
    return get_task(ctx, task_id=task.pk)


@mutation(permission=Permission.TASK_EDIT)
def reopen_task(ctx: Context, *, task_id: Id, version: Version | None = None) -> TaskDetail:
    """Undo a task's completion, and delete the next task that it made, if nobody has touched that one."""
    task = lock(ctx, task_id, Permission.TASK_EDIT, version)
    if task.done_at is not None:
        writes.write(ctx, task, WORD, {"done_at": None, "done_by_id": None})
        _take_back_next(ctx, task)
        if task.reminders.exists():
            arm(ctx, task)
    return get_task(ctx, task_id=task.pk)


@mutation(permission=Permission.TASK_EDIT)
def snooze_task(
    ctx: Context,
    *,
    task_id: Id,
    until: AwareDatetime | None = None,
    preset: Preset | None = None,
    version: Version | None = None,
) -> TaskDetail:
    """Put an open task off until a time, or until later today, tomorrow morning or next week (the owner's own).

    Its reminders move along; if it had some and none is left to come, one is set for the new time. InvalidInput
    unless there is exactly one of ``until``, which lies ahead, and ``preset``; Conflict if the task is done.
    """
    task = lock(ctx, task_id, Permission.TASK_EDIT, version)
    if task.done_at is not None:
        raise Conflict("This task is done: reopen it first.")
    if (until is None) == (preset is None):
        raise invalid("until", "Say until when: a time or a preset.", "time_or_preset")
    moment = until or preset_time(preset or "later_today", ctx.now, zone_of(task.owner_id))
    if moment <= ctx.now:
        raise invalid("until", "This time is over: choose a later one.", "in_the_past")
    if writes.apply(ctx, task, WORD, {"due_at": moment, "due_date": None}) and task.reminders.exists():
        arm(ctx, task)
        _remind_at_least_once(ctx, task)
    return get_task(ctx, task_id=task.pk)


def _remind_at_least_once(ctx: Context, task: Task) -> None:
    if task.remind_at is None:
        TaskReminder.objects.get_or_create(task=task, minutes_before=0)
        arm(ctx, task)


def _create_next(ctx: Context, task: Task) -> None:
    """Make the next task of a series, if the rule goes on. The one-to-one link admits no second one."""
    if task.recurrence is None or task.due_at is None or Task.objects.filter(follows=task).exists():
        return
    zone = zone_of(task.owner_id)
    due_at = next_due(task.recurrence, task.due_at, ctx.now, zone)
    if due_at is None:
        return
    copied = {name: getattr(task, name) for name in COPIED}
    rule = following_rule(task.recurrence, task.due_at, ctx.now, zone)
    following = Task(**copied, **_due(task, due_at, zone), recurrence=rule)
    following.follows = task
    writes.create(ctx, following, WORD, {"title": task.title, "follows_id": task.pk})
    relative = task.reminders.filter(minutes_before__isnull=False).values_list("minutes_before", flat=True)
    TaskReminder.objects.bulk_create(TaskReminder(task=following, minutes_before=each) for each in relative)
    if relative:
        arm(ctx, following)


COPIED = ("title", "kind", "contact_id", "deal_id", "owner_id", "team_id", "custom_values")


def _due(task: Task, due_at: datetime, zone: Any) -> dict[str, Any]:
    """The moment, or the date where the task has no time."""
    if task.due_date is None:
        return {"due_at": due_at}
    day = due_at.astimezone(zone).date()
    return {"due_at": end_of_day(day, zone), "due_date": day}


def _take_back_next(ctx: Context, task: Task) -> None:
    """Delete the task that the completion made; one that somebody changed, did or deleted stays."""
    untouched = Task.objects.filter(follows=task, version=1, done_at=None, archived_at=None)
    for following in untouched:
        ctx.audit(WORD, following.pk, {"follows_id": [task.pk, None]})
        following.delete()
