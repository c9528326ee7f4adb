"""Members' to-dos."""

from django.db import models

from crm.records.custom import HasCustomFields, custom_index
from crm.records.models import Record, bin_index, order_indexes
from workflows.subjects import cancel_runs_of


def _list_indexes() -> list[models.Index]:
    """Open tasks by when they are due and done ones by when they were done: one index range each, for all,
    team and own, so that years of finished work cost the open ones nothing."""
    states = (("open", ("due_at", "id"), True), ("done", ("-done_at", "-id"), False))
    return [
        models.Index(
            fields=[*whose, *order],
            name=f"task_{state}_{reach}",
            condition=models.Q(archived_at__isnull=True, done_at__isnull=is_open),
        )
        for state, order, is_open in states
        for reach, whose in (("all", ()), ("team", ("team",)), ("own", ("owner",)))
    ]


class Task(HasCustomFields, Record):
    """A to-do; its owner is the member who is to do it.

    From ``due_at`` on it is overdue. A task with a date and no time has ``due_date`` too, and ``due_at`` is the
    end of that day where its owner lives. The database keeps the contact's next task (migrations/0002).
    """

    #: What automations may ask for before and after a change, beyond what the log can match.
    keeps_changes_of = frozenset(("custom", "title"))

    class Kind(models.TextChoices):
        TODO = "todo"
        CALL = "call"
        EMAIL = "email"
        TEXT = "text"
        MEETING = "meeting"
        FOLLOW_UP = "followup"

    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.TODO)
    due_at = models.DateTimeField(null=True, blank=True)
    due_date = models.DateField(null=True, blank=True)
    # The next reminder that is still to come.
    remind_at = models.DateTimeField(null=True, blank=True)
    # How it comes again (see recurrence.py), and the task whose completion made this one: at most one.
    recurrence = models.JSONField(null=True, blank=True)
    follows = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="followed_by"
    )
    contact = models.ForeignKey(
        "contacts.Contact", on_delete=models.CASCADE, null=True, blank=True, related_name="tasks"
    )
    deal = models.ForeignKey(
        "deals.Deal", on_delete=models.CASCADE, null=True, blank=True, related_name="tasks"
    )
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        "roles.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        indexes = [
            *_list_indexes(),
            *order_indexes("task", added="-created_at", changed="-updated_at"),
            bin_index("task"),
            custom_index("task_custom"),
            models.Index(
                fields=["contact", "due_at", "id"],
                name="task_next_of_contact",
                condition=models.Q(archived_at__isnull=True, done_at__isnull=True, contact__isnull=False),
            ),
        ]
        constraints = [
            # Who did it is known only of what is done; the member may be gone since.
            models.CheckConstraint(
                condition=models.Q(done_at__isnull=False) | models.Q(done_by__isnull=True),
                name="task_done_by_only_when_done",
            ),
            models.CheckConstraint(
                condition=models.Q(due_date__isnull=True) | models.Q(due_at__isnull=False),
                name="task_date_has_its_end",
            ),
        ]
        triggers = [cancel_runs_of("task")]

    def __str__(self) -> str:
        return self.title


class TaskReminder(models.Model):
    """When a task's owner is reminded: some time before it is due, or at a time of its own."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="reminders")
    minutes_before = models.PositiveIntegerField(null=True, blank=True)
    # The moment; none for a task without a due date, or when it was over before it was set.
    remind_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["task", "minutes_before"], name="task_reminder_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.task_id}: {self.remind_at}"
