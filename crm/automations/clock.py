"""Triggers by the clock: a schedule of the workflow engine that starts runs for the records whose time has come."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from accounts.permissions import Permission
from accounts.zones import time_zone_of
from crm.automations.beginning import begin
from crm.automations.definition import DateReached, Scheduled, Trigger, read
from crm.automations.facts import admits
from crm.automations.models import Automation
from crm.automations.records import KINDS
from crm.automations.schemas import Batch
from crm.filters.catalogs import catalog_of
from crm.filters.grammar import Condition
from realtime.functions import Context, Id, mutation
from workflows import Step, drop_schedule, set_schedule, workflow

#: Records of one transaction, and of one time in all.
BATCH, MOST = 100, 10_000


def set_clock(automation_id: int, trigger: Trigger | None, time_zone: str) -> None:
    """Give an automation the schedule that its trigger asks for, or none."""
    name = f"automation/{automation_id}"
    cron = _cron(trigger)
    if cron is None:
        drop_schedule(name)
    else:
        args = {"automation_id": automation_id}
        set_schedule(name, automation_clock, args, cron=cron, time_zone=time_zone)


def _cron(trigger: Trigger | None) -> str | None:
    if isinstance(trigger, Scheduled):
        return trigger.cron
    if isinstance(trigger, DateReached):
        hour, _colon, minute = trigger.at.partition(":")
        return f"{int(minute)} {int(hour)} * * *"
    return None


@workflow("automations.clock", retention="7d", stale_after="2d", when_stale="cancel", rests_when_held=True)
def automation_clock(step: Step, *, automation_id: Id) -> int:
    """Start an automation for every record that its time has come for, a hundred a transaction."""
    began, after_id = 0, 0
    day = step.now().isoformat()
    for _ in range(MOST // BATCH):
        args = {"automation_id": automation_id, "moment": day, "after_id": after_id}
        found = step.run_mutation(begin_batch, args)
        began += found["began"]
        if found["after_id"] is None:
            break
        after_id = found["after_id"]
    return began


@mutation(permission=Permission.SYSTEM)
def begin_batch(ctx: Context, *, automation_id: Id, moment: str, after_id: int) -> Batch:
    """Start an automation for the next records that its time has come for."""
    row = Automation.objects.select_related("current").filter(pk=automation_id, is_on=True).first()
    if row is None or row.current is None:
        return {"began": 0, "after_id": None}
    definition = read(row.current.definition)
    zone = time_zone_of(ctx.schema)
    live = KINDS[definition.object].model.objects.filter(archived_at=None, pk__gt=after_id)
    catalog = catalog_of(definition.object)
    chosen = admits(ctx, catalog, live, definition.only_if)
    found = admits(ctx, catalog, chosen, _of_day(definition.trigger, moment, zone))
    ids = list(found.order_by("pk").values_list("pk", flat=True)[:BATCH])
    began = sum(begin(row, record_id) is not None for record_id in ids)
    return {"began": began, "after_id": ids[-1] if len(ids) == BATCH else None}


def _of_day(trigger: Any, moment: str, zone: str) -> Condition | None:
    """For a date trigger, that the field's day lies as far away as it says."""
    if not isinstance(trigger, DateReached):
        return None
    today: date = datetime.fromisoformat(moment).astimezone(ZoneInfo(zone)).date()
    return Condition(field=trigger.field, op="is", value=(today - timedelta(days=trigger.days)).isoformat())
