"""Changing tasks."""

from typing import Any

from pydantic import AwareDatetime

from accounts.permissions import Permission
from accounts.roles.policy import member_id_of
from crm.contacts.models import Contact
from crm.deals.models import Deal
from crm.fields.schemas import CustomValues
from crm.fields.values import changed_values, new_values
from crm.records import writes
from crm.records.custom import COLUMN, custom_names
from crm.records.links import check_link
from crm.records.results import ref
from crm.records.schemas import RecordRef
from crm.tasks.models import Task
from crm.tasks.queries import get_task
from crm.tasks.schemas import TaskChanges, TaskKind, TaskRow, TaskTitle
from realtime.functions import Context, Id, Version, mutation

WORD = "task"


@mutation(permission=Permission.TASK_CREATE)
def create_task(
    ctx: Context,
    *,
    title: TaskTitle,
    kind: TaskKind = "todo",
    due_at: AwareDatetime | None = None,
    contact_id: Id | None = None,
    deal_id: Id | None = None,
    custom: CustomValues | None = None,
    owner_id: Id | None = None,
) -> TaskRow:
    """Create a task for yourself, or for the member that you name."""
    given: dict[str, Any] = {
        "title": title, "kind": kind, "due_at": due_at, "contact_id": contact_id, "deal_id": deal_id,
    }  # fmt: skip
    _check_links(ctx, given)
    owner = writes.owner_of_new(ctx, owner_id, Permission.TASK_CREATE)
    values = new_values(ctx, WORD, custom)
    task = Task(**given, custom_values=values, owner=owner, team_id=writes.team_of(owner.pk))
    writes.create(ctx, task, WORD, {**given, **custom_names(values)})
    return _answer(ctx, task)


@mutation(permission=Permission.TASK_EDIT)
def update_task(
    ctx: Context, *, task_id: Id, changes: TaskChanges, version: Version | None = None
) -> TaskRow:
    """Change fields of a task; those not sent stay as they are."""
    task = _lock(ctx, task_id, Permission.TASK_EDIT, version)
    sent = changes.sent()
    if "custom" in sent:
        sent[COLUMN] = changed_values(ctx, WORD, task.custom_values, sent.pop("custom"))
    _check_links(ctx, {name: value for name, value in sent.items() if getattr(task, name) != value})
    writes.apply(ctx, task, WORD, sent)
    return _answer(ctx, task)


@mutation(permission=Permission.TASK_EDIT)
def complete_task(ctx: Context, *, task_id: Id, version: Version | None = None) -> TaskRow:
    """Mark a task as done; a second time changes nothing."""
    task = _lock(ctx, task_id, Permission.TASK_EDIT, version)
    if task.done_at is None:
        writes.write(ctx, task, WORD, {"done_at": ctx.now, "done_by_id": member_id_of(ctx)})
    return _answer(ctx, task)


@mutation(permission=Permission.TASK_EDIT)
def reopen_task(ctx: Context, *, task_id: Id, version: Version | None = None) -> TaskRow:
    """Take a task's completion back."""
    task = _lock(ctx, task_id, Permission.TASK_EDIT, version)
    if task.done_at is not None:
        writes.write(ctx, task, WORD, {"done_at": None, "done_by_id": None})
    return _answer(ctx, task)


@mutation(permission=Permission.TASK_DELETE)
def archive_task(ctx: Context, *, task_id: Id, version: Version | None = None) -> RecordRef:
    """Put a task into the bin."""
    task = _lock(ctx, task_id, Permission.TASK_DELETE, version)
    writes.archive(ctx, task, WORD)
    return ref(task)


@mutation(permission=Permission.TASK_DELETE)
def restore_task(ctx: Context, *, task_id: Id) -> TaskRow:
    """Take a task out of the bin."""
    task = _lock(ctx, task_id, Permission.TASK_DELETE, None)
    writes.restore(ctx, task, WORD)
    return _answer(ctx, task)


def _lock(ctx: Context, task_id: int, to: Permission, version: int | None) -> Task:
    return writes.lock(ctx, Task.objects.all(), task_id, to=to, version=version)


def _answer(ctx: Context, task: Task) -> TaskRow:
    return get_task(ctx, task_id=task.pk)


def _check_links(ctx: Context, values: dict[str, Any]) -> None:
    check_link(ctx, Permission.CONTACT_VIEW, Contact, "contact_id", values.get("contact_id"))
    check_link(ctx, Permission.DEAL_VIEW, Deal, "deal_id", values.get("deal_id"))
