"""What groups records: tags, and views that people save."""

from django.contrib.postgres.fields import ArrayField
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


class SavedView(models.Model):
    """A filter with columns and an order, under a name: a tab above the table of one kind of record.

    Everybody looks at it with their own eyes: it holds no records, and whoever opens it sees what they may see.
    """

    class Shared(models.TextChoices):
        PRIVATE = "private"
        # Members who are in one of the owner's teams.
        TEAMS = "teams"
        EVERYONE = "everyone"

    # The word of the record: contact, company, deal, task.
    object = models.CharField(max_length=10)
    name = models.CharField(max_length=60)
    # As crm.filters.grammar has it; null admits everything.
    filter = models.JSONField(null=True, blank=True)
    columns = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    sort = models.CharField(max_length=61, blank=True)
    shared = models.CharField(max_length=8, choices=Shared, default=Shared.PRIVATE)
    is_pinned = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)
    owner = models.ForeignKey("roles.Member", on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint("owner", "object", Lower("name"), name="saved_view_name_unique")
        ]

    def __str__(self) -> str:
        return f"{self.object}: {self.name}"


class DefaultView(models.Model):
    """The view with which a member's table of one kind of record begins."""

    member = models.ForeignKey("roles.Member", on_delete=models.CASCADE, related_name="+", db_index=False)
    object = models.CharField(max_length=10)
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "object"], name="default_view_unique")]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.view_id}"
