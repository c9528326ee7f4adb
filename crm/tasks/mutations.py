"""Changing tasks."""

from datetime import date
from typing import Any

from pydantic import AwareDatetime

from accounts.permissions import Permission
from accounts.roles.policy import can, refuse_readonly
from crm.contacts.models import Contact
from crm.deals.models import Deal
from crm.fields.schemas import CustomValues
from crm.fields.values import changed_values, new_values
from crm.records import writes
from crm.records.conflicts import refuse_overlap
from crm.records.custom import COLUMN, custom_names
from crm.records.links import check_link
from crm.records.results import ref
from crm.records.schemas import RecordRef
from crm.tasks import finishing, timing
from crm.tasks.models import Task
from crm.tasks.queries import get_task
from crm.tasks.recurrence import Recurrence
from crm.tasks.reminders import arm, check_reminders, replace_reminders
from crm.tasks.schemas import Reminders, TaskChanges, TaskDetail, TaskKind, TaskTitle
from crm.tasks.timing import WORD, lock
from realtime.functions import Context, Forbidden, Id, Version, mutation

#: Registered with these.
__all__ = ["finishing"]


@mutation(permission=Permission.TASK_CREATE)
def create_task(
    ctx: Context,
    *,
    title: TaskTitle,
    kind: TaskKind = "todo",
    due_at: AwareDatetime | None = None,
    due_date: date | None = None,
    recurrence: Recurrence | None = None,
    reminders: Reminders = [],  # noqa: B006 - only read
    contact_id: Id | None = None,
    deal_id: Id | None = None,
    custom: CustomValues | None = None,
    owner_id: Id | None = None,
) -> TaskDetail:
    """Create a task for yourself, or for the member that you name; due at a time, on a date, or whenever.

    With a recurrence the next task is made when this one is done. Reminders reach the owner in the product and by
    email. InvalidInput if a task without a due date is to come again, or for a reminder whose time is over.
    """
    given: dict[str, Any] = {
        "title": title, "kind": kind, "due_at": due_at, "due_date": due_date, "recurrence": recurrence,
        "contact_id": contact_id, "deal_id": deal_id,
    }  # fmt: skip
    _check_links(ctx, given)
    owner = writes.owned_by(ctx, owner_id, Permission.TASK_CREATE)
    values = new_values(ctx, WORD, custom)
    given = timing.settled(given, Task(), owner["owner_id"])
    rows = check_reminders(ctx, reminders)
    task = Task(**given, custom_values=values, **owner)
    if not can(ctx, Permission.TASK_VIEW, task):
        raise Forbidden("You would not see a task of this member: create it for yourself, then assign it.")
    writes.create(ctx, task, WORD, {**given, **custom_names(values)})
    if rows:
        refuse_readonly(ctx, WORD, {"remind_at"})
        replace_reminders(task, rows)
        arm(ctx, task)
    return _answer(ctx, task)


@mutation(permission=Permission.TASK_EDIT)
def update_task(
    ctx: Context, *, task_id: Id, changes: TaskChanges, version: Version | None = None, merge: bool = False
) -> TaskDetail:
    """Change fields of a task; those not sent stay as they are. Its reminders move with its due time.

    With ``merge`` an older ``version`` is refused only if one of the fields sent has changed since.
    """
    task = lock(ctx, task_id, Permission.TASK_EDIT, None if merge else version)
    sent = changes.sent()
    refuse_overlap(ctx, task, WORD, version if merge else None, sent)
    if "custom" in sent:
        sent[COLUMN] = changed_values(ctx, WORD, task.custom_values, sent.pop("custom"))
    rows = check_reminders(ctx, sent.pop("reminders")) if "reminders" in sent else None
    _check_links(ctx, {name: value for name, value in sent.items() if getattr(task, name) != value})
    due = task.due_at
    writes.apply(ctx, task, WORD, timing.settled(sent, task, task.owner_id))
    was_reminded = rows is not None and _change_reminders(ctx, task, rows)
    if was_reminded or (task.due_at != due and task.reminders.exists()):
        arm(ctx, task)
    return _answer(ctx, task)


def _change_reminders(ctx: Context, task: Task, rows: list[dict[str, Any]]) -> bool:
    if not replace_reminders(task, rows):
        return False
    refuse_readonly(ctx, WORD, {"remind_at"})
    writes.write(ctx, task, WORD, {})
    return True


@mutation(permission=Permission.TASK_EDIT)
def assign_task(
    ctx: Context, *, task_id: Id, owner_id: Id | None, version: Version | None = None
) -> RecordRef:
    """Give a task to a member, or to nobody. A date without a time is from then on one where that member lives."""
    task = lock(ctx, task_id, Permission.TASK_EDIT, version)
    writes.assign(ctx, task, WORD, owner_id)
    timing.move_to_zone(task)
    if task.reminders.exists():
        arm(ctx, task)
    return ref(task)


@mutation(permission=Permission.TASK_DELETE)
def archive_task(ctx: Context, *, task_id: Id, version: Version | None = None) -> RecordRef:
    """Put a task into the bin; nobody is reminded of it any more."""
    task = lock(ctx, task_id, Permission.TASK_DELETE, version)
    writes.archive(ctx, task, WORD)
    if task.remind_at is not None:
        arm(ctx, task)
    return ref(task)


@mutation(permission=Permission.TASK_DELETE)
def restore_task(ctx: Context, *, task_id: Id) -> TaskDetail:
    """Take a task out of the bin."""
    task = lock(ctx, task_id, Permission.TASK_DELETE, None)
    writes.restore(ctx, task, WORD)
    if task.reminders.exists():
        arm(ctx, task)
    return _answer(ctx, task)


def _answer(ctx: Context, task: Task) -> TaskDetail:
    return get_task(ctx, task_id=task.pk)


def _check_links(ctx: Context, values: dict[str, Any]) -> None:
    check_link(ctx, Permission.CONTACT_VIEW, Contact, "contact_id", values.get("contact_id"))
    check_link(ctx, Permission.DEAL_VIEW, Deal, "deal_id", values.get("deal_id"))
