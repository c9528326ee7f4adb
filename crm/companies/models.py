"""Firms that contacts belong to."""

from django.db import models
from django.db.models.functions import Lower

from crm.records.custom import HasCustomFields, custom_index
from crm.records.models import Record, bin_index, order_indexes, visibility_indexes


class Company(HasCustomFields, Record):
    """A firm; its domain, when known, is unique among those not in the bin."""

    #: What automations may ask for before and after a change, beyond what the log can match.
    keeps_changes_of = frozenset(("custom", "name", "domain", "city", "industry", "notes"))

    name = models.CharField(max_length=160)
    domain = models.CharField(max_length=253, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    city = models.CharField(max_length=80, blank=True)
    industry = models.CharField(max_length=80, blank=True)
    notes = models.TextField(blank=True)
    # Kept by triggers (contacts/migrations/parts.sql, deals/migrations/company_value.sql); the bin is left out.
    contact_count = models.PositiveIntegerField(default=0, db_default=0)
    open_deal_count = models.PositiveIntegerField(default=0, db_default=0)
    # By currency: {"USD": "12500.00"}.
    open_deal_value = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))

    class Meta:
        verbose_name_plural = "companies"
        constraints = [
            models.UniqueConstraint(
                Lower("domain"),
                condition=models.Q(archived_at__isnull=True) & ~models.Q(domain=""),
                name="company_domain_unique",
            )
        ]
        indexes = [
            *visibility_indexes("company", "name", "id"),
            *order_indexes("company", added="-created_at", changed="-updated_at"),
            custom_index("company_custom"),
            bin_index("company"),
        ]

    def __str__(self) -> str:
        return self.name
