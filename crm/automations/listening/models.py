"""In the public schema: tenants that listen, and how far the log was looked through for all of them."""

from django.db import models


class Listener(models.Model):
    """A tenant with an automation that is on."""

    schema = models.CharField(max_length=63, primary_key=True)

    def __str__(self) -> str:
        return self.schema


class Watermark(models.Model):
    """The one row that says which changes were looked at, as a snapshot."""

    snapshot = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.snapshot
