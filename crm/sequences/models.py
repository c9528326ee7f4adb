"""Sequences, their steps, the contacts that go through them, and what came of it."""

from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from crm.records.models import Follower
from workflows.subjects import cancel_runs_of


def working_days() -> list[int]:
    """Monday to Friday, from 0."""
    return [0, 1, 2, 3, 4]


class Sequence(models.Model):
    """A series of timed steps for contacts: when it may write, how fast, and what ends it."""

    class State(models.TextChoices):
        DRAFT = "draft"
        ACTIVE = "active"
        PAUSED = "paused"
        ARCHIVED = "archived"

    name = models.CharField(max_length=120, unique=True)
    description = models.CharField(max_length=400, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    stop_on_reply = models.BooleanField(default=True)
    #: Whoever comes to one of these stages, or has a deal that does, leaves the sequence.
    stop_on_contact_stages = ArrayField(models.BigIntegerField(), default=list, blank=True)
    stop_on_deal_stages = ArrayField(models.BigIntegerField(), default=list, blank=True)
    #: When emails may go out, on the contact's clock; days count from Monday = 0.
    opens_at = models.TimeField(default=time(9))
    closes_at = models.TimeField(default=time(17))
    days = ArrayField(models.PositiveSmallIntegerField(), default=working_days)
    #: The most emails a day, and the fewest seconds between two of them.
    daily_limit = models.PositiveIntegerField(default=200)
    pace_seconds = models.PositiveIntegerField(default=20)
    #: Who writes; empty: each contact's owner.
    sender = models.ForeignKey(
        "roles.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    created_by = models.ForeignKey(
        "roles.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=models.F("opens_at")), name="sequence_window_is_open"
            )
        ]

    def __str__(self) -> str:
        return self.name


class SequenceStep(models.Model):
    """One step. It keeps its id for life; a deleted one stays for the figures and for those who are in it."""

    class Kind(models.TextChoices):
        EMAIL = "email"
        TASK = "task"
        NOTE = "note"
        WAIT = "wait"

    sequence = models.ForeignKey(Sequence, on_delete=models.CASCADE, related_name="steps", db_index=False)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=5, choices=Kind)
    params = models.JSONField(default=dict)
    #: An email's text, where the step has none of its own.
    template = models.ForeignKey(
        "mail.MailTemplate", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=True
    )
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["sequence_id", "position", "id"]
        indexes = [models.Index(fields=["sequence", "position"], name="sequence_step_order")]

    def __str__(self) -> str:
        return f"{self.kind} {self.position}"


class Enrollment(Follower):
    """One contact's way through a sequence; seen with that contact. Its durable run does what is due."""

    class State(models.TextChoices):
        ACTIVE = "active"
        PAUSED = "paused"
        FINISHED = "finished"
        STOPPED = "stopped"

    class Origin(models.TextChoices):
        HAND = "hand"
        FILTER = "filter"
        AUTOMATION = "automation"

    class StopReason(models.TextChoices):
        REPLIED = "replied"
        UNSUBSCRIBED = "unsubscribed"
        STAGE = "stage"
        BINNED = "binned"
        BY_HAND = "by_hand"
        AUTOMATION = "automation"
        SEQUENCE = "sequence"

    LIVE = (State.ACTIVE, State.PAUSED)

    contact = models.ForeignKey(
        "contacts.Contact", on_delete=models.CASCADE, related_name="enrollments", db_index=False
    )
    sequence = models.ForeignKey(
        Sequence, on_delete=models.CASCADE, related_name="enrollments", db_index=False
    )
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    stop_reason = models.CharField(max_length=12, choices=StopReason, blank=True)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.HAND)
    #: Where it stands, and when that step is due; both empty before the first and after the last.
    step = models.ForeignKey(
        SequenceStep, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    next_at = models.DateTimeField(null=True, blank=True)
    #: The day whose share of emails the step's email has a place in.
    place_date = models.DateField(null=True, blank=True)
    #: Somebody let the step that it stands at be passed over.
    is_skipping = models.BooleanField(default=False)
    #: Its run waits for the sequence, or for itself, to be resumed.
    is_held = models.BooleanField(default=False)
    #: The contact's stage when it began: coming to another one is entering it.
    first_stage_id = models.BigIntegerField()
    run_id = models.BigIntegerField(unique=True, null=True)
    #: The run of the automation that enrolled the contact.
    origin_run_id = models.BigIntegerField(null=True, blank=True)
    enrolled_by = models.ForeignKey(
        "roles.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = [cancel_runs_of("enrollment")]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "sequence"],
                name="enrollment_one_active",
                condition=Q(finished_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(state__in=("active", "paused"), finished_at__isnull=True)
                | Q(state__in=("finished", "stopped"), finished_at__isnull=False),
                name="enrollment_is_over_or_not",
            ),
        ]
        indexes = [
            models.Index(fields=["sequence", "-id"], name="enrollment_all"),
            models.Index(fields=["sequence", "team", "-id"], name="enrollment_team"),
            models.Index(fields=["sequence", "owner", "-id"], name="enrollment_own"),
            models.Index(fields=["contact", "-id"], name="enrollment_of_contact"),
            models.Index(
                fields=["sequence", "id"], name="enrollment_live", condition=Q(finished_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} in {self.sequence_id}"


class Visit(models.Model):
    """An enrollment's stay at a step, and how it ended; no step is visited twice."""

    class State(models.TextChoices):
        HERE = "here"
        SENT = "sent"
        DONE = "done"
        SKIPPED = "skipped"
        STOPPED = "stopped"
        FAILED = "failed"

    enrollment = models.ForeignKey(
        Enrollment, on_delete=models.CASCADE, related_name="visits", db_index=False
    )
    step = models.ForeignKey(SequenceStep, on_delete=models.CASCADE, related_name="+", db_index=False)
    sequence = models.ForeignKey(Sequence, on_delete=models.CASCADE, related_name="+", db_index=False)
    state = models.CharField(max_length=7, choices=State, default=State.HERE)
    replied = models.BooleanField(default=False)
    #: Its mail was opened, and a link in it followed, as far as that is noted (``crm.mail.tracking``).
    opened = models.BooleanField(default=False, db_default=False)
    clicked = models.BooleanField(default=False, db_default=False)
    #: The mail that it sent.
    message_id = models.BigIntegerField(null=True, blank=True)
    #: Why it failed.
    note = models.CharField(max_length=200, blank=True)
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrollment", "step"], name="visit_once")]
        indexes = [
            models.Index(fields=["step"], name="visit_of_step"),
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id} at {self.step_id}"


class Figure(models.Model):
    """What came of a step, or (without one) of a sequence; kept by triggers (migrations/figures.sql).

    Several rows each, by the enrollment's number, so that runs that go on at once seldom wait for one another.
    """

    sequence_id = models.BigIntegerField()
    step_id = models.BigIntegerField(null=True)
    shard = models.PositiveSmallIntegerField()
    entered = models.BigIntegerField(default=0)
    here = models.BigIntegerField(default=0)
    sent = models.BigIntegerField(default=0)
    done = models.BigIntegerField(default=0)
    skipped = models.BigIntegerField(default=0)
    replied = models.BigIntegerField(default=0)
    stopped = models.BigIntegerField(default=0)
    failed = models.BigIntegerField(default=0)
    opened = models.BigIntegerField(default=0, db_default=0)
    clicked = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sequence_id", "step_id", "shard"], name="figure_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.sequence_id}/{self.step_id}"


class SendingDay(models.Model):
    """How many of a day's emails of a sequence are given away."""

    sequence = models.ForeignKey(Sequence, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    used = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sequence", "day"], name="sending_day_once")]

    def __str__(self) -> str:
        return f"{self.sequence_id} {self.day}: {self.used}"


class Intake(models.Model):
    """Contacts that a filter chose, enrolled in the background as the member who asked may see them."""

    sequence = models.ForeignKey(Sequence, on_delete=models.CASCADE, related_name="intakes", db_index=False)
    member = models.ForeignKey("roles.Member", on_delete=models.CASCADE, related_name="+", db_index=False)
    filter = models.JSONField()
    #: Whether contacts that went through the sequence before are enrolled once more.
    again = models.BooleanField(default=False)
    after_id = models.BigIntegerField(default=0)
    #: How many contacts the filter chose when it was asked for; nothing for more than are worth counting.
    expected = models.PositiveIntegerField(null=True, blank=True)
    found = models.PositiveIntegerField(default=0)
    enrolled = models.PositiveIntegerField(default=0)
    passed_over = models.PositiveIntegerField(default=0)
    run_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=400, blank=True)

    class Meta:
        indexes = [models.Index(fields=["sequence", "-id"], name="intake_recent")]

    def __str__(self) -> str:
        return f"{self.sequence_id}: {self.enrolled} of {self.found}"
