"""The due index: what has to be done at which time, over all tenants, in the public schema."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Heartbeat(models.Model):
    """When each kind of driver last looked for due work, whichever process it was."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.at}"


class Due(models.Model):
    """One thing to do: a kind of work and the number of what it is about. It carries no other data.

    A worker that takes it writes its token and a lease; what it does counts only while the token is still there.
    """

    class State(models.IntegerChoices):
        WAITING = 0
        LEASED = 1
        FAILED = 2

    kind = models.CharField(max_length=60)
    ref = models.BigIntegerField()
    tenant = models.CharField(max_length=63)
    due_at = models.DateTimeField(db_default=Now())
    state = models.SmallIntegerField(choices=State, db_default=State.WAITING)
    token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(db_default=0)
    error = models.CharField(max_length=400, db_default="")
    #: 0 urgent, 1 normal, 2 bulk: a lane's backlog does not keep the ones before it waiting.
    lane = models.SmallIntegerField(db_default=1)

    class Meta:
        verbose_name_plural = "due"
        constraints = [models.UniqueConstraint(fields=["tenant", "kind", "ref"], name="due_unique")]
        indexes = [
            models.Index(fields=["lane", "due_at"], name="due_waiting", condition=Q(state=0)),
            models.Index(fields=["lane", "tenant", "due_at"], name="due_by_tenant", condition=Q(state=0)),
            models.Index(fields=["lease_until"], name="due_leased", condition=Q(state=1)),
            models.Index(fields=["tenant"], name="due_failed", condition=Q(state=2)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref} of {self.tenant}"


class StuckRun(models.Model):
    """A run that failed or is blocked, whichever tenant's: it needs somebody (workflows.stuck)."""

    tenant = models.CharField(max_length=63)
    run_id = models.BigIntegerField()
    workflow = models.CharField(max_length=80)
    status = models.CharField(max_length=10)
    detail = models.CharField(max_length=400, db_default="")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "run_id"], name="stuck_run_unique")]
        indexes = [
            models.Index(fields=["-at", "-id"], name="stuck_run_recent"),
            models.Index(fields=["workflow", "-at", "-id"], name="stuck_run_by_workflow"),
        ]

    def __str__(self) -> str:
        return f"{self.workflow} {self.run_id} of {self.tenant}"
