"""From changes in the log to runs. Every change is looked at once: the position moves in the transaction that starts
the runs, so that whatever dies, none is missed and none starts twice.

``automations.look`` looks at the log for all tenants together, one range of one index, and makes the tenants due in
which something changed. ``automations.scan`` then reads one tenant's changes. Without an automation that is on,
nobody looks.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django_tenants.utils import schema_context

from accounts.actor import system_context
from crm.automations import trouble
from crm.automations.beginning import begin_all, chain_of, is_guarded
from crm.automations.changed import is_meant
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
from crm.automations.facts import admits
from crm.automations.listening.models import Listener, Watermark
from crm.automations.models import Automation, AutomationRun, ScanPosition
from crm.automations.records import BY_TABLE, KINDS
from crm.filters.catalogs import catalog_of
from crm.forms.models import FormSubmission
from crm.sequences import hearing
from realtime import metrics
from realtime.changes.change import Change, Snapshot
from realtime.changes.log import LogTrimmed, current_snapshot, read_changes
from realtime.functions import NotFound
from realtime.schema import current_schema
from workflows import send_event
from workflows.kinds import Again, due
from workflows.registry import BULK
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
#: How many changes, or records that one marker stands for, one transaction takes.
PART = 200
#: More runs than this at once are done behind what people wait for.
MANY = 20
CHANGED = """
    SELECT schema, extract(epoch FROM clock_timestamp() - min(at)) FROM public.changes_change
    WHERE xid >= pg_snapshot_xmin(%(after)s::pg_snapshot)
        AND NOT pg_visible_in_snapshot(xid, %(after)s::pg_snapshot)
        AND pg_visible_in_snapshot(xid, %(upto)s::pg_snapshot) AND schema = ANY(%(schemas)s)
    GROUP BY schema
"""


LAST = "SELECT last_value FROM public.changes_change_id_seq"
#: The first row of a table that a transaction's part of the log lists as added.
FIRST = """
    SELECT min(pk::text::bigint) FROM public.changes_change
    WHERE xid = %(xid)s::text::xid8 AND schema = %(schema)s AND "table" = %(table)s AND op = 'I'
"""


@due(LOOK, every=SOON)
def look(_ref: int) -> Again:
    """Make the listening tenants due in which something changed since the last look."""
    schemas = list(Listener.objects.values_list("schema", flat=True))
    if not schemas:
        return SELDOM
    mark, _ = Watermark.objects.select_for_update().get_or_create(pk=1)
    now = current_snapshot()
    upto = now.text()
    if mark.snapshot and not Snapshot.parse(mark.snapshot).is_foreign(now):
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
    """Start the runs of one tenant's changes since the last time, and wake those that wait for a record to change.

    Many changes are taken in parts, each a transaction, so that other tenants' work comes in between.
    """
    position = ScanPosition.objects.select_for_update().filter(pk=1).first()
    if position is None:
        return None
    now = current_snapshot()
    if Snapshot.parse(position.upto or position.snapshot).is_foreign(now):
        logger.warning("automations of %s begin anew: the database was restored", current_schema())
        begin_anew(position)
    is_rest = bool(position.upto)
    upto = Snapshot.parse(position.upto) if is_rest else now
    changes = _unread(position, upto)
    part = _part(changes)
    is_done = react(part, position.at)
    if is_done and len(part) == len(changes):
        position.snapshot, position.at, position.upto, position.after_id = upto.text(), _now(), "", 0
        position.save()
        # What came while the parts were taken lies behind them: it made this due when it was already.
        return timedelta(0) if is_rest else None
    position.upto = upto.text()
    if is_done:
        position.after_id = part[-1].id
    position.save()
    return timedelta(0)


def begin_anew(position: ScanPosition) -> None:
    """Leave out what happened before now. Another cluster counts its changes anew."""
    Automation.objects.exclude(heard_after=0).update(heard_after=0)
    position.snapshot, position.at, position.upto, position.after_id = (
        current_snapshot().text(),
        _now(),
        "",
        0,
    )
    position.save()


def _unread(position: ScanPosition, upto: Snapshot) -> list[Change]:
    """The changes between position and snapshot that may mean something here."""
    try:
        found = read_changes(
            Snapshot.parse(position.snapshot),
            upto,
            [current_schema()],
            after_id=position.after_id,
            kept=True,
        )
    except LogTrimmed:
        logger.error(  # noqa: TRY400  (the traceback says nothing)
            "automations of %s missed changes: the log is shorter than their pause", current_schema()
        )
        return []
    return [change for change in found if change.table in HEARD]


def _part(changes: list[Change]) -> list[Change]:
    """The next ones to take: a number of changes of single records, or one marker alone."""
    marker = next((place for place, change in enumerate(changes[:PART]) if change.op == "B"), PART)
    return changes[: max(marker, 1)]


def last_change() -> int:
    """The number that the change log gave last."""
    return int(fetch(LAST)[0][0])


def listen() -> None:
    """Begin to listen from now on; part of the caller's transaction, in a tenant."""
    if not ScanPosition.objects.filter(pk=1).exists():
        ScanPosition.objects.create(pk=1, snapshot=current_snapshot().text(), at=_now())
    schema = current_schema()
    with schema_context("public"):
        _row, is_new = Listener.objects.get_or_create(schema=schema)
        if is_new:
            schedule_due(LOOK, 0)


def listen_anew() -> None:
    """As things stand, and from now on: what the log holds is of records that a restored backup does not know."""
    for position in ScanPosition.objects.select_for_update():
        begin_anew(position)
    follow_state()


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


def react(changes: list[Change], since: datetime) -> bool:
    """Start and wake what the changes call for; False if a marker stands for more records than were taken now."""
    if not changes:
        return True
    _tell_sequences(changes)
    is_done = True
    for automation in Automation.objects.filter(is_on=True).select_related("current").order_by("pk"):
        if automation.current is not None:
            is_done &= _try(automation, automation.current.definition, changes, since)
    records = [change for change in changes if change.table in BY_TABLE]
    _wake({(BY_TABLE[change.table], change.pk) for change in records if isinstance(change.pk, int)})
    return is_done


def _tell_sequences(changes: list[Change]) -> None:
    """Let sequences stop for whom the changes mean it; a fault in there keeps no automation from beginning."""
    try:
        with transaction.atomic():
            hearing.hear_changes(system_context(current_schema()), changes)
    except Exception:
        logger.exception("sequences of %s could not follow changes", current_schema())


def _try(automation: Automation, stored: Any, changes: list[Change], since: datetime) -> bool:
    """Begin for the changes that the trigger means; one automation's fault does not keep others from beginning."""
    try:
        with transaction.atomic():
            definition = read(stored)
            mine = [
                change
                for change in changes
                if change.id > automation.heard_after and definition.object == HEARD[change.table]
            ]
            if mine and mine[0].op == "B":
                return _begin_bulk(automation, definition, mine[0], since)
            _begin_meant(automation, definition, mine)
    except Exception as error:
        metrics.automation_begins.labels("failed").inc()
        logger.exception("automation %s of %s could not begin", automation.pk, current_schema())
        trouble.note(automation, error)
    return True


def _begin_meant(automation: Automation, definition: Definition, changes: list[Change]) -> None:
    """Begin for single records: the conditions are asked once for all of them."""
    chains: dict[int, list[int]] = {}
    origins: dict[str | None, list[int]] = {}
    for change in changes:
        for record_id in meant(definition.trigger, change):
            if change.request_id not in origins:
                origins[change.request_id] = chain_of(change.request_id)
            chains.setdefault(record_id, origins[change.request_id])
    if not chains:
        return
    live = KINDS[definition.object].model.objects.filter(pk__in=list(chains), archived_at=None)
    if isinstance(definition.trigger, RecordCreated):
        live = _new_here(automation, definition, live)
    admitted = _admitted(definition, live).values_list("pk", flat=True)
    lane = BULK if len(chains) > MANY else None
    begin_all(automation, {pk: chains[pk] for pk in sorted(admitted)}, lane=lane)


def _begin_bulk(automation: Automation, definition: Definition, marker: Change, since: datetime) -> bool:
    """Begin for records that the log has one marker for: those that were added behind the first one that it lists of
    the same transaction, and never came by here. False if there are more of them than were taken now."""
    chain = chain_of(marker.request_id)
    if not isinstance(definition.trigger, RecordCreated) or is_guarded(automation, chain):
        return True
    listed = fetch(FIRST, {"xid": str(marker.xid), "schema": marker.schema, "table": marker.table})
    added = KINDS[definition.object].model.objects.filter(archived_at=None)
    # A marker without a list is of rows that no trigger saw: then their own time has to do.
    added = added.filter(created_at__gte=since) if listed[0][0] is None else added.filter(pk__gt=listed[0][0])
    fresh = _new_here(automation, definition, _admitted(definition, added)).order_by("pk")
    ids = list(fresh.values_list("pk", flat=True)[:PART])
    begin_all(automation, dict.fromkeys(ids, chain), lane=BULK)
    return len(ids) < PART


def _new_here(automation: Automation, definition: Definition, records: Any) -> Any:
    """Those that have not come by here: a record is added once, whether the log lists it or a marker stands for it."""
    gone_by = AutomationRun.objects.filter(
        automation=automation, object=definition.object, record_id=OuterRef("pk")
    )
    return records.filter(~Exists(gone_by))


def _admitted(definition: Definition, records: Any) -> Any:
    """Those of the records that the conditions let in."""
    ctx = system_context(current_schema())
    return admits(ctx, catalog_of(definition.object), records, definition.only_if)


def meant(trigger: Trigger, change: Change) -> list[int]:
    """The records for which a change sets the trigger off."""
    if change.table == SUBMISSIONS:
        return _who_sent(trigger, change)
    if not isinstance(change.pk, int) or change.op not in ("I", "U"):
        return []
    hit = (
        (isinstance(trigger, RecordCreated) and change.op == "I")
        or (isinstance(trigger, StageEntered) and _enters(trigger, change))
        or (isinstance(trigger, RecordChanged) and change.op == "U" and is_meant(trigger, change))
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
