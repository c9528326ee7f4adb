"""Fields that a firm adds to its records. The values lie in ``custom_values`` of the record, by the field's key."""

from django.db import models
from django.db.models.functions import Lower


class CustomField(models.Model):
    """A field of one kind of record. The key never changes, the type only while no record has a value."""

    class Type(models.TextChoices):
        TEXT = "text"
        LONG_TEXT = "long_text"
        NUMBER = "number"
        CURRENCY = "currency"
        DATE = "date"
        DATETIME = "datetime"
        YES_NO = "yes_no"
        CHOICE = "choice"
        CHOICES = "choices"
        URL = "url"
        EMAIL = "email"
        PHONE = "phone"
        MEMBER = "member"

    # The word of the record: contact, company, deal, task.
    object = models.CharField(max_length=10)
    key = models.CharField(max_length=40)
    label = models.CharField(max_length=60)
    type = models.CharField(max_length=9, choices=Type)
    # What amounts of money are in.
    currency = models.CharField(max_length=3, blank=True)
    required = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    # Retired: no form offers it any more, the values stay.
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["object", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["object", "key"], name="custom_field_key_unique"),
            models.UniqueConstraint("object", Lower("label"), name="custom_field_label_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.object}: {self.label}"


class CustomFieldOption(models.Model):
    """Something to choose in a field of choices. Records hold the key, so that a new label reaches them all."""

    field = models.ForeignKey(CustomField, on_delete=models.CASCADE, related_name="options", db_index=False)
    key = models.CharField(max_length=40)
    label = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["field", "key"], name="custom_field_option_key_unique"),
            models.UniqueConstraint("field", Lower("label"), name="custom_field_option_label_unique"),
        ]

    def __str__(self) -> str:
        return self.label
