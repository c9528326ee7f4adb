"""Members' to-dos."""

from django.db import models

from crm.records.custom import HasCustomFields, custom_index
from crm.records.models import Record, visibility_indexes


class Task(HasCustomFields, Record):
    """A to-do; its owner is the member who is to do it."""

    class Kind(models.TextChoices):
        TODO = "todo"
        CALL = "call"
        EMAIL = "email"
        MEETING = "meeting"

    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.TODO)
    due_at = models.DateTimeField(null=True, blank=True)
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
        indexes = [*visibility_indexes("task", "due_at", "id"), custom_index("task_custom")]
        constraints = [
            # Who did it is known only of what is done; the member may be gone since.
            models.CheckConstraint(
                condition=models.Q(done_at__isnull=False) | models.Q(done_by__isnull=True),
                name="task_done_by_only_when_done",
            )
        ]

    def __str__(self) -> str:
        return self.title
