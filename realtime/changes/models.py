"""The change log's table and the relay's bookkeeping, all in the public schema."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Change(models.Model):
    """One row of the log; written by the trigger alone. ``log.sql`` makes the table."""

    id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    schema = models.TextField()
    table = models.TextField()
    op = models.CharField(max_length=1)
    pk_value = models.JSONField(null=True, db_column="pk")
    columns = ArrayField(models.TextField())
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    request_id = models.TextField(null=True)  # noqa: DJ001  (the trigger's: what the session does not say)
    actor = models.TextField(null=True)  # noqa: DJ001  (the trigger's: what the session does not say)

    class Meta:
        managed = False
        db_table = "changes_change"

    def __str__(self) -> str:
        return f"{self.op} {self.schema}.{self.table} {self.pk_value}"


class Relay(models.Model):
    """The one row that says where the relay is: the tick that it stored last, and when it last lived."""

    epoch = models.CharField(max_length=120, default="")
    # Raised by hand to make every subscriber start again.
    generation = models.BigIntegerField(default=1)
    number = models.BigIntegerField(default=0)
    snapshot = models.TextField(default="")
    # The newest transaction whose rows have left the log.
    trimmed = models.BigIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True)
    leader = models.CharField(max_length=120, default="")

    def __str__(self) -> str:
        return f"{self.epoch} tick {self.number}"


class RelaySchema(models.Model):
    """The last tick that concerned a schema: its place in the schema's own sequence, and its number."""

    schema = models.CharField(max_length=63, primary_key=True)
    sequence = models.BigIntegerField()
    number = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.schema} {self.sequence}"
