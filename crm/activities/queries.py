"""Reading activities and timelines."""

from collections.abc import Hashable
from typing import Any, cast

from django.db.models import QuerySet
from pydantic import AwareDatetime

from accounts.permissions import Permission
from accounts.roles.policy import get_visible, scope_of, visible_to
from crm.activities.access import SUBJECTS, visible_activities
from crm.activities.models import Activity
from crm.activities.schemas import ActivityKind, ActivityOrder, ActivityRow
from crm.companies.models import Company
from crm.contacts.models import Contact
from crm.deals.models import Deal
from crm.records.fields import FieldMap, linked_name, ordered, plain, readable, shows
from crm.records.models import Record
from crm.records.reading import Build, read_page, read_rows
from realtime.functions import Context, Cursor, Id, Limit, NotFound, Page, invalid, query

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
    sort: ActivityOrder = "-occurred_at",
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[ActivityRow]:
    """List the activities on the records that you may see, newest first unless ``sort`` says otherwise.

    ``archived`` lists the bin instead.
    """
    given = {
        "kind": kind, "actor_id": actor_id, "contact_id": contact_id, "deal_id": deal_id, "company_id": company_id,
        "updated_at__gte": updated_since,
    }  # fmt: skip
    wanted = {name: value for name, value in given.items() if value is not None}

    def build(*values: Any) -> Any:
        found = _about(ctx, **dict(zip(wanted, values, strict=True))).filter(archived_at__isnull=not archived)
        return _rows(ctx, visible_activities(ctx, found))

    order = ordered(ctx, "activity", sort)
    return _page(ctx, ("activities", *wanted, archived), build, list(wanted.values()), cursor, limit, order)


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
    subject, pk = require_in_sight(ctx, contact_id, deal_id, company_id)
    subjects = ("contact", "deal") if subject == "contact" else (subject,)

    def build(record_id: int, *kinds: str) -> Any:
        found = _about(ctx, **{f"{subject}_id": record_id}).filter(archived_at=None)
        if pinned:
            found = found.filter(pinned_at__isnull=False)
        return _rows(ctx, visible_activities(ctx, found, subjects), *kinds)

    parameters = [pk] if kind is None else [pk, str(kind)]
    return _page(ctx, ("timeline", subject, pinned), build, parameters, cursor, limit)


@query(permission=Permission.ACTIVITY_VIEW)
def get_activity(ctx: Context, *, activity_id: Id) -> ActivityRow:
    """Read one activity, in the bin or not."""
    columns, renamed = readable(ctx, "activity", _row(ctx))
    found = visible_activities(ctx, Activity.objects.filter(pk=activity_id))
    row: Any = found.values(*columns, **renamed).first()
    if row is None:
        raise NotFound("There is no activity with this id.")
    return cast("ActivityRow", as_allowed(ctx, [row])[0])


def subject_in_sight(
    ctx: Context, contact_id: int | None, deal_id: int | None, company_id: int | None
) -> tuple[str, Any]:
    """The word and the record, which the actor must see; InvalidInput unless exactly one is named."""
    subject, pk = _named(contact_id, deal_id, company_id)
    try:
        return subject, get_visible(ctx, SUBJECTS[subject], MODELS[subject]._default_manager.all(), pk)
    except NotFound:
        raise NotFound(f"There is no {subject} with this id.") from None


def require_in_sight(
    ctx: Context, contact_id: int | None, deal_id: int | None, company_id: int | None
) -> tuple[str, int]:
    """The word and the id of the one record that is named; NotFound unless the actor sees it."""
    subject, pk = _named(contact_id, deal_id, company_id)

    def seen() -> bool:
        def build(key: int) -> Any:
            found: QuerySet[Any] = MODELS[subject]._default_manager.filter(pk=key)
            return visible_to(ctx, SUBJECTS[subject], found).values("id")

        return bool(read_rows(ctx, ("in_sight", subject), build, pk))

    if not ctx.once(("in_sight", subject, pk), seen):
        raise NotFound(f"There is no {subject} with this id.")
    return subject, pk


def _named(contact_id: int | None, deal_id: int | None, company_id: int | None) -> tuple[str, int]:
    given = {"contact": contact_id, "deal": deal_id, "company": company_id}
    named = {subject: pk for subject, pk in given.items() if pk is not None}
    if len(named) != 1:
        raise invalid("contact_id", "Name one contact, one deal or one company.", "one_subject")
    return named.popitem()


def _about(ctx: Context, **wanted: Any) -> QuerySet[Activity, Any]:
    """The activities of the named records; whose deal a contact's is may be none of the actor's business."""
    found = Activity.objects.filter(**wanted)
    if "contact_id" in wanted and not shows(ctx, "deal", "contact_id"):
        found = found.filter(subject="contact")
    return found


def _rows(ctx: Context, found: QuerySet[Activity, Any], *kinds: str) -> Any:
    for kind in kinds:
        found = found.filter(kind=kind)
    columns, renamed = readable(ctx, "activity", _row(ctx))
    return found.values(*columns, **renamed)


def _page(
    ctx: Context,
    shape: Hashable,
    build: Build,
    parameters: list[Any],
    cursor: str | None,
    limit: int,
    order: tuple[str, ...] = NEWEST,
) -> Page[ActivityRow]:
    rows, next_cursor = read_page(ctx, shape, build, parameters, order=order, cursor=cursor, limit=limit)
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
