"""Entries that the product writes by itself: created, assigned, moved to another stage.

They come from ``crm.records.writes``, by which every mutation changes records, so that none can forget one.
"""

from typing import Any

from django.db.models import Model

from accounts.roles.models import Member
from accounts.roles.policy import member_id_of
from crm.activities.access import SUBJECTS
from crm.activities.models import Activity
from crm.activities.subjects import PAGES, page_of, standing_on, title_of, word_of
from crm.notifications.sending import notify
from crm.records.happenings import Changes
from crm.records.models import Record
from realtime.functions import Context
from realtime.functions.inserts import insert


def note_happening(ctx: Context, record: Record, changes: Changes) -> None:
    """Write the system entries of a record that was created or changed, and tell a new owner."""
    if word_of(record) in SUBJECTS:
        for payload in _entries(record, changes):
            _write(ctx, record, payload)
    if word_of(record) in PAGES and (changes is None or "owner_id" in changes):
        _tell_owner(ctx, record)


def note_event(ctx: Context, record: Record, payload: dict[str, Any]) -> None:
    """Write a system entry about something new on a record: a file, a tag."""
    if word_of(record) in SUBJECTS:
        _write(ctx, record, payload)


def _entries(record: Record, changes: Changes) -> list[dict[str, Any]]:
    if changes is None:
        return [{"event": "created"}]
    found: list[dict[str, Any]] = []
    if "owner_id" in changes:
        names = _names(Member, *changes["owner_id"])
        found.append({"event": "assigned", **names})
    if "tags" in changes:
        before, after = (set(names or ()) for names in changes["tags"])
        found.append({"event": "tagged", "from": sorted(before - after), "to": sorted(after - before)})
    if "stage_id" in changes:
        model: type[Model] = type(record)
        stages = model._meta.get_field("stage").related_model
        found.append({"event": "stage_changed", **_names(stages, *changes["stage_id"])})
    return [entry for entry in found if entry["from"] != entry["to"]]


def _names(model: Any, before: int | None, after: int | None) -> dict[str, str | None]:
    """Both rows' names as they are now: what the timeline says stays true when one is renamed."""
    names = dict(model._default_manager.filter(pk__in=(before, after)).values_list("pk", "name"))
    return {"from": names.get(before), "to": names.get(after)}


def _write(ctx: Context, record: Record, payload: dict[str, Any]) -> None:
    entry = Activity(
        kind=Activity.Kind.SYSTEM,
        **standing_on(record),
        actor_id=member_id_of(ctx),
        occurred_at=ctx.now,
        payload=payload,
    )
    insert(entry)


def _tell_owner(ctx: Context, record: Record) -> None:
    """Whoever gets a record from somebody else is told."""
    if record.owner_id is not None and record.owner_id != member_id_of(ctx):
        notify(ctx, record.owner_id, "assigned", title_of(record), page_of(record))
