"""What every CRM row has: an owner, a team, a version and its times."""

from django.db import models


class Record(models.Model):
    """A CRM row that record access filters: own by owner, team by team."""

    owner = models.ForeignKey(
        "roles.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    # The owner's team at the time of assignment; kept by the mutations that assign or move members.
    team = models.ForeignKey(
        "roles.Team", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class Follower(Record):
    """A row that stands on a record, with that record's owner and team (see ``crm.records.followers``)."""

    # The word of that record ("contact"), and the name of the foreign key that leads to it.
    subject = models.CharField(max_length=10)

    class Meta:
        abstract = True


def visibility_indexes(name: str, *order: str) -> list[models.Index]:
    """Three partial indexes so that all, team and own are each one index range in the given order."""
    live = models.Q(archived_at__isnull=True)
    return [
        models.Index(fields=[*order], name=f"{name}_all", condition=live),
        models.Index(fields=["team", *order], name=f"{name}_team", condition=live),
        models.Index(fields=["owner", *order], name=f"{name}_own", condition=live),
    ]


def order_indexes(name: str, **orders: str) -> list[models.Index]:
    """One partial index for each further order that lists are read in: a team's or a member's own are picked along it,
    or are so few that they are sorted. ``orders``: the index's word and the column, "-" if the last comes first."""
    return [
        models.Index(
            fields=[column, "-id" if column.startswith("-") else "id"],
            name=f"{name}_{word}",
            condition=models.Q(archived_at__isnull=True),
        )
        for word, column in orders.items()
    ]


def bin_index(name: str) -> models.Index:
    """What the bin is read by, the last thrown away first; rows outside it cost nothing."""
    return models.Index(
        fields=["-archived_at", "-id"], name=f"{name}_bin", condition=models.Q(archived_at__isnull=False)
    )
