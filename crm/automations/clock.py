"""Triggers by the clock: a schedule of the workflow engine that starts runs for the records whose time has come."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from accounts.permissions import Permission
from accounts.zones import clock_of, time_zone_of
from crm.automations.beginning import begin_all
from crm.automations.definition import DateReached, Scheduled, Trigger, read
from crm.automations.facts import admits
from crm.automations.models import Automation
from crm.automations.records import KINDS
from crm.automations.schemas import Batch
from crm.filters.catalogs import catalog_of
from crm.filters.grammar import Condition
from realtime.functions import Context, Id, mutation
from workflows import Step, drop_schedule, set_schedule, workflow
from workflows.cron import Cron
from workflows.registry import BULK

#: Records of one transaction, and transactions before the run begins anew with an empty journal.
BATCH, BATCHES = 100, 200
#: Days that went by in an outage or behind a lock are made up for, if they are not more than these.
MADE_UP = timedelta(days=30)
OVER: Batch = {"began": 0, "after_id": None}


def set_clock(automation_id: int, trigger: Trigger | None, time_zone: str) -> None:
    """Give an automation the schedule that its trigger asks for, or none."""
    name = f"automation/{automation_id}"
    cron = cron_of(trigger)
    if cron is None:
        drop_schedule(name)
    else:
        args = {"automation_id": automation_id}
        set_schedule(name, automation_clock, args, cron=cron, time_zone=time_zone)


def cron_of(trigger: Trigger | None) -> str | None:
    """When a trigger looks, on the firm's clock; None for one that does not go by it."""
    if isinstance(trigger, Scheduled):
        return trigger.cron
    if isinstance(trigger, DateReached):
        hour, _colon, minute = trigger.at.partition(":")
        return f"{int(minute)} {int(hour)} * * *"
    return None


def day_due(trigger: DateReached, now: datetime, zone: ZoneInfo) -> date:
    """The last day whose time of the trigger has come: today where the firm is, or yesterday before that time."""
    local = now.astimezone(zone)
    today = local.date()
    return today if f"{local:%H:%M}" >= trigger.at else today - timedelta(days=1)


@workflow(
    "automations.clock",
    retention="7d",
    stale_after="2d",
    when_stale="cancel",
    rests_when_held=True,
    lane=BULK,
)
def automation_clock(step: Step, *, automation_id: Id, after_id: int = 0) -> int:
    """Start an automation for every record that its time has come for, a hundred a transaction.

    A date trigger takes one day after the other, the ones that an outage passed over included.
    """
    moment = step.now().isoformat()
    began = 0
    for _ in range(BATCHES):
        found = step.run_mutation(
            begin_batch, {"automation_id": automation_id, "moment": moment, "after_id": after_id}
        )
        began += found["began"]
        if found["after_id"] is None:
            return began
        after_id = found["after_id"]
    step.continue_as_new({"automation_id": automation_id, "after_id": after_id})
    return began


@mutation(permission=Permission.SYSTEM)
def begin_batch(ctx: Context, *, automation_id: Id, moment: str, after_id: int) -> Batch:
    """Start an automation for the next records that its time has come for."""
    row = (
        Automation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("current")
        .filter(pk=automation_id, is_on=True)
        .first()
    )
    if row is None or row.current is None:
        return OVER
    definition = read(row.current.definition)
    day, last = _days(row, definition.trigger, datetime.fromisoformat(moment), clock_of(ctx.schema))
    if isinstance(definition.trigger, DateReached) and day is None:
        return OVER
    catalog = catalog_of(definition.object)
    live = KINDS[definition.object].model.objects.filter(archived_at=None, pk__gt=after_id)
    chosen = admits(ctx, catalog, live, definition.only_if)
    found = admits(ctx, catalog, chosen, of_day(definition.trigger, day))
    ids = list(found.order_by("pk").values_list("pk", flat=True)[:BATCH])
    reached = "" if day is None else _own_day(definition.trigger, day)
    began = len(begin_all(row, {pk: [] for pk in ids}, lane=BULK, reached=reached))
    if len(ids) == BATCH:
        return {"began": began, "after_id": ids[-1]}
    if day is None or day == last:
        _reached(row, day)
        return {"began": began, "after_id": None}
    _reached(row, day)
    return {"began": began, "after_id": 0}


def _days(
    row: Automation, trigger: Trigger, now: datetime, zone: ZoneInfo
) -> tuple[date | None, date | None]:
    """The next day that a date trigger has not taken, and the last one that is due; nothing if all are."""
    if not isinstance(trigger, DateReached):
        return None, None
    last = day_due(trigger, now, zone)
    if row.reached_on is None:
        return last, last
    day = max(row.reached_on + timedelta(days=1), last - MADE_UP)
    return (day, last) if day <= last else (None, last)


def _reached(row: Automation, day: date | None) -> None:
    if day is not None:
        Automation.objects.filter(pk=row.pk).update(reached_on=day)


def of_day(trigger: Trigger, day: date | None) -> Condition | None:
    """For a date trigger, that the field's day lies as far away as it says."""
    if not isinstance(trigger, DateReached) or day is None:
        return None
    return Condition(field=trigger.field, op="is", value=_own_day(trigger, day))


def waits_anew(row: Automation) -> bool:
    """Whether the draft waits for other days than the published version: none of them is taken yet.

    Another time of day alone waits for the same ones, of which each is taken once.
    """
    before = read(row.current.definition).trigger if row.current else None
    wanted = read(row.draft).trigger
    if not isinstance(before, DateReached) or not isinstance(wanted, DateReached):
        return True
    return before.model_copy(update={"at": wanted.at}) != wanted


def next_look(row: Automation, now: datetime, schema: str) -> datetime | None:
    """When the draft's clock comes next if it is published now; None without a clock, or if it never comes."""
    trigger = read(row.draft).trigger
    cron = cron_of(trigger)
    if cron is None:
        return None
    times = Cron(cron, time_zone_of(schema))
    found = times.next_after(now)
    if isinstance(trigger, DateReached) and row.is_on and row.reached_on and not waits_anew(row):
        clock = clock_of(schema)
        while day_due(trigger, found, clock) <= row.reached_on:
            found = times.next_after(found)
    return found


def _own_day(trigger: Trigger, day: date) -> str:
    """What a record's field says whose time comes on that day."""
    ahead = trigger.days if isinstance(trigger, DateReached) else 0
    return (day - timedelta(days=ahead)).isoformat()


def follow_zone(zone: str) -> None:
    """The firm's days begin elsewhere from now on (TIME_ZONE_CHANGED): so do the times of what is on."""
    for row in Automation.objects.filter(is_on=True).select_related("current"):
        if row.current is not None:
            set_clock(row.pk, read(row.current.definition).trigger, zone)
