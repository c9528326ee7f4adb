"""Daily totals are what a fresh aggregate of the records would say, after any writes by any way."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crm.activities.models import Activity
from crm.contacts.models import Contact, ContactStage
from crm.deals.models import Deal, LostReason, Stage, StageChange
from crm.reports.models import DailyTotal
from crm.tasks.models import Task
from realtime.functions import FunctionError
from realtime.functions.call import call
from tests.cast import Cast

Write = Callable[[random.Random, Cast], None]
NOW = datetime(2030, 5, 14, 12, tzinfo=UTC)
#: Told when it happens, and never taken back.
HISTORY = ("deal", "move")


def kept() -> dict[Any, Any]:
    rows = DailyTotal.objects.exclude(metric__in=HISTORY).values_list(
        "metric", "day", "owner_id", "team_id", "pipeline_id", "detail", "currency", "count", "sum"
    )
    return {tuple(row[:7]): (row[7], row[8]) for row in rows}


def fresh(zone: str = "UTC") -> dict[Any, Any]:
    """What the records come to, on the days of a firm in the zone."""
    clock = ZoneInfo(zone)
    counts: Counter[Any] = Counter()
    sums: dict[Any, Decimal] = {}

    def note(key: Any, amount: Decimal = Decimal(0)) -> None:
        counts[key] += 1
        sums[key] = sums.get(key, Decimal(0)) + amount

    for contact in Contact.objects.filter(archived_at=None):
        note(
            (
                "contact",
                contact.created_at.astimezone(clock).date(),
                contact.owner_id,
                contact.team_id,
                None,
                contact.source,
                "",
            )
        )
    for deal in Deal.objects.filter(archived_at=None):
        day, detail = (
            deal.closed_at and deal.closed_at.astimezone(clock).date(),
            str(deal.lost_reason_id or ""),
        )
        if deal.status == "open":
            day, detail = deal.close_date and deal.close_date.replace(day=1), str(deal.stage_id)
        if day is not None:
            key = (deal.status, day, deal.owner_id, deal.team_id, deal.pipeline_id, detail, deal.currency)
            note(key, deal.amount)
    for task in Task.objects.filter(archived_at=None, done_at__isnull=False):
        day = task.done_at.astimezone(clock).date()
        note(("task", day, task.done_by_id or task.owner_id, task.team_id, None, "", ""))
    for each in Activity.objects.filter(archived_at=None).exclude(kind="system"):
        day = each.occurred_at.astimezone(clock).date()
        note((each.kind, day, each.actor_id, each.team_id, None, "", ""))
    return {key: (count, sums[key]) for key, count in counts.items()}


def owner(dice: random.Random, cast: Cast) -> dict[str, Any]:
    return dice.choice(
        [
            {"owner_id": None, "team_id": None},
            {"owner_id": cast.alice.member_id, "team_id": cast.teams["North"]},
            {"owner_id": cast.bob.member_id, "team_id": cast.teams["South"]},
        ]
    )


def moment(dice: random.Random) -> datetime:
    return NOW - timedelta(hours=dice.randrange(24 * 50))


def bulk_create(dice: random.Random, cast: Cast) -> None:
    stage, sources = ContactStage.objects.all()[0], ("", "Fair", "Website")
    people = Contact.objects.bulk_create(
        Contact(
            stage=stage, source=dice.choice(sources), last_activity_at=NOW, **owner(dice, cast),
            archived_at=dice.choice([None, None, NOW]),
        )
        for _ in range(dice.randrange(1, 8))
    )  # fmt: skip
    stages = list(Stage.objects.all())
    for person in people:
        found = dice.choice(stages)
        Deal.objects.create(
            title="X", amount=dice.randrange(900), currency=dice.choice(["USD", "EUR"]), stage=found,
            pipeline_id=found.pipeline_id, status=found.kind, stage_entered_at=NOW, contact=person,
            closed_at=None if found.kind == "open" else moment(dice),
            close_date=dice.choice([None, moment(dice).date()]), **owner(dice, cast),
        )  # fmt: skip
    Task.objects.bulk_create(
        Task(title="T", done_at=dice.choice([None, moment(dice)]), contact=person, **owner(dice, cast))
        for person in people
    )
    Activity.objects.bulk_create(
        Activity(
            kind=dice.choice(Activity.Kind.values), subject="contact", contact=person, occurred_at=moment(dice),
            actor_id=dice.choice([None, cast.alice.member_id, cast.bob.member_id]), **owner(dice, cast),
        )
        for person in people
    )  # fmt: skip


def some(dice: random.Random, model: Any) -> Any:
    ids = list(model.objects.values_list("id", flat=True))
    return model.objects.filter(pk__in=dice.sample(ids, dice.randrange(len(ids) + 1)))


def mutation(name: str, argument: str, model: Any, **more: Any) -> Write:
    def write(dice: random.Random, cast: Cast) -> None:
        ids = list(model.objects.values_list("id", flat=True))
        given = {key: value(dice, cast) if callable(value) else value for key, value in more.items()}
        try:
            call(name, cast.olivia.context(), {argument: dice.choice(ids or [999_999]), **given})
        except FunctionError:
            return

    return write


def reason(dice: random.Random, cast: Cast) -> int:
    return dice.choice(list(LostReason.objects.values_list("id", flat=True)) or [999_999])


def member(dice: random.Random, cast: Cast) -> int:
    return dice.choice([cast.alice, cast.bob]).member_id


WRITES: list[Write] = [
    bulk_create,
    mutation("contacts.archive_contact", "contact_id", Contact),
    mutation("contacts.restore_contact", "contact_id", Contact),
    mutation("contacts.assign_contact", "contact_id", Contact, owner_id=member),
    mutation("contacts.update_contact", "contact_id", Contact, changes={"source": "Referral"}),
    mutation("deals.win_deal", "deal_id", Deal),
    mutation("deals.lose_deal", "deal_id", Deal, lost_reason_id=reason),
    mutation("deals.reopen_deal", "deal_id", Deal),
    mutation("deals.assign_deal", "deal_id", Deal, owner_id=member),
    mutation("deals.archive_deal", "deal_id", Deal),
    mutation("tasks.complete_task", "task_id", Task),
    mutation("tasks.reopen_task", "task_id", Task),
    mutation("activities.archive_activity", "activity_id", Activity),
    lambda dice, cast: some(dice, Contact).update(**owner(dice, cast)),
    lambda dice, cast: some(dice, Contact).update(created_at=moment(dice)),
    lambda dice, cast: some(dice, Deal).update(amount=dice.randrange(500), close_date=moment(dice).date()),
    lambda dice, cast: some(dice, Task).update(**owner(dice, cast)),
    lambda dice, cast: some(dice, Activity).update(occurred_at=moment(dice)),
    lambda dice, cast: some(dice, Activity)[:3].exists() and some(dice, Activity).delete() and None,
    lambda dice, cast: LostReason.objects.filter(pk=reason(dice, cast), position__gt=2).delete() and None,
]


@pytest.mark.parametrize("seed", range(3))
def test_totals_equal_a_fresh_aggregate(acme: str, cast: Cast, seed: int) -> None:
    dice = random.Random(seed)
    bulk_create(dice, cast)
    for _ in range(50):
        dice.choice(WRITES)(dice, cast)
        assert kept() == fresh()
    for model in (Activity, Task, Deal, Contact):
        model.objects.all().delete()
    assert kept() == {}


def test_history_stays(acme: str, cast: Cast) -> None:
    """Where deals began and how they moved is not taken back when they go."""
    deal = call("deals.create_deal", cast.alice.context(), {"title": "A", "amount": "7.00"})
    second = Stage.objects.order_by("position")[1]
    call("deals.move_deal", cast.alice.context(), {"deal_id": deal["id"], "stage_id": second.pk})
    change = StageChange.objects.get()
    Deal.objects.all().delete()
    found = dict(DailyTotal.objects.filter(metric__in=HISTORY).values_list("metric", "detail"))
    first = Stage.objects.order_by("position")[0]
    assert found == {"deal": str(first.pk), "move": f"{first.pk}>{second.pk}"}
    assert DailyTotal.objects.get(metric="move").sum == change.seconds
