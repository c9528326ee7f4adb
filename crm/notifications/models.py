"""What members are told: each row is one member's own, whatever their role sees."""

from django.db import models


class Notification(models.Model):
    """Something that a member should know. ``title`` names the record that it is about, ``link`` leads there."""

    class Kind(models.TextChoices):
        MENTION = "mention"
        ASSIGNED = "assigned"
        REMINDER = "reminder"
        AUTOMATION = "automation"
        TROUBLE = "trouble"
        MAIL = "mail"

    member = models.ForeignKey(
        "roles.Member", on_delete=models.CASCADE, related_name="notifications", db_index=False
    )
    kind = models.CharField(max_length=10, choices=Kind)
    title = models.CharField(max_length=200, blank=True)
    link = models.CharField(max_length=200)
    actor = models.ForeignKey(
        "roles.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["member", "-id"], name="notification_own"),
            models.Index(
                fields=["member", "-id"],
                name="notification_unread",
                condition=models.Q(read_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.title}"


class NotificationPreference(models.Model):
    """Whether a member is told by email, too; no row means the default of the kind."""

    member = models.ForeignKey("roles.Member", on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=Notification.Kind)
    by_email = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "kind"], name="notification_preference_unique")
        ]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.kind}"
