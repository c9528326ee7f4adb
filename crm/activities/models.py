"""What happened with a contact, a deal or a company: one row an entry of its timeline."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from crm.records.models import Follower, bin_index, visibility_indexes


class Activity(Follower):
    """One thing that happened. ``subject`` says which of its records it stands on; that record decides who sees it."""

    class Kind(models.TextChoices):
        NOTE = "note"
        CALL = "call"
        TEXT = "text"
        EMAIL = "email"
        MEETING = "meeting"
        SYSTEM = "system"

    class Direction(models.TextChoices):
        IN = "in"
        OUT = "out"

    kind = models.CharField(max_length=8, choices=Kind)
    contact = models.ForeignKey(
        "contacts.Contact", on_delete=models.CASCADE, null=True, blank=True, related_name="activities",
        db_index=False,
    )  # fmt: skip
    deal = models.ForeignKey(
        "deals.Deal", on_delete=models.CASCADE, null=True, blank=True, related_name="activities",
        db_index=False,
    )  # fmt: skip
    company = models.ForeignKey(
        "companies.Company", on_delete=models.CASCADE, null=True, blank=True, related_name="activities",
        db_index=False,
    )  # fmt: skip
    # Who wrote it or did it; nobody for what the product did by itself.
    actor = models.ForeignKey(
        "roles.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    direction = models.CharField(max_length=3, choices=Direction, blank=True)
    occurred_at = models.DateTimeField()
    # Kept in sight on top of the timeline since then.
    pinned_at = models.DateTimeField(null=True, blank=True)
    body = models.TextField(blank=True)
    # The mentioned members' names as the body has them: what is shown as a mention.
    mentioned = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    payload = models.JSONField(default=dict, blank=True)
    # Where it came from, and its id there.
    source = models.CharField(max_length=60, blank=True)
    external_id = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "activities"
        indexes = [
            bin_index("activity"),
            *visibility_indexes("activity", "-occurred_at", "-id"),
            *(
                models.Index(
                    fields=[subject, "-occurred_at", "-id"],
                    name=f"activity_of_{subject}",
                    condition=models.Q(**{f"{subject}__isnull": False}),
                )
                for subject in ("contact", "deal", "company")
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                name="activity_external_id_unique",
                condition=~models.Q(external_id=""),
            ),
            models.CheckConstraint(
                condition=models.Q(subject="contact", contact__isnull=False, deal__isnull=True)
                | models.Q(subject="deal", deal__isnull=False)
                | models.Q(subject="company", company__isnull=False, contact__isnull=True, deal__isnull=True),
                name="activity_stands_on_its_subject",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class CallDetail(models.Model):
    """How a call went."""

    class Outcome(models.TextChoices):
        CONNECTED = "connected"
        VOICEMAIL = "voicemail"
        NO_ANSWER = "no_answer"
        BUSY = "busy"
        WRONG_NUMBER = "wrong_number"

    activity = models.OneToOneField(Activity, on_delete=models.CASCADE, related_name="call")
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    seconds = models.PositiveIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.outcome} {self.seconds}"


class NoteMention(models.Model):
    """A member whom an activity's body names, and who may see it."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="mentions", db_index=False)
    member = models.ForeignKey("roles.Member", on_delete=models.CASCADE, related_name="mentions")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["activity", "member"], name="note_mention_unique")]

    def __str__(self) -> str:
        return f"{self.activity_id}: {self.member_id}"
