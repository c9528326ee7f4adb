"""From changes in the log to runs. Every change is looked at once: the position moves in the transaction that starts
the runs, so that whatever dies, none is missed and none starts twice.

``automations.look`` looks at the log for all tenants together, one range of one index, and makes the tenants due in
which something changed. ``automations.scan`` then reads one tenant's changes. Without an automation that is on,
nobody looks.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django_tenants.utils import schema_context

from accounts.actor import system_context
from crm.automations.beginning import begin, chain_of
from crm.automations.definition import (
    Definition,
    FormSent,
    Object,
    RecordChanged,
    RecordCreated,
    StageEntered,
    Trigger,
    read,
)
from crm.automations.facts import matches
from crm.automations.listening.models import Listener, Watermark
from crm.automations.models import Automation, AutomationRun, ScanPosition
from crm.automations.records import BY_TABLE, KINDS
from crm.forms.models import FormSubmission
from crm.sequences import hearing
from realtime import metrics
from realtime.changes.change import Change, Snapshot
from realtime.changes.log import LogTrimmed, current_snapshot, read_changes
from realtime.functions import NotFound
from realtime.schema import current_schema
from workflows import send_event
from workflows.kinds import Again, due
from workflows.runs.models import LIVE, Run
from workflows.schedule import schedule_due
from workflows.sql import fetch

logger = logging.getLogger(__name__)

SUBMISSIONS: str = FormSubmission._meta.db_table
#: Tables whose changes start automations, with the kind of record that these are about.
HEARD: dict[str, Object] = {**BY_TABLE, SUBMISSIONS: "contact"}
LOOK, SCAN = "automations.look", "automations.scan"
#: How soon after a commit its automations begin, and how often is looked when no tenant listens.
SOON, SELDOM = timedelta(seconds=1), timedelta(minutes=10)
#: So many records that a bulk write added are looked for, when the log has one marker for all of them.
MOST_OF_A_BULK = 10_000
CHANGED = """
    SELECT schema, extract(epoch FROM clock_timestamp() - min(at)) FROM public.changes_change
    WHERE xid >= pg_snapshot_xmin(%(after)s::pg_snapshot)
        AND NOT pg_visible_in_snapshot(xid, %(after)s::pg_snapshot)
        AND pg_visible_in_snapshot(xid, %(upto)s::pg_snapshot) AND schema = ANY(%(schemas)s)
    GROUP BY schema
"""


@due(LOOK, every=SOON)
def look(_ref: int) -> Again:
    """Make the listening tenants due in which something changed since the last look."""
    schemas = list(Listener.objects.values_list("schema", flat=True))
    if not schemas:
        return SELDOM
    mark, _ = Watermark.objects.select_for_update().get_or_create(pk=1)
    upto = current_snapshot().text()
    if mark.snapshot:
        values = {"after": mark.snapshot, "upto": upto, "schemas": schemas}
        found = fetch(CHANGED, values)
        schemas = [row[0] for row in found]
        for _schema, lag in found:
            metrics.automation_scan_lag.observe(max(0.0, float(lag)))
    mark.snapshot = upto
    mark.save()
    for schema in schemas:
        with schema_context(schema):
            schedule_due(SCAN, 0)
    return None


@due(SCAN)
def scan(_ref: int) -> Again:
    """Start the runs of one tenant's changes since the last time, and wake those that wait for a record to change."""
    position = ScanPosition.objects.select_for_update().filter(pk=1).first()
    if position is None:
        return None
    upto = current_snapshot()
    try:
        changes = read_changes(Snapshot.parse(position.snapshot), upto, [current_schema()])
    except LogTrimmed:
        logger.error(
            "automations of %s missed changes: the log is shorter than their pause", current_schema()
        )
        changes = []
    react(changes, position.at)
    position.snapshot, position.at = upto.text(), _now()
    position.save()
    return None


def listen() -> None:
    """Begin to listen from now on; part of the caller's transaction, in a tenant."""
    if not ScanPosition.objects.filter(pk=1).exists():
        ScanPosition.objects.create(pk=1, snapshot=current_snapshot().text(), at=_now())
    schema = current_schema()
    with schema_context("public"):
        _row, is_new = Listener.objects.get_or_create(schema=schema)
        if is_new:
            schedule_due(LOOK, 0)


def stop_listening() -> None:
    """No automation is on any more, and no run waits for a change: what happens from now on is not looked at."""
    ScanPosition.objects.all().delete()
    schema = current_schema()
    with schema_context("public"):
        Listener.objects.filter(schema=schema).delete()


def follow_state() -> None:
    """Listen exactly while something of the tenant's wants to hear."""
    if Automation.objects.filter(is_on=True).exists() or _waiting().exists() or hearing.wants_to_hear():
        listen()
    else:
        stop_listening()


def _waiting() -> Any:
    live = Run.objects.filter(status__in=LIVE, workflow__startswith="automations.")
    return AutomationRun.objects.filter(waits=True, run_id__in=live.values("pk"))


def react(changes: Iterable[Change], since: datetime) -> None:
    """Start and wake what the changes call for, in their order."""
    found = [change for change in changes if change.table in HEARD]
    if not found:
        return
    _tell_sequences(found)
    active = [
        (automation, read(automation.current.definition))
        for automation in Automation.objects.filter(is_on=True).select_related("current").order_by("pk")
        if automation.current is not None
    ]
    for change in found:
        for automation, definition in active:
            if definition.object == HEARD[change.table]:
                _try(automation, definition, change, since)
    records = [change for change in found if change.table in BY_TABLE]
    _wake({(BY_TABLE[change.table], change.pk) for change in records if isinstance(change.pk, int)})


def _tell_sequences(changes: list[Change]) -> None:
    """Let sequences stop for whom the changes mean it; a fault in there keeps no automation from beginning."""
    try:
        with transaction.atomic():
            hearing.hear_changes(system_context(current_schema()), changes)
    except Exception:
        logger.exception("sequences of %s could not follow changes", current_schema())


def _try(automation: Automation, definition: Definition, change: Change, since: datetime) -> None:
    """Begin for a change if the trigger means it; one automation's fault does not keep others from beginning."""
    try:
        with transaction.atomic():
            ctx = system_context(current_schema())
            for record_id in meant(definition.trigger, change, since):
                if matches(ctx, definition.object, record_id, definition.only_if):
                    begin(automation, record_id, chain_of(change.request_id))
    except Exception:
        metrics.automation_begins.labels("failed").inc()
        logger.exception("automation %s of %s could not begin", automation.pk, current_schema())


def meant(trigger: Trigger, change: Change, since: datetime) -> list[int]:
    """The records for which a change sets the trigger off."""
    if change.table == SUBMISSIONS:
        return _who_sent(trigger, change)
    if change.op == "B" and isinstance(trigger, RecordCreated):
        added = KINDS[trigger.object].model.objects.filter(created_at__gte=since, archived_at=None)
        return list(added.order_by("id").values_list("pk", flat=True)[:MOST_OF_A_BULK])
    if not isinstance(change.pk, int) or change.op not in ("I", "U"):
        return []
    hit = (
        (isinstance(trigger, RecordCreated) and change.op == "I")
        or (isinstance(trigger, StageEntered) and _enters(trigger, change))
        or (isinstance(trigger, RecordChanged) and change.op == "U" and _changes(trigger, change))
    )
    return [change.pk] if hit else []


def _who_sent(trigger: Trigger, change: Change) -> list[int]:
    """The contact of a form that was sent, if the trigger means that form."""
    new = change.new or {}
    if (
        not isinstance(trigger, FormSent)
        or change.op != "I"
        or trigger.form_id not in (None, new.get("form_id"))
    ):
        return []
    contact_id = new.get("contact_id")
    return [contact_id] if isinstance(contact_id, int) else []


def _enters(trigger: StageEntered, change: Change) -> bool:
    is_new = change.op == "I" or "stage_id" in change.columns
    return is_new and (change.new or {}).get("stage_id") == trigger.stage_id


def _changes(trigger: RecordChanged, change: Change) -> bool:
    """Whether the update is of the trigger's field, from and to its values where it names them.

    The log has no values of texts: what such a field became is read from the record, what it was nobody knows.
    """
    if trigger.field is None:
        return True
    name, _dot, custom = trigger.field.partition(".")
    column = "custom_values" if name == "custom" else trigger.field
    if column not in change.columns:
        return False
    old, new = change.old or {}, change.new or {}
    if trigger.before is not None and column in old and not _same(old[column], trigger.before):
        return False
    if trigger.after is None:
        return True
    return _same(new[column] if column in new else _now_in(trigger, change, column, custom), trigger.after)


def _now_in(trigger: RecordChanged, change: Change, column: str, custom: str) -> object:
    """What stands in a record's column, or in its custom field."""
    found = KINDS[trigger.object].model.objects.filter(pk=change.pk).values_list(column, flat=True).first()
    return found.get(custom) if isinstance(found, dict) else found


def _same(stored: object, value: object) -> bool:
    """Equal as people write it: 7 is "7", and capitals do not matter."""
    return str(stored).casefold() == str(value).casefold()


def _wake(records: set[tuple[Any, int]]) -> None:
    """Tell the runs that wait for one of the records to change; one waiting message a run is enough."""
    if not records:
        return
    waiting = _waiting().filter(record_id__in={record_id for _word, record_id in records})
    for word, record_id, run_id in waiting.values_list("object", "record_id", "run_id"):
        if (word, record_id) in records:
            try:
                send_event(run_id, "changed")
            except NotFound:
                continue


def _now() -> datetime:
    found: datetime = fetch("SELECT clock_timestamp()")[0][0]
    return found
