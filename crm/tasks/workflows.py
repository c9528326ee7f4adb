"""The tasks' durable runs."""

from pydantic import AwareDatetime

from accounts.permissions import Permission
from crm.notifications.sending import notify
from crm.tasks.models import Task, TaskReminder
from crm.tasks.schemas import ReminderOutcome
from realtime.functions import Context, Id, mutation
from workflows import Step, workflow


@mutation(permission=Permission.SYSTEM)
def send_reminder(ctx: Context, *, task_id: Id, reminder_id: Id, remind_at: AwareDatetime) -> ReminderOutcome:
    """Remind a task's owner, in the product and by email; once, and not if the reminder was moved or the task is done.

    The row decides, whatever else goes wrong: it is locked, and notes that it was sent with the notification.
    """
    task = Task.objects.select_for_update(of=("self",)).filter(pk=task_id).first()
    reminder = TaskReminder.objects.select_for_update().filter(pk=reminder_id, task_id=task_id).first()
    if task is None or reminder is None or not _is_wanted(task, reminder) or reminder.remind_at != remind_at:
        return {"sent": False}
    assert task.owner_id is not None
    notify(ctx, task.owner_id, "reminder", task.title, f"/tasks/{task.pk}/")
    reminder.sent_at = ctx.now
    reminder.save(update_fields=["sent_at"])
    coming = task.reminders.filter(sent_at=None, remind_at__gt=max(ctx.now, remind_at))
    Task.objects.filter(pk=task_id).update(
        remind_at=coming.order_by("remind_at").values_list("remind_at", flat=True).first()
    )
    return {"sent": True}


def _is_wanted(task: Task, reminder: TaskReminder) -> bool:
    is_open = task.done_at is None and task.archived_at is None
    return is_open and reminder.sent_at is None and task.owner is not None and task.owner.is_active


@workflow("task_reminder", subject="task", retention="7d")
def task_reminder(step: Step, *, task_id: Id, reminder_id: Id, remind_at: AwareDatetime) -> bool:
    """Remind a task's owner; started for the moment itself, so that there is nothing to wait for."""
    args = {"task_id": task_id, "reminder_id": reminder_id, "remind_at": remind_at}
    return step.run_mutation(send_reminder, args)["sent"]
