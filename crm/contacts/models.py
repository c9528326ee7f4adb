"""People being tracked."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from crm.contacts.point_models import Address, ContactCompany, EmailAddress, PhoneNumber
from crm.contacts.relation_models import Consent, Relationship
from crm.records.custom import HasCustomFields, custom_index
from crm.records.models import Record, bin_index, visibility_indexes

__all__ = [
    "Address", "Consent", "Contact", "ContactCompany", "ContactStage", "EmailAddress", "LeadSource",
    "PhoneNumber", "Relationship",
]  # fmt: skip


class ContactStage(models.Model):
    """A step of the relationship, from new to past client."""

    name = models.CharField(max_length=60, unique=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class LeadSource(models.Model):
    """Where contacts come from: what forms offer. A contact keeps the name itself (decisions/0014)."""

    name = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(Lower("name"), name="lead_source_name_unique")]

    def __str__(self) -> str:
        return self.name


def _next_task_indexes() -> list[models.Index]:
    """Contacts with a task that is due some time, the next one first; the others take no room."""
    return [
        models.Index(
            fields=[*whose, "next_task_due_at", "id"],
            name=f"contact_task_{reach}",
            condition=models.Q(archived_at__isnull=True, next_task_due_at__isnull=False),
        )
        for reach, whose in (("all", ()), ("team", ("team",)), ("own", ("owner",)))
    ]


class Contact(HasCustomFields, Record):
    """A person being tracked. ``full_name``, ``company_name`` and ``tags`` are kept by the mutations.

    ``email``, ``phone`` and ``company`` are the primary ones of several (``point_models``).
    """

    #: What automations may ask for before and after a change, beyond what the log can match.
    keeps_changes_of = frozenset(
        (
            "custom",
            "full_name",
            "first_name",
            "last_name",
            "email",
            "job_title",
            "background",
            "price",
            "tags",
        )
    )

    class TimeFrame(models.TextChoices):
        NOW = "now"
        MONTHS_3 = "3_months"
        MONTHS_6 = "6_months"
        MONTHS_12 = "12_months"
        LATER = "later"

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
    # What they want to spend, and when.
    price = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    time_frame = models.CharField(max_length=10, choices=TimeFrame, blank=True, default="", db_default="")
    # Their id in the system that they came from.
    external_id = models.CharField(max_length=120, blank=True, default="", db_default="")
    tags = ArrayField(models.CharField(max_length=40), blank=True, default=list, db_default=[])
    # When somebody took them out of the pool of contacts that nobody owns.
    claimed_at = models.DateTimeField(null=True, blank=True)
    last_activity_at = models.DateTimeField()
    # The next open task, with whose it is: who may not see that task does not see it here. Kept by a trigger of
    # tasks (crm/tasks/migrations/next_task.sql).
    next_task = models.CharField(max_length=200, blank=True, default="", db_default="")
    next_task_due_at = models.DateTimeField(null=True, blank=True)
    next_task_owner_id = models.BigIntegerField(null=True, blank=True)
    next_task_team_id = models.BigIntegerField(null=True, blank=True)
    # The open deals whose first contact this is, and what they are worth if all are in one currency. Kept by a
    # trigger of deals (crm/deals/migrations/parties.sql).
    open_deal_count = models.PositiveIntegerField(default=0, db_default=0)
    open_deal_value = models.DecimalField(max_digits=20, decimal_places=2, null=True, blank=True)
    open_deal_currency = models.CharField(max_length=3, blank=True, default="", db_default="")

    class Meta:
        indexes = [
            *visibility_indexes("contact", "-last_activity_at", "-id"),
            custom_index("contact_custom"),
            *visibility_indexes("contact_name", "full_name", "id"),
            *_next_task_indexes(),
            # Addresses are kept in lower case.
            models.Index(fields=["email"], name="contact_by_email", condition=~models.Q(email="")),
            # The newest first, and what changed since an integration last asked.
            models.Index(
                fields=["-created_at", "-id"],
                name="contact_added",
                condition=models.Q(archived_at__isnull=True),
            ),
            models.Index(
                fields=["updated_at"], name="contact_changed", condition=models.Q(archived_at__isnull=True)
            ),
            models.Index(fields=["phone_e164"], name="contact_by_phone", condition=~models.Q(phone_e164="")),
            GinIndex(fields=["tags"], name="contact_by_tag"),
            models.Index(
                fields=["team", "-created_at", "-id"],
                name="contact_pool",
                condition=models.Q(owner__isnull=True, archived_at__isnull=True),
            ),
            bin_index("contact"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                name="contact_external_id_unique",
                condition=models.Q(archived_at__isnull=True) & ~models.Q(external_id=""),
            )
        ]

    def __str__(self) -> str:
        # Not by an address or a number: they may be hidden from whoever reads this.
        return self.full_name or str(_("No name"))
