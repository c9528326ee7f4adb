"""The call path's own tables, in the tenant's schema: what was done, and what must not be done twice."""

from django.db import models


class AuditEntry(models.Model):
    """One mutation that committed: which function, by whom, on what, with which changes."""

    function = models.CharField(max_length=80)
    actor_kind = models.CharField(max_length=12)
    actor_id = models.BigIntegerField(null=True)
    credential = models.CharField(max_length=60, blank=True)
    object = models.CharField(max_length=40, blank=True)
    object_id = models.BigIntegerField(null=True)
    changes = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_entry_recent"),
            models.Index(fields=["object", "object_id", "-at"], name="audit_entry_by_object"),
        ]

    def __str__(self) -> str:
        return f"{self.function} at {self.at:%Y-%m-%d %H:%M:%S}"


class IdempotencyRecord(models.Model):
    """The stored result of a mutation, by the key that its caller gave; kept for 24 hours."""

    actor = models.CharField(max_length=40)
    key = models.CharField(max_length=255)
    function = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    result = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="idempotency_record_unique")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_record_age")]

    def __str__(self) -> str:
        return f"{self.function} {self.key}"
