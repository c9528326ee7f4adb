"""People being tracked."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Lower, Upper

from crm.records.models import Record, visibility_indexes


class ContactStage(models.Model):
    """A step of the relationship, from new to past client."""

    name = models.CharField(max_length=60, unique=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class Contact(Record):
    """A person being tracked. ``full_name`` and ``company_name`` are kept by the mutations."""

    first_name = models.CharField(max_length=80, blank=True)
    last_name = models.CharField(max_length=80, blank=True)
    full_name = models.CharField(max_length=161, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    # As written, and as E.164 ("+14155550123") for look-ups.
    phone = models.CharField(max_length=32, blank=True)
    phone_e164 = models.CharField(max_length=16, blank=True)
    job_title = models.CharField(max_length=120, blank=True)
    stage = models.ForeignKey(ContactStage, on_delete=models.PROTECT, related_name="contacts")
    source = models.CharField(max_length=60, blank=True)
    company = models.ForeignKey(
        "companies.Company", on_delete=models.SET_NULL, null=True, blank=True, related_name="contacts"
    )
    company_name = models.CharField(max_length=160, blank=True)
    background = models.TextField(blank=True)
    last_activity_at = models.DateTimeField()

    class Meta:
        indexes = [
            *visibility_indexes("contact", "-last_activity_at", "-id"),
            *visibility_indexes("contact_name", "full_name", "id"),
            models.Index(Lower("email"), name="contact_by_email", condition=~models.Q(email="")),
            models.Index(fields=["phone_e164"], name="contact_by_phone", condition=~models.Q(phone_e164="")),
            # Django's icontains is UPPER(column) LIKE UPPER(text).
            GinIndex(OpClass(Upper("full_name"), "gin_trgm_ops"), name="contact_name_trigram"),
            GinIndex(OpClass(Upper("email"), "gin_trgm_ops"), name="contact_email_trigram"),
            GinIndex(OpClass("phone_e164", "gin_trgm_ops"), name="contact_phone_trigram"),
        ]

    def __str__(self) -> str:
        return self.full_name
