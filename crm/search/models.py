"""What records are found by. The database keeps both tables by triggers on the records' (migrations/following.sql)."""

from django.contrib.postgres.search import SearchVectorField
from django.db import models


class SearchKey(models.Model):
    """One way to begin to write a name, an address or a number (migrations/keys.sql makes the table)."""

    pk = models.CompositePrimaryKey("source", "key", "object_id")
    source = models.SmallIntegerField()
    object_id = models.BigIntegerField()
    owner_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(null=True)
    key = models.TextField(db_collation="C")

    class Meta:
        managed = False
        db_table = "search_key"

    def __str__(self) -> str:
        return f"{self.source} {self.key} {self.object_id}"


class SearchText(models.Model):
    """The words of an activity's body."""

    source = models.SmallIntegerField()
    object_id = models.BigIntegerField(primary_key=True)
    owner_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    vector = SearchVectorField()

    class Meta:
        managed = False
        db_table = "search_text"

    def __str__(self) -> str:
        return f"{self.source} {self.object_id}"


class SearchAbout(models.Model):
    """The words of a contact's background, tags or custom fields (migrations/about.sql makes the table)."""

    pk = models.CompositePrimaryKey("object_id", "source")
    source = models.SmallIntegerField()
    object_id = models.BigIntegerField()
    owner_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(null=True)
    vector = SearchVectorField()

    class Meta:
        managed = False
        db_table = "search_about"

    def __str__(self) -> str:
        return f"{self.source} {self.object_id}"
