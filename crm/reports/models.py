"""What reports are read from, and what members are to reach."""

from django.db import models


class DailyTotal(models.Model):
    """How much of one kind happened on a day (by the firm's clock), by owner and team.

    Written by triggers alone, in the transaction of what happened (migrations/totals.sql), so that a report reads
    a few rows a day however many records there are. What ``detail`` and ``sum`` mean depends on the metric. The
    ids have no foreign keys: a row leaves with the last record that it counts, except "deal" and "move", which
    tell what happened and stay.
    """

    class Metric(models.TextChoices):
        CONTACT = "contact"  # made on the day; detail: their source
        DEAL = "deal"  # made on the day; detail: the stage that they began in
        MOVE = "move"  # left a stage; detail: "from>to"; sum: seconds in the stage that they left
        WON = "won"  # closed on the day
        LOST = "lost"  # closed on the day; detail: the reason's id
        OPEN = "open"  # expected to close in the month that begins on the day; detail: the stage's id
        TASK = "task"  # done on the day, by whoever did it
        NOTE = "note"  # this and the following: activities, by whoever did them
        CALL = "call"
        TEXT = "text"
        EMAIL = "email"
        MEETING = "meeting"

    metric = models.CharField(max_length=8, choices=Metric)
    day = models.DateField()
    owner_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(null=True)
    pipeline_id = models.BigIntegerField(null=True)
    detail = models.CharField(max_length=60)
    currency = models.CharField(max_length=3)
    count = models.IntegerField()
    sum = models.DecimalField(max_digits=20, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["metric", "day", "owner_id", "team_id", "pipeline_id", "detail", "currency"],
                name="daily_total_unique",
                nulls_distinct=False,
            )
        ]
        indexes = [
            models.Index(fields=["owner_id", "metric", "day"], name="daily_total_own"),
            models.Index(fields=["team_id", "metric", "day"], name="daily_total_team"),
            models.Index(fields=["id"], name="daily_total_spent", condition=models.Q(count=0)),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.metric}: {self.count}"


class Goal(models.Model):
    """What a member, a team or the whole firm is to reach in every period; how far they are is in the totals."""

    class Metric(models.TextChoices):
        AMOUNT_WON = "amount_won"
        DEALS_WON = "deals_won"
        CALLS = "calls"
        ACTIVITIES = "activities"
        TASKS_DONE = "tasks_done"

    class Period(models.TextChoices):
        MONTH = "month"
        QUARTER = "quarter"
        YEAR = "year"

    owner = models.ForeignKey(
        "roles.Member", on_delete=models.CASCADE, null=True, blank=True, related_name="goals"
    )
    team = models.ForeignKey(
        "roles.Team", on_delete=models.CASCADE, null=True, blank=True, related_name="goals"
    )
    metric = models.CharField(max_length=10, choices=Metric)
    period = models.CharField(max_length=7, choices=Period)
    target = models.DecimalField(max_digits=14, decimal_places=2)
    # Of an amount; empty for what is counted.
    currency = models.CharField(max_length=3, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "team", "metric", "period", "currency"],
                name="goal_unique",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(owner__isnull=True) | models.Q(team__isnull=True),
                name="goal_of_one_owner",
            ),
            models.CheckConstraint(condition=models.Q(target__gt=0), name="goal_target_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.metric} a {self.period}: {self.target}"
