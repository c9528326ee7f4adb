"""Forms that a firm puts on its web pages, and what people sent with them."""

from django.db import models
from django.db.models.functions import Now


class Form(models.Model):
    """What a form asks, and what becomes of whoever sends it."""

    name = models.CharField(max_length=120, unique=True)
    #: The last part of its address: the tenant's number, a dash, and what nobody guesses.
    token = models.CharField(max_length=64, unique=True)
    is_on = models.BooleanField(default=True)
    title = models.CharField(max_length=160, blank=True)
    intro = models.CharField(max_length=2000, blank=True)
    button = models.CharField(max_length=60, blank=True)
    #: What it asks, in order: key, label, help, required.
    fields = models.JSONField(default=list)
    #: What one ticks to be written to; nothing is asked without a text.
    consent_text = models.CharField(max_length=1000, blank=True)
    consent_required = models.BooleanField(default=False)
    thanks = models.CharField(max_length=2000, blank=True)
    #: Where the sender is led afterwards, in place of the thanks.
    redirect_url = models.CharField(max_length=500, blank=True)
    #: Origins of other sites that may show it or send to it.
    origins = models.JSONField(default=list)
    #: What new contacts get.
    source = models.CharField(max_length=60, blank=True)
    tags = models.JSONField(default=list)
    owner = models.ForeignKey(
        "roles.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class FormSubmission(models.Model):
    """One sending: what was written, as it came, and the contact that it led to. No address of the sender's is kept."""

    form = models.ForeignKey(Form, on_delete=models.CASCADE, related_name="submissions", db_index=False)
    contact = models.ForeignKey(
        "contacts.Contact", on_delete=models.SET_NULL, null=True, blank=True, related_name="form_submissions"
    )
    #: Whether the contact was not known before.
    is_new = models.BooleanField(default=False)
    values = models.JSONField()
    consented = models.BooleanField(default=False)
    #: The page on which it was sent, as far as the browser says.
    page = models.CharField(max_length=300, blank=True)
    #: Of the sender's key and the values: the same again is the same sending.
    digest = models.CharField(max_length=64, null=True, blank=True)  # noqa: DJ001  (unique where it is known)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["form", "-id"], name="form_submission_recent")]
        constraints = [
            models.UniqueConstraint(fields=["form", "digest"], name="form_submission_digest_unique")
        ]

    def __str__(self) -> str:
        return f"{self.form_id} at {self.at}"
