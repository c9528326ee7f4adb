"""Automations, their published versions, what they did, and rules by which work is given out."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

OBJECTS = ("contact", "company", "deal", "task")


class Automation(models.Model):
    """A trigger and steps. ``draft`` is what the builder shows; runs follow a published version."""

    name = models.CharField(max_length=120, unique=True)
    description = models.CharField(max_length=400, blank=True)
    draft = models.JSONField()
    #: Whether the published version's trigger is listened to.
    is_on = models.BooleanField(default=False)
    current = models.ForeignKey(
        "AutomationVersion",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    #: Whether the draft differs from what is published.
    is_changed = models.BooleanField(default=True)
    #: The last part of the address at which an incoming webhook starts it; empty without such a trigger.
    token = models.CharField(max_length=64, blank=True)
    #: What the change log held when it was turned on: older changes do not start it, however late they are looked at.
    heard_after = models.BigIntegerField(default=0)
    #: The last day whose records a date trigger has taken.
    reached_on = models.DateField(null=True, blank=True)
    #: How many runs it has begun, and when the last one.
    started = models.PositiveIntegerField(default=0)
    last_started_at = models.DateTimeField(null=True, blank=True)
    #: Why runs could not begin the last time; empty when they could.
    trouble = models.CharField(max_length=400, blank=True)
    created_by = models.ForeignKey(
        "roles.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["token"], name="automation_token_unique", condition=~Q(token=""))
        ]

    def __str__(self) -> str:
        return self.name


class AutomationVersion(models.Model):
    """A definition as it was published; never changed, as runs of months ago follow it."""

    automation = models.ForeignKey(Automation, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    published_at = models.DateTimeField(db_default=Now())
    published_by = models.ForeignKey(
        "roles.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["automation", "number"], name="automation_version_unique")
        ]

    def __str__(self) -> str:
        return f"{self.automation_id} v{self.number}"


class AutomationRun(models.Model):
    """One record that went through an automation; the run itself has the timeline."""

    automation = models.ForeignKey(Automation, on_delete=models.CASCADE, related_name="runs", db_index=False)
    number = models.PositiveIntegerField()
    #: Nothing for one that did not begin, as automations had set each other off.
    run_id = models.BigIntegerField(unique=True, null=True, blank=True)
    object = models.CharField(max_length=10)
    record_id = models.BigIntegerField()
    record_name = models.CharField(max_length=200, blank=True)
    #: The automations whose changes led here, the latest last: what ends a loop.
    chain = models.JSONField(default=list)
    #: Whether it may be waiting for the record to change.
    waits = models.BooleanField(default=False)
    started_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["automation", "-id"], name="automation_run_recent"),
            models.Index(fields=["object", "record_id"], name="automation_run_of_record"),
        ]

    def __str__(self) -> str:
        return f"{self.automation_id} for {self.object} {self.record_id}"


class RoutingRule(models.Model):
    """How work is given out among members."""

    class Kind(models.TextChoices):
        ROUND_ROBIN = "round_robin"
        WEIGHTED = "weighted"

    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=12, choices=Kind)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class RoutingSeat(models.Model):
    """A member's place in a rule: their share, and how much they were given."""

    rule = models.ForeignKey(RoutingRule, on_delete=models.CASCADE, related_name="seats")
    member = models.ForeignKey("roles.Member", on_delete=models.CASCADE, related_name="+", db_index=False)
    weight = models.PositiveSmallIntegerField(default=1)
    given = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "member"], name="routing_seat_unique"),
            models.CheckConstraint(condition=Q(weight__gte=1), name="routing_weight_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.rule_id}"


class SigningSecret(models.Model):
    """Which of the tenant's secrets signs calls to other programs, and how long the former one does, too; one row.

    The secrets themselves are made from the number (``signing``); without a row it is the first.
    """

    number = models.PositiveIntegerField(default=1)
    renewed_at = models.DateTimeField(db_default=Now())
    former_until = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.number)


class ScanPosition(models.Model):
    """Up to where the tenant's changes have started runs, as a snapshot; one row.

    Many changes are taken in parts: ``upto`` is where their last one lies, ``after_id`` the last that was taken.
    """

    snapshot = models.TextField()
    at = models.DateTimeField()
    upto = models.TextField(blank=True)
    after_id = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.snapshot
