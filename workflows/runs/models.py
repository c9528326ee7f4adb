"""Runs of workflows and their journals, in the tenant's schema: one commit changes a run and what its step wrote."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Run(models.Model):
    """One workflow, started once: what it was given, which code it follows, how far it is."""

    class Status(models.TextChoices):
        RUNNING = "running"
        WAITING = "waiting"
        PAUSED = "paused"
        CANCELLING = "cancelling"
        #: Code and journal part; looked at again when the code changes.
        BLOCKED = "blocked"
        COMPLETED = "completed"
        #: A dead letter: it stays as it is until somebody retries it.
        FAILED = "failed"
        CANCELLED = "cancelled"

    workflow = models.CharField(max_length=80)
    version = models.PositiveSmallIntegerField()
    code_hash = models.CharField(max_length=32)
    #: Unique among a workflow's live runs; empty for a run without one.
    key = models.CharField(max_length=200, db_default="")
    args = models.JSONField()
    status = models.CharField(max_length=10, choices=Status, db_default=Status.RUNNING)
    #: What somebody outside changed (cancel, pause, a deleted subject); a worker that read an older one stops.
    generation = models.IntegerField(db_default=0)
    #: How often it continued as new.
    round = models.IntegerField(db_default=0)
    #: Where it needs a place before it begins (``@workflow(limit=)``); empty for a run without a limit.
    gate = models.CharField(max_length=200, db_default="")
    subject = models.CharField(max_length=60, db_default="")
    subject_id = models.BigIntegerField(null=True)
    parent = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="children")
    #: What the workflow says about itself (``step.set_status``).
    note = models.CharField(max_length=200, db_default="")
    result = models.JSONField(null=True)
    error = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    #: The start of the current round.
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workflow", "key"],
                name="run_key_unique_while_live",
                condition=~Q(key="") & Q(finished_at=None),
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="run_recent"),
            models.Index(fields=["status", "-created_at", "-id"], name="run_by_status"),
            models.Index(fields=["workflow", "-created_at", "-id"], name="run_by_workflow"),
            models.Index(fields=["subject", "subject_id"], name="run_by_subject", condition=~Q(subject="")),
            models.Index(
                fields=["gate", "id"], name="run_by_gate", condition=~Q(gate="") & Q(finished_at=None)
            ),
            models.Index(fields=["finished_at"], name="run_age", condition=Q(finished_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.workflow} {self.pk}"


LIVE = (
    Run.Status.RUNNING,
    Run.Status.WAITING,
    Run.Status.PAUSED,
    Run.Status.CANCELLING,
    Run.Status.BLOCKED,
)
OVER = (Run.Status.COMPLETED, Run.Status.FAILED, Run.Status.CANCELLED)


class StepRun(models.Model):
    """One entry of a run's journal: a step that was reached, and what came of it."""

    class Kind(models.TextChoices):
        MUTATION = "mutation"
        QUERY = "query"
        ACTION = "action"
        SLEEP = "sleep"
        EVENT = "event"
        #: A child run that is waited for, and one that is not.
        CHILD = "child"
        SPAWN = "spawn"
        RACE = "race"
        PATCH = "patch"

    class Status(models.TextChoices):
        WAITING = "waiting"
        #: An action that has begun outside; nobody knows yet how it ends.
        STARTED = "started"
        DONE = "done"
        FAILED = "failed"
        #: In the branch of a race that lost.
        SKIPPED = "skipped"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="steps")
    #: The order in which steps were reached; ``finished_at`` tells that of their effects.
    seq = models.IntegerField()
    #: Where in the code: "3", or "3/1/0" for the first step in the second branch of the gather at 3.
    position = models.CharField(max_length=80)
    #: ``name#occurrence``: what people and idempotency keys call it.
    key = models.CharField(max_length=160)
    kind = models.CharField(max_length=8, choices=Kind)
    name = models.CharField(max_length=120)
    args = models.JSONField(null=True)
    args_hash = models.CharField(max_length=32)
    status = models.CharField(max_length=7, choices=Status)
    #: Starts of an action; failures of a mutation or query.
    attempts = models.SmallIntegerField(db_default=0)
    due_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    result = models.JSONField(null=True)
    error = models.JSONField(null=True)
    child_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="step_run_position_unique"),
            models.UniqueConstraint(fields=["run", "seq"], name="step_run_seq_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.key} of run {self.run_id}"


class Attempt(models.Model):
    """One try of a step that did not succeed: kept beside the step, which shows the latest only."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="attempts")
    position = models.CharField(max_length=80)
    number = models.SmallIntegerField()
    error = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["run", "position", "number"], name="attempt_by_step")]

    def __str__(self) -> str:
        return f"attempt {self.number} of {self.position}"


class RunEvent(models.Model):
    """A run's mailbox: events that were sent to it, in order, until an ``await_event`` takes them."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="events")
    name = models.CharField(max_length=80)
    payload = models.JSONField()
    dedupe = models.CharField(max_length=200, db_default="")
    created_at = models.DateTimeField(db_default=Now())
    taken_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "name", "dedupe"], name="run_event_once", condition=~Q(dedupe="")
            ),
        ]
        indexes = [
            models.Index(fields=["run", "name", "id"], name="run_event_open", condition=Q(taken_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.name} for run {self.run_id}"


class Schedule(models.Model):
    """A workflow that starts by the clock."""

    name = models.CharField(max_length=160, unique=True)
    workflow = models.CharField(max_length=80)
    args = models.JSONField()
    cron = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=63)
    next_at = models.DateTimeField()
    last_run_id = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.name}: {self.cron}"


class Place(models.Model):
    """A run that is under way at its gate; see ``workflows.places``. No foreign key: it would lock the run."""

    run_id = models.BigIntegerField(primary_key=True)
    gate = models.CharField(max_length=200, db_index=True)

    def __str__(self) -> str:
        return f"run {self.run_id} at {self.gate}"


class Slot(models.Model):
    """When something that may not be done too often is free again."""

    name = models.CharField(max_length=200, primary_key=True)
    next_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} from {self.next_at}"
