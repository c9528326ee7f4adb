"""Reading activities and timelines."""

from typing import Any

from django.db.models import QuerySet
from pydantic import AwareDatetime

from accounts.permissions import Permission
from accounts.roles.policy import get_visible, scope_of
from crm.activities.access import SUBJECTS, visible_activities
from crm.activities.models import Activity
from crm.activities.schemas import ActivityKind, ActivityRow
from crm.companies.models import Company
from crm.contacts.models import Contact
from crm.deals.models import Deal
from crm.records.fields import FieldMap, linked_name, plain, readable, shows
from crm.records.models import Record
from realtime.functions import Context, Cursor, Id, Limit, NotFound, Page, invalid, query, take_page

MODELS: dict[str, type[Record]] = {"contact": Contact, "deal": Deal, "company": Company}
NEWEST = ("-occurred_at", "-id")
ROW = {
    **plain("id", "kind", "subject", "contact_id", "deal_id", "company_id", "actor_id"),
    "actor_name": "actor__name",
    **plain("direction", "occurred_at", "pinned_at", "body", "mentioned"),
    "outcome": "call__outcome",
    "seconds": "call__seconds",
    **plain("payload", "source", "external_id", "owner_id", "team_id"),
    **plain("created_at", "updated_at", "archived_at", "version"),
}


@query(permission=Permission.ACTIVITY_VIEW)
def list_activities(
    ctx: Context,
    *,
    kind: ActivityKind | None = None,
    actor_id: Id | None = None,
    contact_id: Id | None = None,
    deal_id: Id | None = None,
    company_id: Id | None = None,
    updated_since: AwareDatetime | None = None,
    archived: bool = False,
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[ActivityRow]:
    """List the activities on the records that you may see, newest first.

    ``archived`` lists the bin instead.
    """
    wanted = {"contact_id": contact_id, "deal_id": deal_id, "company_id": company_id}
    found = _about(ctx, **{name: value for name, value in wanted.items() if value is not None})
    found = found.filter(archived_at__isnull=not archived)
    if actor_id is not None:
        found = found.filter(actor_id=actor_id)
    if updated_since is not None:
        found = found.filter(updated_at__gte=updated_since)
    return _page(ctx, visible_activities(ctx, found), kind, cursor, limit)


@query(permission=Permission.ACTIVITY_VIEW)
def list_timeline(
    ctx: Context,
    *,
    contact_id: Id | None = None,
    deal_id: Id | None = None,
    company_id: Id | None = None,
    kind: ActivityKind | None = None,
    pinned: bool = False,
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[ActivityRow]:
    """List what happened with one contact, deal or company, newest first; ``pinned`` only what is kept in sight.

    A contact's timeline also has what happened with those of its deals that you may see.
    """
    subject, record = subject_in_sight(ctx, contact_id, deal_id, company_id)
    found = _about(ctx, **{f"{subject}_id": record.pk}).filter(archived_at=None)
    if pinned:
        found = found.filter(pinned_at__isnull=False)
    subjects = ("contact", "deal") if subject == "contact" else (subject,)
    return _page(ctx, visible_activities(ctx, found, subjects), kind, cursor, limit)


@query(permission=Permission.ACTIVITY_VIEW)
def get_activity(ctx: Context, *, activity_id: Id) -> ActivityRow:
    """Read one activity, in the bin or not."""
    columns, renamed = readable(ctx, "activity", _row(ctx))
    found = visible_activities(ctx, Activity.objects.filter(pk=activity_id))
    row: Any = found.values(*columns, **renamed).first()
    if row is None:
        raise NotFound("There is no activity with this id.")
    return as_allowed(ctx, [row])[0]  # type: ignore[no-any-return]


def subject_in_sight(
    ctx: Context, contact_id: int | None, deal_id: int | None, company_id: int | None
) -> tuple[str, Any]:
    """The word and the record, which the actor must see; InvalidInput unless exactly one is named."""
    given = {"contact": contact_id, "deal": deal_id, "company": company_id}
    named = {subject: pk for subject, pk in given.items() if pk is not None}
    if len(named) != 1:
        raise invalid("contact_id", "Name one contact, one deal or one company.", "one_subject")
    (subject, pk) = named.popitem()
    try:
        return subject, get_visible(ctx, SUBJECTS[subject], MODELS[subject]._default_manager.all(), pk)
    except NotFound:
        raise NotFound(f"There is no {subject} with this id.") from None


def _about(ctx: Context, **wanted: int) -> QuerySet[Activity, Any]:
    """The activities of the named records; whose deal a contact's is may be none of the actor's business."""
    found = Activity.objects.filter(**wanted)
    if "contact_id" in wanted and not shows(ctx, "deal", "contact_id"):
        found = found.filter(subject="contact")
    return found


def _page(
    ctx: Context, found: QuerySet[Activity, Any], kind: str | None, cursor: str | None, limit: int
) -> Page[ActivityRow]:
    if kind is not None:
        found = found.filter(kind=kind)
    columns, renamed = readable(ctx, "activity", _row(ctx))
    rows, next_cursor = take_page(found.values(*columns, **renamed), order=NEWEST, cursor=cursor, limit=limit)
    return {"data": as_allowed(ctx, rows), "next_cursor": next_cursor}


def _row(ctx: Context) -> FieldMap:
    """The row's fields; names of linked records only where those are in sight too."""
    return {
        **ROW,
        "contact_name": linked_name(ctx, Permission.CONTACT_VIEW, "contact", "full_name"),
        "deal_title": linked_name(ctx, Permission.DEAL_VIEW, "deal", "title"),
        "company_name": linked_name(ctx, Permission.COMPANY_VIEW, "company", "name"),
    }


def as_allowed(ctx: Context, rows: list[Any]) -> list[Any]:
    """The rows without what another object's field rules hide: a contact's stage, a deal's contact."""
    hides_stage = "stage_id" in scope_of(ctx).hidden_fields("contact")
    hides_contact = not shows(ctx, "deal", "contact_id")
    for row in rows:
        payload = row.get("payload") or {}
        if hides_stage and row["subject"] == "contact" and payload.get("event") == "stage_changed":
            row["payload"] = {"event": "stage_changed"}
        if hides_contact and row["subject"] == "deal":
            row.pop("contact_id", None)
            row.pop("contact_name", None)
    return rows
