"""Money on the way."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from crm.records.custom import HasCustomFields, custom_index
from crm.records.models import Record, bin_index, order_indexes, visibility_indexes


def _board_indexes() -> list[models.Index]:
    """A column of the board is one index range for all, team and own."""
    live = models.Q(archived_at__isnull=True)
    return [
        models.Index(fields=["stage", *owned, "rank", "id"], name=f"deal_board_{name}", condition=live)
        for name, owned in (("all", []), ("team", ["team"]), ("own", ["owner"]))
    ]


class Pipeline(models.Model):
    """A path that deals take."""

    name = models.CharField(max_length=60, unique=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class Stage(models.Model):
    """A step of a pipeline."""

    class Kind(models.TextChoices):
        OPEN = "open"
        WON = "won"
        LOST = "lost"

    pipeline = models.ForeignKey(Pipeline, on_delete=models.CASCADE, related_name="stages")
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=4, choices=Kind, default=Kind.OPEN)
    probability = models.PositiveSmallIntegerField(default=0)
    position = models.PositiveSmallIntegerField(default=0)
    # Days in the stage after which a deal looks forgotten; none: never.
    rot_days = models.PositiveSmallIntegerField(null=True, blank=True)
    # Columns of a deal that must be filled in before it may enter.
    required_fields = ArrayField(models.CharField(max_length=30), default=list, blank=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["pipeline", "name"], name="stage_name_unique")]

    def __str__(self) -> str:
        return self.name


class LostReason(models.Model):
    """Why deals are lost, in the firm's words."""

    name = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["name"], name="lost_reason_name_unique")]

    def __str__(self) -> str:
        return self.name


class Deal(HasCustomFields, Record):
    """Money on the way, in one stage of one pipeline. ``status`` follows the stage's kind.

    ``contact`` is the first of several (``DealContact``). The database fills in an empty ``rank``, keeps ``rots_at``,
    the stages' roll-ups, and what a contact's open deals are worth (migrations/*.sql).
    """

    #: What automations may ask for before and after a change, beyond what the log can match.
    keeps_changes_of = frozenset(("custom", "title", "amount"))

    title = models.CharField(max_length=160)
    amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    currency = models.CharField(max_length=3, default="USD")
    # What the firm earns with it, in the same currency; members share it by their splits.
    commission = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    pipeline = models.ForeignKey(Pipeline, on_delete=models.PROTECT, related_name="deals")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="deals")
    status = models.CharField(max_length=4, choices=Stage.Kind, default=Stage.Kind.OPEN)
    contact = models.ForeignKey(
        "contacts.Contact", on_delete=models.SET_NULL, null=True, blank=True, related_name="deals"
    )
    company = models.ForeignKey(
        "companies.Company", on_delete=models.SET_NULL, null=True, blank=True, related_name="deals"
    )
    close_date = models.DateField(null=True, blank=True)
    stage_entered_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    lost_reason = models.ForeignKey(
        LostReason, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # The place on the board: text between those of the neighbours, compared byte by byte (see ranks.py).
    rank = models.TextField(default="", blank=True, db_collation="C")
    rots_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            bin_index("deal"),
            *visibility_indexes("deal", "-stage_entered_at", "-id"),
            *order_indexes(
                "deal",
                title="title",
                amount="-amount",
                closing="close_date",
                added="-created_at",
                changed="-updated_at",
            ),
            custom_index("deal_custom"),
            *_board_indexes(),
            models.Index(fields=["close_date"], name="deal_forecast", condition=models.Q(status="open")),
            models.Index(fields=["stage", "-stage_entered_at"], name="deal_by_stage"),
        ]

    def __str__(self) -> str:
        return self.title


class DealPart(models.Model):
    """Somebody with a part in a deal. ``owner_id`` and ``team_id`` are the deal's (``migrations/sight.sql``): a row of
    the change log says by itself who sees it. No foreign keys, as the row is nobody's own record.
    """

    owner_id = models.BigIntegerField(null=True, blank=True, editable=False)
    team_id = models.BigIntegerField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True


class DealContact(DealPart):
    """A person with a part in a deal. The primary one is ``deal.contact``; a trigger on deals keeps the two alike."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="parties", db_index=False)
    contact = models.ForeignKey("contacts.Contact", on_delete=models.CASCADE, related_name="deal_parts")
    role = models.CharField(max_length=60, blank=True, default="", db_default="")
    is_primary = models.BooleanField(default=False, db_default=False)
    # The contact's, as the deal's above.
    contact_owner_id = models.BigIntegerField(null=True, blank=True, editable=False)
    contact_team_id = models.BigIntegerField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["deal", "contact"], name="deal_contact_unique"),
            models.UniqueConstraint(
                fields=["deal"], name="deal_contact_primary", condition=models.Q(is_primary=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deal_id}: {self.contact_id}"


class DealMember(DealPart):
    """A colleague who works on a deal beside its owner, with a share of the commission."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="colleagues", db_index=False)
    member = models.ForeignKey("roles.Member", on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=60, blank=True)
    split = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["deal", "member"], name="deal_member_unique"),
            models.CheckConstraint(
                condition=models.Q(split__isnull=True) | models.Q(split__gte=0, split__lte=100),
                name="deal_member_split_is_per_cent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deal_id}: {self.member_id}"


class StageChange(models.Model):
    """A deal went from one stage to another. The names outlive the stages."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="stage_changes")
    from_stage = models.ForeignKey(Stage, on_delete=models.SET_NULL, null=True, related_name="+")
    to_stage = models.ForeignKey(Stage, on_delete=models.SET_NULL, null=True, related_name="+")
    from_name = models.CharField(max_length=60)
    to_name = models.CharField(max_length=60)
    at = models.DateTimeField()
    by = models.ForeignKey("roles.Member", on_delete=models.SET_NULL, null=True, related_name="+")
    # How long the deal had been in the stage that it left.
    seconds = models.PositiveBigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["deal", "-at", "-id"], name="stage_change_of_deal")]

    def __str__(self) -> str:
        return f"{self.deal_id}: {self.from_name} → {self.to_name}"


class StageRollup(models.Model):
    """How many deals a stage holds and what they are worth, by owner, team and currency; the bin is left out.

    Written by a trigger on deals alone, in the transaction of the change. The ids have no foreign keys: a row
    leaves with its last deal.
    """

    stage = models.ForeignKey(
        Stage, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="rollups"
    )
    owner_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    count = models.IntegerField()
    sum = models.DecimalField(max_digits=20, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "owner_id", "team_id", "currency"],
                name="stage_rollup_unique",
                nulls_distinct=False,
            )
        ]
        indexes = [models.Index(fields=["id"], name="stage_rollup_spent", condition=models.Q(count=0))]

    def __str__(self) -> str:
        return f"{self.stage_id}: {self.count}"
