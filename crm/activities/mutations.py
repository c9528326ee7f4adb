"""Changing activities."""

from typing import Any

from django.db import IntegrityError, transaction
from pydantic import AwareDatetime

from accounts.permissions import Permission
from accounts.roles.policy import member_id_of, refuse_readonly
from crm.activities import access, last_activity
from crm.activities.mentions import find_mentioned, tell_mentioned
from crm.activities.models import Activity, CallDetail
from crm.activities.queries import MODELS, get_activity, subject_in_sight
from crm.activities.schemas import (
    ActivityChanges,
    ActivityRow,
    Direction,
    ExternalId,
    Outcome,
    Payload,
    Seconds,
    WrittenKind,
)
from crm.activities.subjects import page_of, standing_on, title_of
from crm.records import writes
from crm.records.conflicts import binned
from crm.records.models import Record
from crm.records.results import ref
from crm.records.schemas import RecordRef
from realtime.functions import Conflict, Context, Id, NotFound, Prose, Version, Word, invalid, mutation
from realtime.functions.encoding import encode_json

WORD = "activity"
MOST_PAYLOAD = 16 * 1024


@mutation(permission=Permission.ACTIVITY_CREATE)
def create_activity(
    ctx: Context,
    *,
    kind: WrittenKind = "note",
    contact_id: Id | None = None,
    deal_id: Id | None = None,
    company_id: Id | None = None,
    body: Prose = "",
    direction: Direction = "",
    occurred_at: AwareDatetime | None = None,
    outcome: Outcome = "",
    seconds: Seconds | None = None,
    payload: Payload | None = None,
    source: Word = "",
    external_id: ExternalId = "",
) -> ActivityRow:
    """Write a note, or log a call, text, email or meeting, on one contact, deal or company.

    ``@Name`` in the body notifies that member, if they may see the record. With an ``external_id`` that the
    source has used before, the activity from then is answered and nothing is written.
    """
    subject, record = subject_in_sight(ctx, contact_id, deal_id, company_id)
    if record.archived_at is not None:
        raise binned(ctx, record, subject)
    given: dict[str, Any] = {
        "kind": kind, "body": body, "direction": direction, "occurred_at": occurred_at or ctx.now,
        "payload": payload or {}, "source": source, "external_id": external_id,
    }  # fmt: skip
    _check(given, outcome, seconds)
    known = _known(ctx, source, external_id)
    if known is not None:
        return known
    activity = Activity(**given, **standing_on(record), actor_id=member_id_of(ctx))
    return _insert(ctx, activity, record, given, {"outcome": outcome, "seconds": seconds})


def _insert(
    ctx: Context, activity: Activity, record: Record, given: dict[str, Any], call: dict[str, Any]
) -> ActivityRow:
    """Write the activity with what belongs to it; if another writer was first with the external id, theirs."""
    mentioned = find_mentioned(ctx, activity)
    activity.mentioned = sorted(mentioned.values())
    try:
        with transaction.atomic():
            writes.create(ctx, activity, WORD, given)
    except IntegrityError:
        known = _known(ctx, activity.source, activity.external_id)
        if known is None:
            raise
        return known
    if activity.kind == Activity.Kind.CALL:
        CallDetail.objects.create(activity=activity, **call)
    tell_mentioned(ctx, activity, mentioned, title_of(record), page_of(record))
    last_activity.touch(activity.contact_id, min(activity.occurred_at, ctx.now))
    return get_activity(ctx, activity_id=activity.pk)


@mutation(permission=Permission.ACTIVITY_EDIT)
def update_activity(
    ctx: Context, *, activity_id: Id, changes: ActivityChanges, version: Version | None = None
) -> ActivityRow:
    """Change what an activity says; those fields not sent stay as they are."""
    activity = access.lock(ctx, activity_id, Permission.ACTIVITY_EDIT, version)
    sent = changes.sent()
    call: dict[str, Any] = {name: sent.pop(name) for name in ("outcome", "seconds") if name in sent}
    fields = {name: value for name, value in sent.items() if getattr(activity, name) != value}
    refuse_readonly(ctx, WORD, set(fields))
    _check({"kind": activity.kind, "body": activity.body, **fields}, **call)
    was_called = _change_call(ctx, activity, call)
    if fields or was_called:
        _change(ctx, activity, fields)
    return get_activity(ctx, activity_id=activity.pk)


def _change(ctx: Context, activity: Activity, fields: dict[str, Any]) -> None:
    """Write the fields, and what follows from another body or another time."""
    if "body" in fields:
        activity_then = Activity(**standing_on(_record_of(activity)), body=fields["body"])
        mentioned = find_mentioned(ctx, activity_then)
        writes.write(ctx, activity, WORD, fields, {"mentioned": sorted(mentioned.values())})
        record = _record_of(activity)
        tell_mentioned(ctx, activity, mentioned, title_of(record), page_of(record))
    else:
        writes.write(ctx, activity, WORD, fields)
    if "occurred_at" in fields:
        last_activity.recount(activity.contact_id, ctx.now)


def _change_call(ctx: Context, activity: Activity, sent: dict[str, Any]) -> bool:
    """Write a call's outcome and length; returns whether they differed."""
    if not sent:
        return False
    detail, _made = CallDetail.objects.get_or_create(activity=activity)
    differing = {
        name: [getattr(detail, name), new] for name, new in sent.items() if getattr(detail, name) != new
    }
    if differing:
        CallDetail.objects.filter(pk=detail.pk).update(
            **{name: new for name, (_old, new) in differing.items()}
        )
        ctx.audit(WORD, activity.pk, differing)
    return bool(differing)


@mutation(permission=Permission.ACTIVITY_EDIT)
def pin_activity(
    ctx: Context, *, activity_id: Id, pinned: bool = True, version: Version | None = None
) -> ActivityRow:
    """Keep an activity in sight on top of its timeline, for everybody who sees it; or no longer."""
    activity = access.lock(ctx, activity_id, Permission.ACTIVITY_EDIT, version)
    if (activity.pinned_at is not None) != pinned:
        writes.write(ctx, activity, WORD, {"pinned_at": ctx.now if pinned else None})
    return get_activity(ctx, activity_id=activity.pk)


@mutation(permission=Permission.ACTIVITY_DELETE)
def archive_activity(ctx: Context, *, activity_id: Id, version: Version | None = None) -> RecordRef:
    """Put an activity into the bin."""
    activity = access.lock(ctx, activity_id, Permission.ACTIVITY_DELETE, version)
    writes.archive(ctx, activity, WORD)
    last_activity.recount(activity.contact_id, ctx.now)
    return ref(activity)


@mutation(permission=Permission.ACTIVITY_DELETE)
def restore_activity(ctx: Context, *, activity_id: Id) -> ActivityRow:
    """Take an activity out of the bin."""
    activity = access.lock(ctx, activity_id, Permission.ACTIVITY_DELETE)
    writes.restore(ctx, activity, WORD)
    last_activity.recount(activity.contact_id, ctx.now)
    return get_activity(ctx, activity_id=activity.pk)


def _record_of(activity: Activity) -> Any:
    """The record that the activity stands on."""
    pk = getattr(activity, f"{activity.subject}_id")
    return MODELS[activity.subject]._default_manager.get(pk=pk)


def _check(given: dict[str, Any], outcome: str = "", seconds: int | None = None) -> None:
    """What belongs together: notes say something, only calls have an outcome and a length."""
    if given["kind"] == "note" and not given["body"].strip():
        raise invalid("body", "Write something.", "required")
    if given["kind"] != "call" and (outcome or seconds is not None):
        raise invalid("outcome" if outcome else "seconds", "Only calls have this.", "calls_only")
    if len(encode_json(given.get("payload") or {})) > MOST_PAYLOAD:
        raise invalid("payload", "This is more than 16 KB of JSON.", "too_long")


def _known(ctx: Context, source: str, external_id: str) -> ActivityRow | None:
    """The activity that came from there before; Conflict if it is out of the actor's sight."""
    if not external_id:
        return None
    known = (
        Activity.objects.filter(source=source, external_id=external_id).values_list("id", flat=True).first()
    )
    if known is None:
        return None
    try:
        return get_activity(ctx, activity_id=known)
    except NotFound:
        raise Conflict("The source has used this external_id before.") from None
