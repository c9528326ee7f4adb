"""What is known about a contact beyond its columns: related people, and what they agreed to."""

from django.db import models


class Relationship(models.Model):
    """Two contacts and what the second is to the first ("referrer"). One row, read from both ends.

    ``crm.contacts.kinships`` knows the words, their inverses, and which of the two ends is stored first.
    """

    contact = models.ForeignKey("contacts.Contact", on_delete=models.CASCADE, related_name="relationships")
    other = models.ForeignKey("contacts.Contact", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact", "other", "kind"], name="relationship_unique"),
            models.CheckConstraint(
                condition=~models.Q(contact=models.F("other")), name="relationship_of_two"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.other_id} is {self.kind} of {self.contact_id}"


class Consent(models.Model):
    """What a contact said about being written to or called. Rows are only added: the newest one counts."""

    class Channel(models.TextChoices):
        EMAIL = "email"
        PHONE = "phone"
        TEXT = "text"
        MAIL = "mail"

    class State(models.TextChoices):
        GRANTED = "granted"
        PENDING = "pending"
        WITHDRAWN = "withdrawn"

    contact = models.ForeignKey(
        "contacts.Contact", on_delete=models.CASCADE, related_name="consents", db_index=False
    )
    channel = models.CharField(max_length=8, choices=Channel)
    state = models.CharField(max_length=10, choices=State)
    # How one would show it to somebody who doubts it: "form of 3 May, from 198.51.100.7".
    proof = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey("roles.Member", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["contact", "channel", "-at", "-id"], name="consent_newest")]

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"
