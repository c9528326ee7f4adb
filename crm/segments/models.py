"""What groups records: tags."""

from django.db import models
from django.db.models.functions import Lower


class Tag(models.Model):
    """A word that contacts carry. Its name is also kept in ``Contact.tags``, by the mutations that change either."""

    class Color(models.TextChoices):
        GRAY = "gray"
        RED = "red"
        ORANGE = "orange"
        YELLOW = "yellow"
        GREEN = "green"
        TEAL = "teal"
        BLUE = "blue"
        PURPLE = "purple"
        PINK = "pink"

    name = models.CharField(max_length=40)
    color = models.CharField(max_length=8, choices=Color, default=Color.GRAY)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="tag_name_unique")]

    def __str__(self) -> str:
        return self.name


class ContactTag(models.Model):
    """A tag on a contact."""

    # By name: contacts stand above this area. The unique constraint serves look-ups by contact.
    contact = models.ForeignKey(
        "contacts.Contact", on_delete=models.CASCADE, related_name="contact_tags", db_index=False
    )
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="contact_tags")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contact", "tag"], name="contact_tag_unique")]

    def __str__(self) -> str:
        return f"{self.tag_id} on {self.contact_id}"
